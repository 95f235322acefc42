import { checkWitness } from './check-witness.ts';
import type { Found } from './complete-row.ts';
import { toNoLineId } from './discoveries.ts';
import type { Finding } from './finding.ts';
import type { FindingStore, GatewayLine, IssuanceMatcher } from './reconciliation-ports.ts';

/** Reads one finding. Rejects when the store cannot answer. */
export interface FindingLookup {
  /** `undefined` when there is none. */
  find(id: string): Promise<Pick<Finding, 'state' | 'issuanceId'> | undefined>;
}

export interface HearLineOptions {
  /** Keeps the line. */
  readonly remember: (line: GatewayLine) => Promise<void>;
  readonly findings: FindingStore & FindingLookup;
  readonly issuances: Pick<IssuanceMatcher, 'find'>;
  readonly settleMinutes: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const msPerMinute = 60_000;

/** Takes a line of the access log. To do so again changes nothing. Both reject when the store cannot answer. */
export interface HearLine {
  readonly keep: (line: GatewayLine) => Promise<void>;
  /**
   * Of one that is kept. One so late that it may have been missed heals that: Lambda keeps a line for up to six hours while the function
   * finds no room to run, and tries it three times within some minutes where it ends with an error.
   */
  readonly compare: (line: GatewayLine) => Promise<readonly Found[]>;
}

export function createHearLine(options: HearLineOptions): HearLine {
  const { remember, findings, issuances, settleMinutes, now } = options;
  return {
    keep: remember,
    compare: async (line) => {
      const { gatewayRequestId, requestTimeMs = 0 } = line;
      if (now() - requestTimeMs < settleMinutes * msPerMinute) return [];
      const id = toNoLineId(gatewayRequestId);
      const finding = await findings.find(id);
      if (finding?.state !== 'OPEN') return [];
      const row = finding.issuanceId === undefined ? undefined : await issuances.find(finding.issuanceId);
      const found: Found[] = [];
      // First: whoever dies between the two hears the line again.
      for (const discovery of row === undefined
        ? []
        : checkWitness(row, line, { isSettled: true }).discoveries)
        found.push({ discovery, ...(await findings.record(discovery)) });
      await findings.resolve(id, 'its line of the access log came late');
      return found;
    },
  };
}

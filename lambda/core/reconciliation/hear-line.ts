import { toNoLineId } from './discoveries.ts';
import type { FindingStore, GatewayLine } from './reconciliation-ports.ts';

export interface HearLineOptions {
  /** Keeps the line. */
  readonly remember: (line: GatewayLine) => Promise<void>;
  readonly findings: Pick<FindingStore, 'resolve'>;
  readonly settleMinutes: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const msPerMinute = 60_000;

/**
 * Keeps a line of the access log. One so late that it may have been missed heals that: CloudWatch Logs repeats for a day
 * what its subscriber did not take.
 */
export function createHearLine(options: HearLineOptions): (line: GatewayLine) => Promise<void> {
  const { remember, findings, settleMinutes, now } = options;
  return async (line) => {
    await remember(line);
    const { gatewayRequestId, requestTimeMs = 0 } = line;
    if (now() - requestTimeMs < settleMinutes * msPerMinute) return;
    await findings.resolve(toNoLineId(gatewayRequestId), 'its line of the access log came late');
  };
}

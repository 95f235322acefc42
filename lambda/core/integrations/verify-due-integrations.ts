import { IntegrationNotFoundError, VersionConflictError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { sha256 } from '../sha256.ts';
import type { Integration, Verification } from './integration.ts';
import type { IntegrationStore } from './integration-ports.ts';
import type { ManageIntegrations } from './manage-integrations.ts';
import { toFindings } from './to-findings.ts';
import type { Verifier } from './verifier.ts';
import type { VerifyAuthority } from './verify-ports.ts';

/** How often, and how many at once. */
export const scheduleTimes = {
  /** Since the last look: each once in a day at least. The shortest one; see `spreadMs`. */
  intervalMs: 20 * 3_600_000,
  /** What a name adds to it: those that were verified together part from one another. */
  spreadMs: 3 * 3_600_000,
  /** Since a look that found nothing out. */
  retryMs: 3_600_000,
  /** A role that answers as usual takes 3000 ms, API Gateway's limit for one by a manager is 29 000. */
  longestMs: 24_000,
  /** With less time than this left none is begun. */
  shortestMs: 10_000,
  /** For a look's two writes and what comes after. */
  reservedMs: 3000,
  /** STS's rate is the account's, and people's requests come first. */
  maxPerRun: 8,
  /** Reads at once. */
  readsAtOnce: 10,
} as const;

export interface VerifyDuePorts {
  readonly store: Pick<IntegrationStore, 'names' | 'find'>;
  /** @param timeoutMs after which its answer is not waited for */
  readonly verifierWithin: (timeoutMs: number) => Verifier;
  readonly recordVerification: ManageIntegrations['recordVerification'];
  readonly logger: Logger;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** What one run did. */
export interface ScheduledRun {
  readonly due: number;
  readonly passed: number;
  readonly failed: number;
  /** Nothing found out, or no answer. */
  readonly inconclusive: number;
}

/**
 * Verifies again those that nobody looked at for longest, as many as there is time for; the next run goes on. One that
 * no longer enforces its id is suspended or flagged by what is recorded. Rejects where the integrations cannot be read.
 *
 * @param deadlineMs epoch milliseconds by which it has ended
 */
export type VerifyDueIntegrations = (deadlineMs: number) => Promise<ScheduledRun>;

export function createVerifyDueIntegrations(ports: VerifyDuePorts): VerifyDueIntegrations {
  const { store, logger, now } = ports;

  return async (deadlineMs) => {
    const due = toDue(await findAll(store), now());
    const seen: Verification['result'][] = [];
    for (const integration of due.slice(0, scheduleTimes.maxPerRun)) {
      const leftMs = deadlineMs - scheduleTimes.reservedMs - now();
      if (leftMs < scheduleTimes.shortestMs) break;
      seen.push(await verifyOne(integration, Math.min(leftMs, scheduleTimes.longestMs), ports));
    }
    const count = (result: Verification['result']) => seen.filter((one) => one === result).length;
    const run = {
      due: due.length,
      passed: count('PASSED'),
      failed: count('FAILED'),
      inconclusive: count('INCONCLUSIVE'),
    };
    logger.info('integrations verified', run);
    return run;
  };
}

async function findAll(store: VerifyDuePorts['store']): Promise<readonly Integration[]> {
  const all: Integration[] = [];
  let after: string | undefined;
  do {
    const page = await store.names({
      limit: scheduleTimes.readsAtOnce,
      ...(after === undefined ? {} : { after }),
    });
    const found = await Promise.all(page.names.map((name) => store.find(name)));
    all.push(...found.flatMap((one) => (one === undefined ? [] : [one.integration])));
    after = page.next;
  } while (after !== undefined);
  return all;
}

/** Longest without a look first. One that was never proven is looked at when somebody asks for it: it may not be there yet. */
function toDue(all: readonly Integration[], nowMs: number): readonly Integration[] {
  return all
    .filter(({ state }) => state === 'VERIFIED' || state === 'FAILED')
    .map((integration) => ({ integration, dueMs: toDueMs(integration) }))
    .filter(({ dueMs }) => dueMs <= nowMs)
    .sort((a, b) => a.dueMs - b.dueMs)
    .map(({ integration }) => integration);
}

function toDueMs({ name, verification }: Integration): number {
  const lookedMs = verification === undefined ? Number.NaN : Date.parse(verification.at);
  if (Number.isNaN(lookedMs)) return 0;
  if (verification?.result === 'INCONCLUSIVE') return lookedMs + scheduleTimes.retryMs;
  const share = sha256(name).readUInt32BE(0) / 2 ** 32;
  return lookedMs + scheduleTimes.intervalMs + Math.floor(share * scheduleTimes.spreadMs);
}

/** Nobody's turn is lost to one that fails: each is written down, so that the others come before it next time. */
async function verifyOne(
  basis: Integration,
  timeoutMs: number,
  { verifierWithin, recordVerification, logger, now }: VerifyDuePorts,
): Promise<Verification['result']> {
  const startedMs = now();
  const verification = await askFor(basis, { verifier: verifierWithin(timeoutMs), startedMs, logger });
  try {
    await recordVerification({ basis, verification });
  } catch (error) {
    // Somebody is at work on it, or deleted it: the next run sees what came of that.
    if (!(error instanceof VersionConflictError) && !(error instanceof IntegrationNotFoundError)) throw error;
    logger.info('integration changed while it was verified', { integration: basis.name });
  }
  return verification.result;
}

async function askFor(
  { name, version, externalIds }: Integration,
  {
    verifier,
    startedMs,
    logger,
  }: { readonly verifier: Verifier; readonly startedMs: number; readonly logger: Logger },
): Promise<Verification> {
  try {
    return await verifier.verify(name, toScheduleAuthority(startedMs));
  } catch (cause) {
    logger.error('integration could not be verified', { integration: name, cause });
    const probes = [
      { kind: 'right-id', wanted: 'accepted', seen: 'inconclusive', because: 'no-answer' },
    ] as const;
    return {
      at: new Date(startedMs).toISOString(),
      version,
      issuanceIds: [],
      result: 'INCONCLUSIVE',
      proved: externalIds.next === undefined ? 'current' : 'next',
      probes,
      findings: toFindings(probes),
    };
  }
}

/** Nobody's: `daypass` is no issuer of the configuration, and no integration's name. */
const toScheduleAuthority = (nowMs: number): VerifyAuthority => ({
  principal: {
    issuer: 'daypass',
    subject: 'schedule',
    claims: {},
    mfa: false,
    expiresAt: Math.floor(nowMs / 1000) + 900,
  },
  origin: { sourceIp: '', userAgent: 'schedule', gatewayRequestId: '' },
  statement: 'schedule',
});

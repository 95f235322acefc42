import { IntegrationNotFoundError, VersionConflictError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { isDangerous } from './apply-verification.ts';
import { toDueIntegrations } from './due-integrations.ts';
import type { Integration, Verification } from './integration.ts';
import type { IntegrationStore } from './integration-ports.ts';
import type { ManageIntegrations } from './manage-integrations.ts';
import type { VerifyIntegrationsEvent } from './schedule-event.ts';
import { scheduleTimes } from './schedule-times.ts';
import { toFindings } from './to-findings.ts';
import type { Verifier } from './verifier.ts';
import type { VerifyAuthority } from './verify-ports.ts';

export interface VerifyDuePorts {
  readonly store: Pick<IntegrationStore, 'names' | 'find'>;
  /** @param timeoutMs after which its answer is not waited for */
  readonly verifierWithin: (timeoutMs: number) => Verifier;
  readonly recordVerification: ManageIntegrations['recordVerification'];
  readonly logger: Logger;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** What one run did. Its members are what a rule on EventBridge asks for. */
export interface ScheduledRun {
  readonly due: number;
  readonly passed: number;
  readonly failed: number;
  /** Nothing found out, or no answer. */
  readonly inconclusive: number;
  /** Could not be read, or what was seen could not be kept: the log names them. */
  readonly leftOut: number;
  /** Due, and there was no time: for the next run. */
  readonly remaining: number;
  /** Names of those that issued until now, and no longer enforce their ids. Absent where there are none. */
  readonly drifted?: readonly string[];
  /** Names of those that issued until now, and fail otherwise. Absent where there are none. */
  readonly broken?: readonly string[];
}

/**
 * Verifies again those that nobody looked at for longest, as many as there is time for; the next run goes on. One that
 * no longer enforces its id is suspended or flagged by what is recorded. One that cannot be read or kept keeps nobody
 * else from their turn. Rejects where the integrations cannot be listed.
 *
 * @param deadlineMs epoch milliseconds by which it has ended
 */
export type VerifyDueIntegrations = (
  deadlineMs: number,
  event?: Pick<VerifyIntegrationsEvent, 'olderThanSeconds'>,
) => Promise<ScheduledRun>;

export function createVerifyDueIntegrations(ports: VerifyDuePorts): VerifyDueIntegrations {
  const { logger, now } = ports;

  return async (deadlineMs, { olderThanSeconds } = {}) => {
    const { all, unread } = await findAll(ports);
    reportUnproven(all, ports);
    const due = toDueIntegrations(all, now(), olderThanSeconds);
    const seen: Look[] = [];
    for (const integration of due.slice(0, scheduleTimes.maxPerRun)) {
      const leftMs = deadlineMs - scheduleTimes.reservedMs - now();
      if (leftMs < scheduleTimes.shortestMs) break;
      seen.push(await verifyOne(integration, Math.min(leftMs, scheduleTimes.longestMs), ports));
    }
    const run = toRun(due.length, seen, unread);
    logger.info('integrations verified', { ...run });
    return run;
  };
}

/** What came of one: how it ended, and whether it was lost by it. */
interface Look {
  readonly name: string;
  readonly result: Verification['result'] | 'LEFT_OUT';
  readonly loss?: 'drifted' | 'broken';
}

function toRun(due: number, seen: readonly Look[], unread: number): ScheduledRun {
  const count = (result: Look['result']) => seen.filter((one) => one.result === result).length;
  const namesOf = (loss: Look['loss']) => seen.filter((one) => one.loss === loss).map(({ name }) => name);
  const [drifted, broken] = [namesOf('drifted'), namesOf('broken')];
  return {
    due,
    passed: count('PASSED'),
    failed: count('FAILED'),
    inconclusive: count('INCONCLUSIVE'),
    leftOut: count('LEFT_OUT') + unread,
    remaining: due - seen.length,
    ...(drifted.length === 0 ? {} : { drifted }),
    ...(broken.length === 0 ? {} : { broken }),
  };
}

/** Its message is what a metric counts. */
const reportLeftOut = (logger: Logger, integration: string, cause: unknown) =>
  logger.error('integration left out', { integration, cause });

async function findAll({ store, logger }: VerifyDuePorts) {
  const all: Integration[] = [];
  let unread = 0;
  let after: string | undefined;
  do {
    const page = await store.names({
      limit: scheduleTimes.readsAtOnce,
      ...(after === undefined ? {} : { after }),
    });
    const found = await Promise.allSettled(page.names.map((name) => store.find(name)));
    for (const [index, one] of found.entries()) {
      if (one.status === 'fulfilled') {
        if (one.value !== undefined) all.push(one.value.integration);
      } else {
        unread += 1;
        reportLeftOut(logger, page.names[index] ?? '', one.reason);
      }
    }
    after = page.next;
  } while (after !== undefined);
  return { all, unread };
}

/** In each run, for as long as it lasts: an alarm is not to end because it was said once. */
function reportUnproven(all: readonly Integration[], { logger, now }: VerifyDuePorts): void {
  for (const { name, state, provenAt } of all) {
    const isProven = provenAt !== undefined && Date.parse(provenAt) + scheduleTimes.unprovenMs > now();
    if (state === 'VERIFIED' && !isProven)
      logger.error('integration unproven', { integration: name, provenAt });
  }
}

/** Nobody's turn is lost to one that fails: each is written down, so that the others come before it next time. */
async function verifyOne(
  basis: Integration,
  timeoutMs: number,
  { verifierWithin, recordVerification, logger, now }: VerifyDuePorts,
): Promise<Look> {
  const { name } = basis;
  const startedMs = now();
  const verification = await askFor(basis, { verifier: verifierWithin(timeoutMs), startedMs, logger });
  const { result } = verification;
  try {
    const kept = await recordVerification({ basis, verification });
    return { name, result, ...toLoss(basis, kept, verification) };
  } catch (cause) {
    // Somebody is at work on it, or deleted it: the next run sees what came of that.
    if (cause instanceof VersionConflictError || cause instanceof IntegrationNotFoundError) {
      logger.info('integration changed while it was verified', { integration: name });
      return { name, result };
    }
    reportLeftOut(logger, name, cause);
    return { name, result: 'LEFT_OUT' };
  }
}

function toLoss(before: Integration, after: Integration, verification: Verification): Pick<Look, 'loss'> {
  if (verification.result !== 'FAILED' || before.state !== 'VERIFIED' || after.state === 'VERIFIED')
    return {};
  return { loss: isDangerous(verification) ? 'drifted' : 'broken' };
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

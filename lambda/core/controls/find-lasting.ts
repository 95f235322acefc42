import type { Issuance } from '../issuance.ts';
import type { IssuanceQuery, IssuanceReader } from '../ports.ts';
import { toSourceIdentity } from '../source-identity.ts';
import { stsLimits } from '../sts-limits.ts';
import { toExpiryMs } from './revocable-session.ts';

/** Clocks of callers may be a little ahead. */
export const callerSkewMs = 60_000;

/** Longest that anything lasts that STS gives. */
const longestSessionMs = stsLimits.longTermKeyDuration.max * 1000;

const pageSize = 100;
/** As many pages of each kind as a request has time for, within 36 hours. */
const maxPages = 50;
/** As many as are planned for by name. */
const maxListed = 2000;

export interface Lasting {
  readonly issuances: readonly Issuance[];
  readonly isComplete: boolean;
}

/** The principal's issuances whose sessions may still last. */
export async function findLasting(
  issuances: Pick<IssuanceReader, 'page'>,
  {
    beforeMs,
    nowMs,
    ...principal
  }: {
    readonly issuer: string;
    readonly subject: string;
    readonly beforeMs: number;
    readonly nowMs: number;
  },
): Promise<Lasting> {
  const query = {
    principalId: toSourceIdentity(principal),
    fromMs: nowMs - longestSessionMs - callerSkewMs,
    toMs: beforeMs,
    limit: pageSize,
  };
  if (query.fromMs >= query.toMs) return { issuances: [], isComplete: true };
  // Another index has those. They are read first: one that finishes meanwhile is then found by the other.
  const pending = await findAll(issuances, { ...query, state: 'PENDING' }, nowMs);
  const finished = await findAll(issuances, { ...query, states: ['ISSUED', 'UNKNOWN'] }, nowMs);
  return {
    issuances: [...pending.issuances, ...finished.issuances],
    isComplete: pending.isComplete && finished.isComplete,
  };
}

/** The newest, and whether these are all. What has expired is not kept: nobody fills the list with it. */
async function findAll(
  issuances: Pick<IssuanceReader, 'page'>,
  query: IssuanceQuery,
  nowMs: number,
): Promise<Lasting> {
  const found: Issuance[] = [];
  let before: string | undefined;
  for (let page = 1; page <= maxPages && found.length <= maxListed; page += 1) {
    const { issuances: some, next } = await issuances.page({
      ...query,
      ...(before === undefined ? {} : { before }),
    });
    found.push(...some.filter((issuance) => toExpiryMs(issuance) > nowMs));
    if (next === undefined) return { issuances: found, isComplete: true };
    before = next;
  }
  return { issuances: found, isComplete: false };
}

import { sha256 } from '../sha256.ts';
import type { Integration, Verification } from './integration.ts';
import { runEveryMinutes } from './schedule-event.ts';
import { scheduleTimes } from './schedule-times.ts';

/**
 * Longest due first. One that was never proven is looked at when somebody asks for it: it may not be there yet.
 *
 * @param olderThanSeconds who was looked at longer ago is due, instead of in their own time
 */
export function toDueIntegrations(
  all: readonly Integration[],
  nowMs: number,
  olderThanSeconds: number | undefined,
): readonly Integration[] {
  const due = all
    .filter(({ state }) => state === 'VERIFIED' || state === 'FAILED')
    .map((integration) => ({ integration, dueMs: toDueMs(integration, olderThanSeconds) }))
    .filter(({ dueMs }) => dueMs <= nowMs)
    .sort((a, b) => a.dueMs - b.dueMs)
    .map(({ integration }) => integration);
  return withTurn(due, nowMs);
}

/**
 * The first place goes round: what is seen of the longest due may be what cannot be kept, run after run, and it would
 * take the others' time for ever.
 */
function withTurn(due: readonly Integration[], nowMs: number): readonly Integration[] {
  const run = Math.floor(nowMs / (runEveryMinutes * 60_000));
  const first = due[run % due.length];
  return first === undefined ? [] : [first, ...due.filter((one) => one !== first)];
}

function toDueMs(integration: Integration, olderThanSeconds: number | undefined): number {
  const { name, state, verification } = integration;
  const lookedMs = verification === undefined ? Number.NaN : Date.parse(verification.at);
  if (Number.isNaN(lookedMs)) return 0;
  if (olderThanSeconds !== undefined) return lookedMs + 1000 * olderThanSeconds;
  if (verification?.result !== expectedResult[state]) return lookedMs + scheduleTimes.retryMs;
  const share = sha256(name).readUInt32BE(0) / 2 ** 32;
  return lookedMs + scheduleTimes.intervalMs + Math.floor(share * scheduleTimes.spreadMs);
}

/** Of the last look, where it confirmed what the state says. */
const expectedResult: Readonly<Partial<Record<Integration['state'], Verification['result']>>> = {
  VERIFIED: 'PASSED',
  FAILED: 'FAILED',
};

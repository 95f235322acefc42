import type { BrokerClient } from './broker-client.ts';
import { ClientError } from './client-error.ts';
import { createLookForRows, type FollowedRow, type Look, type LookOptions } from './look-for-rows.ts';

export interface FollowOptions extends LookOptions {
  /** Milliseconds between two looks. */
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  /** Waits; rejects when the signal ends it. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Told once when the broker can't answer any more, and once when it can again. */
  readonly onAway?: (error: ClientError) => void;
  readonly onBack?: () => void;
}

/**
 * The rows of a list as they come, oldest first as far as they are there at the same time. Each row once; none is lost
 * when it is listed late, or while the broker is away.
 *
 * @throws ClientError `interrupted` when the signal ends it; and what another attempt would not change
 */
export async function* followRows<Row extends FollowedRow>(
  client: Pick<BrokerClient, 'call'>,
  options: FollowOptions,
): AsyncGenerator<readonly Row[], void> {
  const look = createPatientLook<Row>(client, options);
  /** Ids that were given, with their times: as long as a look may see them. */
  const given = new Map<string, number>();
  while (true) {
    const { rows, neverBeforeMs } = await look();
    const fresh = rows.filter(({ id, createdAt }) => {
      if (given.has(id)) return false;
      given.set(id, Date.parse(createdAt));
      return true;
    });
    for (const [id, ms] of given) if (ms < neverBeforeMs - marginMs) given.delete(id);
    if (fresh.length > 0) yield fresh.sort((a, b) => (a.id < b.id ? -1 : 1));
    await wait(options.intervalMs, options);
  }
}

/** Milliseconds that a row's time and its id's may differ by. */
const marginMs = 60_000;

/** Milliseconds: the longest wait while the broker is away, whatever it asks for. */
const maxWaitMs = 30_000;

/** Tries until there is an answer. */
function createPatientLook<Row extends FollowedRow>(
  client: Pick<BrokerClient, 'call'>,
  options: FollowOptions,
): () => Promise<Look<Row>> {
  const { onAway, onBack } = options;
  const look = createLookForRows<Row>(client, options);
  return async () => {
    for (let failures = 0; ; ) {
      try {
        const seen = await look();
        if (failures > 0) onBack?.();
        return seen;
      } catch (error) {
        if (!(error instanceof ClientError) || error.code !== 'unavailable') throw error;
        failures += 1;
        if (failures === 1) onAway?.(error);
        await wait(toWaitMs(error, failures), options);
      }
    }
  };
}

/** As long as the broker asked for, and twice as long each time where it asked for less than a second. */
function toWaitMs(error: ClientError, failures: number): number {
  const { retryAfterSeconds = 0 } = error as { readonly retryAfterSeconds?: number };
  const waitMs = retryAfterSeconds < 1 ? 1000 * 2 ** (failures - 1) : retryAfterSeconds * 1000;
  return Math.min(waitMs, maxWaitMs);
}

async function wait(ms: number, { pause, signal }: Pick<FollowOptions, 'pause' | 'signal'>): Promise<void> {
  try {
    await pause(ms, signal);
  } catch (cause) {
    throw new ClientError('interrupted', 'stopped', { cause });
  }
}

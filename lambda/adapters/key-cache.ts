import type { VerificationKey } from './verification-keys.ts';

/** All in milliseconds. */
export interface KeyCacheTimes {
  /** After this the keys are fetched again: a withdrawn key is refused this long after its withdrawal at the latest. */
  readonly maxAgeMs: number;
  /** How long keys serve after their fetch while the issuer cannot be reached. */
  readonly staleLimitMs: number;
  /** Between two fetches that callers can cause by unknown key ids, and between attempts at an issuer that is down. */
  readonly cooldownMs: number;
  /** Between attempts when there are no keys to go on with: the Retry-After of the gateway's 503. */
  readonly retryMs: number;
}

/** Of keys that an issuer publishes. */
export const keyCacheTimes = {
  maxAgeMs: 600_000,
  staleLimitMs: 3_600_000,
  cooldownMs: 30_000,
  retryMs: 5_000,
} as const satisfies KeyCacheTimes;

/** Of keys in the broker's own table: it is near, so that a withdrawn key need not serve on, readable or not. */
export const tableKeyTimes = {
  maxAgeMs: 60_000,
  staleLimitMs: 60_000,
  cooldownMs: 10_000,
  retryMs: 5_000,
} as const satisfies KeyCacheTimes;

/** The keys of one issuer. One source for each issuer: a key id means nothing outside the set it stands in. */
export interface KeySource {
  /** The keys now believed to be the issuer's. Rejects with the cause when there are none. */
  current(): Promise<readonly VerificationKey[]>;
  /** The keys of a fetch not longer than the cooldown ago. Rejects with the cause when that is not to be had. */
  recent(): Promise<readonly VerificationKey[]>;
}

/** Lazy: the first request fetches. Requests that arrive during a fetch share it. */
export function createKeyCache(options: {
  readonly fetchKeys: () => Promise<readonly VerificationKey[]>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of each fetch that fails while older keys still serve. */
  readonly onStale: (cause: unknown) => void;
  /** @default keyCacheTimes */
  readonly times?: KeyCacheTimes;
}): KeySource {
  const { fetchKeys, now, onStale, times = keyCacheTimes } = options;
  let held: { readonly keys: readonly VerificationKey[]; readonly atMs: number } | undefined;
  let lastFailure: { readonly cause: unknown; readonly atMs: number } | undefined;
  let pending: Promise<readonly VerificationKey[]> | undefined;

  /** A clock that was set back makes nothing younger. */
  const isWithin = (atMs: number, durationMs: number) => now() >= atMs && now() - atMs < durationMs;

  const load = async () => {
    const atMs = now();
    try {
      const keys = await fetchKeys();
      held = { keys, atMs };
      return keys;
    } catch (cause) {
      lastFailure = { cause, atMs: now() };
      throw cause;
    }
  };

  const refresh = async () => {
    const pauseMs = held === undefined ? times.retryMs : times.cooldownMs;
    if (lastFailure !== undefined && isWithin(lastFailure.atMs, pauseMs)) throw lastFailure.cause;
    pending ??= load().finally(() => {
      pending = undefined;
    });
    return pending;
  };

  return {
    async current() {
      if (held !== undefined && isWithin(held.atMs, times.maxAgeMs)) return held.keys;
      try {
        return await refresh();
      } catch (cause) {
        if (held === undefined || !isWithin(held.atMs, times.staleLimitMs)) throw cause;
        onStale(cause);
        return held.keys;
      }
    },
    async recent() {
      return held !== undefined && isWithin(held.atMs, times.cooldownMs) ? held.keys : refresh();
    },
  };
}

/** How often, and how many at once. */
export const scheduleTimes = {
  /** Since the last look: each once in a day at least. The shortest one; see `spreadMs`. */
  intervalMs: 20 * 3_600_000,
  /** What a name adds to it: those that were verified together part from one another. */
  spreadMs: 3 * 3_600_000,
  /** Since a look that could not confirm what the state says: that nothing was found out, or that a new id is not taken yet. */
  retryMs: 3_600_000,
  /** Without a proof for longer than that one that issues is called unproven: three days' looks came to nothing. */
  unprovenMs: 72 * 3_600_000,
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

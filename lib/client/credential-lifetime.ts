const minute = 60_000;

/**
 * Until when credentials are handed out again: 16 minutes before they expire, of short ones when 40 percent of their
 * life are left (6 of 15 minutes). botocore asks for others from 15 minutes before expiry, and waits for them from 10;
 * the SDK for JavaScript asks from 5. Credentials that were handed out within these would be asked for again with each
 * call, and those of 15 minutes that weren't handed out again at all would be issued with each call.
 *
 * @param lifetimeMs by the issuer's clock, so that one of this machine that is off changes nothing
 * @param issuedAt epoch milliseconds by this machine's clock
 */
export const toFreshUntil = (lifetimeMs: number, issuedAt: number): number =>
  issuedAt + lifetimeMs - Math.min(16 * minute, 0.4 * lifetimeMs);

/**
 * Whether credentials that AWS would still take are better than none, because the broker can't answer now.
 *
 * @param expiresAt epoch milliseconds by this machine's clock
 */
export const isUsable = (expiresAt: number, now: number): boolean => expiresAt - now > minute;

/** Claims of a JWT, for what this side needs to know of its own token. Nothing is verified: that is the broker's. */
export type UnverifiedClaims = Readonly<Record<string, unknown>>;

/** `undefined` where the text is no JWT: an issuer's access token may be anything. */
export function readClaims(token: string): UnverifiedClaims | undefined {
  const parts = token.split('.');
  const [, payload] = parts;
  if (parts.length !== 3 || payload === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof claims === 'object' && claims !== null && !Array.isArray(claims)
      ? (claims as UnverifiedClaims)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Epoch milliseconds; `undefined` where the token doesn't say. */
export function readExpiry(token: string): number | undefined {
  const exp = readClaims(token)?.['exp'];
  return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : undefined;
}

/** Whose it says it is: the same for two tokens of one caller. `undefined` where it doesn't say. */
export function readCaller(token: string): string | undefined {
  const { iss, sub } = readClaims(token) ?? {};
  return typeof iss === 'string' && typeof sub === 'string' ? JSON.stringify([iss, sub]) : undefined;
}

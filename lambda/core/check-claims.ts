import { type TokenRefusal, TokenRefusedError } from './authentication-errors.ts';
import { resolvePointer } from './json-pointer.ts';
import type { UnverifiedToken } from './read-token.ts';
import type { TokenIssuer } from './token-issuer.ts';

/** Epoch seconds between which a token is good. */
export interface TokenTimes {
  readonly issuedAt: number;
  readonly expiresAt: number;
}

/** How far the issuer's clock and ours may be apart. */
export const clockToleranceSeconds = 5;

/** 9999-12-31T23:59:59Z: later ones are not dates, and JSON's 1e400 is Infinity. */
const maxEpochSeconds = 253_402_300_799;

/**
 * What the issuer's settings demand of a token and no key is needed for. Run before the signature is checked, so
 * that a token which could never pass costs no network.
 *
 * @throws TokenRefusedError
 */
export function checkClaims(token: UnverifiedToken, issuer: TokenIssuer, nowMs: number): TokenTimes {
  const refuse: Refuse = (reason, detail) => {
    throw new TokenRefusedError(reason, { detail, issuer: issuer.name });
  };
  checkHeader(token, issuer, refuse);
  const { audienceClaim, requiredClaims } = issuer.type === 'oidc' ? issuer : registeredClaims;
  checkAudience(resolvePointer(token.claims, audienceClaim), issuer, refuse);
  // Wherever else the audience stands: a token that names another resource is for that one.
  const { aud } = token.claims;
  if (audienceClaim !== '/aud' && aud !== undefined) checkAudience(aud, issuer, refuse);
  for (const [pointer, value] of requiredClaims) {
    if (resolvePointer(token.claims, pointer) !== value)
      refuse('required-claim', `${pointer} is not ${value}`);
  }
  return checkTimes(token, issuer, { nowSeconds: nowMs / 1000, refuse });
}

/** Where RFC 7519 has them. */
const registeredClaims = { audienceClaim: '/aud', requiredClaims: new Map<string, string>() };

type Refuse = (reason: TokenRefusal, detail: string) => never;

/** The algorithm is the configuration's choice: a token that brings its own could choose HMAC with a public key, or none. */
function checkHeader({ algorithm, type }: UnverifiedToken, issuer: TokenIssuer, refuse: Refuse): void {
  if (!issuer.algorithms.some((pinned) => pinned === algorithm)) {
    refuse('algorithm', `alg is not one of ${issuer.algorithms.join(', ')}`);
  }
  // What the broker signs itself always says what it is.
  const isTaken = type === undefined ? issuer.type !== 'broker' : issuer.tokenTypes.includes(type);
  if (!isTaken) {
    refuse('token-type', `typ is not one of ${issuer.tokenTypes.join(', ')}`);
  }
}

/** Every audience must be ours: whoever else is named could have been handed the token, and could replay it here. */
function checkAudience(audience: unknown, issuer: TokenIssuer, refuse: Refuse): void {
  const audiences: readonly unknown[] = Array.isArray(audience) ? audience : [audience];
  const isOurs = (value: unknown) => issuer.audiences.some((ours) => ours === value);
  if (audiences.length === 0 || !audiences.every(isOurs)) {
    refuse('audience', `the audience is or holds something else than ${issuer.audiences.join(', ')}`);
  }
}

function checkTimes(
  { claims }: UnverifiedToken,
  issuer: TokenIssuer,
  { nowSeconds, refuse }: { readonly nowSeconds: number; readonly refuse: Refuse },
): TokenTimes {
  const expiresAt = requireEpochSeconds(claims['exp'], 'exp', refuse);
  const issuedAt = requireEpochSeconds(claims['iat'], 'iat', refuse);
  const notBefore =
    claims['nbf'] === undefined ? issuedAt : requireEpochSeconds(claims['nbf'], 'nbf', refuse);

  // Without tolerance: the functions behind have none, and every expired token gets the same answer.
  if (nowSeconds >= expiresAt) refuse('expired', 'exp has passed');
  if (issuedAt > nowSeconds + clockToleranceSeconds) refuse('not-yet-valid', 'iat is in the future');
  if (notBefore > nowSeconds + clockToleranceSeconds) refuse('not-yet-valid', 'nbf is in the future');
  if (expiresAt <= issuedAt) refuse('lifetime', 'exp is not after iat');
  if (expiresAt - issuedAt > issuer.maxLifetimeSeconds) {
    refuse('lifetime', `exp is more than ${issuer.maxLifetimeSeconds} s after iat`);
  }
  const { maxAgeSeconds } = issuer;
  if (maxAgeSeconds !== undefined && nowSeconds - issuedAt > maxAgeSeconds + clockToleranceSeconds) {
    refuse('too-old', `iat is more than ${maxAgeSeconds} s ago`);
  }
  return { issuedAt: Math.floor(issuedAt), expiresAt: Math.floor(expiresAt) };
}

/** A NumericDate may have a fraction (RFC 7519 §2). */
function requireEpochSeconds(value: unknown, name: string, refuse: Refuse): number {
  return isEpochSeconds(value) ? value : refuse('malformed-token', `${name} is not a date in epoch seconds`);
}

export function isEpochSeconds(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= maxEpochSeconds;
}

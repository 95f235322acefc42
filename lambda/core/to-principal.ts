import { TokenRefusedError } from './authentication-errors.ts';
import { clockToleranceSeconds, isEpochSeconds, type TokenTimes } from './check-claims.ts';
import { checkPrincipalSize } from './check-principal-size.ts';
import type { ClaimMapping, OidcIssuer } from './configuration.ts';
import { isSubject, subjectForm } from './is-subject.ts';
import { resolvePointer } from './json-pointer.ts';
import type { JsonObject } from './parse-json-object.ts';
import type { ClaimValue, Principal } from './principal.ts';

/**
 * The principal whom a verified token proves: the subject and the listed claims, and nothing else of it.
 *
 * @throws TokenRefusedError when the subject or a listed claim has another form than the configuration says, or
 * when all of it is too large to be carried.
 */
export function toPrincipal(
  claims: JsonObject,
  issuer: OidcIssuer,
  { nowMs, ...times }: TokenTimes & { readonly nowMs: number },
): Principal {
  const authTime = readAuthTime(claims['auth_time'], nowMs);
  const principal: Principal = {
    issuer: issuer.name,
    subject: readSubject(claims, issuer),
    claims: readClaims(claims, issuer),
    mfa: provesSeveralFactors(claims, issuer),
    ...(authTime === undefined ? {} : { authTime }),
    issuedAt: times.issuedAt,
    expiresAt: times.expiresAt,
  };
  checkPrincipalSize(principal, (detail) => {
    throw new TokenRefusedError('principal-too-large', { detail, issuer: issuer.name });
  });
  return principal;
}

function readSubject(claims: JsonObject, issuer: OidcIssuer): string {
  const subject = resolvePointer(claims, issuer.subjectClaim);
  if (isSubject(subject)) return subject;
  const detail = `${issuer.subjectClaim} is not ${subjectForm}`;
  throw new TokenRefusedError('subject', { detail, issuer: issuer.name });
}

function readClaims(claims: JsonObject, issuer: OidcIssuer): Principal['claims'] {
  const values: [name: string, value: ClaimValue][] = [];
  for (const [name, { pointer, type }] of issuer.claims) {
    const value = resolvePointer(claims, pointer);
    if (value === undefined) continue;
    const claim = toClaimValue(value, type);
    if (claim === undefined) {
      const detail = `claim ${name} (${pointer}) is not a ${type}`;
      throw new TokenRefusedError('claim', { detail, issuer: issuer.name });
    }
    values.push([name, claim]);
  }
  return Object.fromEntries(values);
}

/** `undefined` when the value is not of the type. `null` is of none. */
function toClaimValue(value: unknown, type: ClaimMapping['type']): ClaimValue | undefined {
  switch (type) {
    case 'string':
      return isText(value) ? value : undefined;
    case 'number':
      return isExactNumber(value) ? String(value) : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? String(value) : undefined;
    case 'list':
      return Array.isArray(value) && value.every(isText) ? value : undefined;
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.isWellFormed();

/** Beyond 2^53 two ids of the issuer become one number here. */
const isExactNumber = (value: unknown): value is number =>
  Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));

/** `amr` is a list (RFC 8176) and `acr` a string; in another form they vouch for nothing. */
function provesSeveralFactors({ amr, acr }: JsonObject, { mfa }: OidcIssuer): boolean {
  const methods: readonly unknown[] = Array.isArray(amr) ? amr : [];
  return mfa.amr.some((method) => methods.includes(method)) || mfa.acr.some((context) => context === acr);
}

/** A time to come would make `daypass:MultiFactorAuthAge` negative, younger than any limit: it counts as none. */
function readAuthTime(authTime: unknown, nowMs: number): number | undefined {
  if (!isEpochSeconds(authTime) || authTime > nowMs / 1000 + clockToleranceSeconds) return undefined;
  return Math.floor(authTime);
}

import { TokenRefusedError } from './authentication-errors.ts';
import type { SigningKey } from './authentication-ports.ts';
import type { TokenTimes } from './check-claims.ts';
import type { IntegrationIssuer } from './configuration.ts';
import type { JsonObject } from './parse-json-object.ts';
import type { Principal } from './principal.ts';
import { sha256 } from './sha256.ts';

/** Characters. */
const maxTokenIdLength = 256;

/**
 * The principal whom a verified `private_key_jwt` proves: the integration itself. Source: RFC 7523 §3.
 *
 * @throws TokenRefusedError when `sub` is not the integration as well, or when no `jti` makes the token one of a kind
 */
export function toIntegrationPrincipal(
  claims: JsonObject,
  { name }: IntegrationIssuer,
  { signingKey, ...times }: TokenTimes & { readonly signingKey: SigningKey },
): Principal {
  if (claims['sub'] !== name) {
    throw new TokenRefusedError('subject', { detail: 'sub is not the same as iss', issuer: name });
  }
  const tokenId = claims['jti'];
  if (!isTokenId(tokenId)) {
    const detail = `jti is not a string of 1–${maxTokenIdLength} characters`;
    throw new TokenRefusedError('proof-id', { detail, issuer: name });
  }
  return {
    issuer: name,
    subject: name,
    claims: {},
    mfa: false,
    ...times,
    integration: signingKey,
    proofId: sha256(`integration\0${name}\0${tokenId}`).toString('base64url'),
  };
}

/** Well-formed, because half a character is hashed as any other half is. */
const isTokenId = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= maxTokenIdLength && value.isWellFormed();

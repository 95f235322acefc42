import type { TokenEndpointResponse } from 'openid-client';
import { ClientError } from '../client-error.ts';
import type { OidcLogin } from './login.ts';
import { readClaims, readExpiry } from './read-claims.ts';

/** Of whom tokens were asked, and which of them the broker takes. */
export type OidcTarget = Pick<OidcLogin, 'issuer' | 'clientId' | 'tokenKind' | 'resource'>;

/**
 * What is kept of an issuer's answer.
 *
 * @throws ClientError `failed` where the token that the broker takes isn't in it
 */
export function toOidcLogin(
  { issuer, clientId, tokenKind, resource }: OidcTarget,
  answer: TokenEndpointResponse,
  nowMs: number,
): OidcLogin {
  const token = tokenKind === 'id-token' ? answer.id_token : answer.access_token;
  if (token === undefined) {
    throw new ClientError('failed', `the issuer ${issuer} gave no id token`, {
      hint: "the broker's configuration (login: of this issuer) needs the scope openid",
    });
  }
  return {
    kind: 'oidc',
    issuer,
    clientId,
    tokenKind,
    ...(resource === undefined ? {} : { resource }),
    token,
    obtainedAtMs: nowMs,
    expiresAtMs: toExpiry(token, tokenKind === 'access-token' ? answer.expires_in : undefined, nowMs),
    ...(answer.refresh_token === undefined ? {} : { refreshToken: answer.refresh_token }),
  };
}

/**
 * From now on, by the shorter of what answer and token say: a clock of this machine that is wrong is wrong at both ends.
 * A token that says nothing counts as ended.
 */
function toExpiry(token: string, expiresIn: number | undefined, nowMs: number): number {
  const iat = readClaims(token)?.['iat'];
  const exp = readExpiry(token);
  const lifetimes = [
    ...(expiresIn === undefined ? [] : [expiresIn * 1000]),
    ...(typeof iat === 'number' && exp !== undefined ? [exp - iat * 1000] : []),
  ];
  return lifetimes.length === 0 ? (exp ?? nowMs) : nowMs + Math.min(...lifetimes);
}

import { customFetch, refreshTokenGrant } from 'openid-client';
import { ClientError } from '../client-error.ts';
import type { OidcLogin } from './login.ts';
import { asIssuer, discoverIssuer, toSafeFetch } from './open-id-issuer.ts';
import { readCaller } from './read-claims.ts';
import { toOidcLogin } from './to-oidc-login.ts';

/**
 * New tokens for a refresh token, which most issuers take once.
 *
 * @throws ClientError `not-logged-in` or `refused` where the issuer takes it no more, `unavailable` where it can't say
 */
export async function refreshTokens(
  login: OidcLogin,
  refreshToken: string,
  { now, signal }: { readonly now: () => number; readonly signal: AbortSignal | undefined },
): Promise<OidcLogin> {
  const { id, issuer, clientId, resource, principal } = login;
  const configuration = await discoverIssuer(issuer, clientId, signal);
  // Cut off in between, the old refresh token may be used up and the new one lost.
  configuration[customFetch] = toSafeFetch(issuer, undefined);
  const answer = await asIssuer(issuer, undefined, () =>
    refreshTokenGrant(configuration, refreshToken, resource === undefined ? {} : { resource }),
  );
  const renewed = toOidcLogin(login, answer, now());
  // OpenID Connect Core 1.0 §12.2. The caller's id, by which caches go, was told already.
  if (readCaller(renewed.token) !== readCaller(login.token)) {
    throw new ClientError('not-logged-in', `${issuer} gave the token of somebody else`, {
      hint: 'log in again with: daypass login',
    });
  }
  return {
    ...(id === undefined ? {} : { id }),
    ...(principal === undefined ? {} : { principal }),
    refreshToken,
    ...renewed,
  };
}

import type { Login } from './login.ts';

/**
 * Tells the issuer that nobody will come with this login's refresh token any more (RFC 7009).
 *
 * @returns whether there was something to tell, and an endpoint to tell it to
 * @throws ClientError where the issuer can't be told
 */
export async function revokeLogin(login: Login, signal?: AbortSignal): Promise<boolean> {
  if (login.kind !== 'oidc' || login.refreshToken === undefined) return false;
  const { issuer, clientId, refreshToken } = login;
  const [{ tokenRevocation }, { asIssuer, discoverIssuer }] = await Promise.all([
    import('openid-client'),
    import('./open-id-issuer.ts'),
  ]);
  const configuration = await discoverIssuer(issuer, clientId, signal);
  if (configuration.serverMetadata().revocation_endpoint === undefined) return false;
  await asIssuer(issuer, signal, () =>
    tokenRevocation(configuration, refreshToken, { token_type_hint: 'refresh_token' }),
  );
  return true;
}

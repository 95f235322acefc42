import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import type { OidcLogin } from './login.ts';
import { requireLoopbackRedirect } from './loopback-redirect.ts';
import { asIssuer, discoverPatiently } from './open-id-issuer.ts';
import { receiveFromBrowser } from './receive-from-browser.ts';
import { type OidcSignIn, toTarget, toTokenParameters } from './sign-in.ts';
import { toOidcLogin } from './to-oidc-login.ts';

/**
 * Signs in with a browser on this machine: RFC 6749 §4.1 with PKCE (RFC 7636), for native applications (RFC 8252).
 *
 * @throws ClientError
 */
export async function signInByAuthorizationCode(signIn: OidcSignIn): Promise<OidcLogin> {
  const { issuer, settings, signal, now } = signIn;
  const configuration = await discoverPatiently(signIn);
  const secrets = createSecrets(settings.scopes);
  const challenge = await calculatePKCECodeChallenge(secrets.pkceCodeVerifier);
  const answer = await receiveFromBrowser({
    redirectUri: requireLoopbackRedirect(settings.redirectUri),
    method: 'GET',
    // The library takes http and https alone.
    toDestination: (redirectUri) =>
      asIssuer(issuer, signal, async () =>
        toDestination(configuration, signIn, { redirectUri, challenge, ...secrets }),
      ),
    accept: (parameters, redirectUri) => toAnswer(parameters, redirectUri, secrets.expectedState),
    show: signIn.show,
    signal,
  });
  const target = toTarget(signIn);
  const tokens = await asIssuer(issuer, signal, () =>
    authorizationCodeGrant(configuration, answer, { ...secrets }, toTokenParameters(target)),
  );
  return toOidcLogin(target, tokens, now());
}

interface Secrets {
  readonly pkceCodeVerifier: string;
  readonly expectedState: string;
  /** Where an id token will come, which says it back. */
  readonly expectedNonce?: string;
}

const createSecrets = (scopes: readonly string[]): Secrets => ({
  pkceCodeVerifier: randomPKCECodeVerifier(),
  expectedState: randomState(),
  ...(scopes.includes('openid') ? { expectedNonce: randomNonce() } : {}),
});

interface Destination extends Secrets {
  readonly redirectUri: URL;
  readonly challenge: string;
}

const toDestination = (
  configuration: Configuration,
  { settings }: OidcSignIn,
  { redirectUri, challenge, expectedState, expectedNonce }: Destination,
): URL =>
  buildAuthorizationUrl(configuration, {
    ...settings.parameters,
    redirect_uri: redirectUri.href,
    scope: settings.scopes.join(' '),
    code_challenge: challenge,
    code_challenge_method: 'S256',
    state: expectedState,
    ...(expectedNonce === undefined ? {} : { nonce: expectedNonce }),
  });

/** Whoever doesn't know the state is not heard: any page can send a browser here. */
function toAnswer(parameters: URLSearchParams, redirectUri: URL, state: string): URL | undefined {
  if (parameters.get('state') !== state) return undefined;
  const answer = new URL(redirectUri);
  answer.search = parameters.toString();
  return answer;
}

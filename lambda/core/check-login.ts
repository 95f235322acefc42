import type { Report } from './compile-statements.ts';
import type { LoginDocument } from './login-schema.ts';

/** What of an issuer the tokens of its sign-ins must meet; absent where it is in error. */
export interface LoginContext {
  readonly audience?: string | readonly string[];
  readonly audienceClaim?: string;
}

/** Checks what would have every sign-in end with a refused token. */
export function checkLogin(
  login: LoginDocument | undefined,
  { audience, audienceClaim }: LoginContext,
  report: Report,
): void {
  if (login?.token !== 'id-token') return;
  const { clientId, scopes } = login;
  if (!scopes.includes('openid')) {
    const allowed = 'a list with openid, beside token: id-token: without it there is no ID token';
    report({ path: ['login', 'scopes'], value: scopes, allowed });
  }
  // OpenID Connect Core §2: the audience of an ID token has the client id in it.
  if (audience === undefined || audienceClaim !== '/aud' || [audience].flat().includes(clientId)) return;
  const allowed = `access-token, or ${JSON.stringify(clientId)} in audience: it is the audience of every ID token`;
  report({ path: ['login', 'token'], value: 'id-token', allowed });
}

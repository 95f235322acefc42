import { TokenRefusedError } from './authentication-errors.ts';
import type { TokenVerifier } from './authentication-ports.ts';
import { checkClaims } from './check-claims.ts';
import type { OidcIssuer } from './configuration.ts';
import { evaluatePolicy } from './policy/evaluate-policy.ts';
import type { Principal } from './principal.ts';
import { readToken } from './read-token.ts';
import { toPrincipalContext } from './request-context.ts';
import { toPrincipal } from './to-principal.ts';

/** Rejects with `TokenRefusedError`, or with `IssuerUnavailableError` when nothing can be said of the token. */
export type Authenticate = (compact: string) => Promise<Principal>;

/** Who is asking: the principal whom a bearer token proves. Keeps no results. */
export function createAuthenticate(options: {
  readonly issuers: ReadonlyMap<string, OidcIssuer>;
  readonly verifier: TokenVerifier;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}): Authenticate {
  const { verifier, now } = options;
  const issuersByUrl = toIssuersByUrl(options.issuers);

  return async (compact) => {
    const token = readToken(compact);
    const issuer = requireIssuer(token.claims['iss'], issuersByUrl);
    const times = checkClaims(token, issuer, now());
    await verifier.verifySignature(token, issuer);
    const principal = toPrincipal(token.claims, issuer, { ...times, nowMs: now() });
    requireAdmitted(principal, issuer, now());
    return principal;
  };
}

function toIssuersByUrl(issuers: ReadonlyMap<string, OidcIssuer>): ReadonlyMap<string, OidcIssuer> {
  const byUrl = new Map([...issuers.values()].map((issuer) => [issuer.issuer, issuer]));
  if (byUrl.size !== issuers.size) {
    throw new TypeError('two issuers of the configuration have the same URL; give one of them all audiences');
  }
  return byUrl;
}

/** To the letter: a URL that only means the same is another issuer. */
function requireIssuer(iss: unknown, issuersByUrl: ReadonlyMap<string, OidcIssuer>): OidcIssuer {
  const issuer = typeof iss === 'string' ? issuersByUrl.get(iss) : undefined;
  if (issuer !== undefined) return issuer;
  throw new TokenRefusedError('unknown-issuer', { detail: 'iss is not the URL of a configured issuer' });
}

function requireAdmitted(principal: Principal, issuer: OidcIssuer, nowMs: number): void {
  if (issuer.admit === undefined) return;
  const { effect } = evaluatePolicy([issuer.admit], {
    principal: { type: 'Federated', provider: issuer.name },
    context: toPrincipalContext(principal, nowMs),
  });
  if (effect === 'Allow') return;
  const detail = `the admit statements of the issuer say ${effect}`;
  throw new TokenRefusedError('not-admitted', { detail, issuer: issuer.name });
}

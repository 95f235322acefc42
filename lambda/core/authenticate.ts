import { TokenRefusedError } from './authentication-errors.ts';
import type { SigningKey, TokenVerifier } from './authentication-ports.ts';
import { readBrokerPrincipal } from './broker-token.ts';
import { checkClaims, type TokenTimes } from './check-claims.ts';
import type { Issuer } from './configuration.ts';
import { isAdmitted } from './is-admitted.ts';
import type { Principal } from './principal.ts';
import { readToken, type UnverifiedToken } from './read-token.ts';
import { toIntegrationPrincipal } from './to-integration-principal.ts';
import { toPrincipal } from './to-principal.ts';
import type { BrokerIssuer, TokenIssuer } from './token-issuer.ts';

/** Rejects with `TokenRefusedError`, or with `IssuerUnavailableError` when nothing can be said of the token. */
export type Authenticate = (compact: string) => Promise<Principal>;

/** Who is asking: the principal whom a bearer token proves. Keeps no results. */
export function createAuthenticate(options: {
  readonly issuers: ReadonlyMap<string, Issuer>;
  /** The broker as the issuer of tokens of its own. @default none is taken */
  readonly broker?: BrokerIssuer;
  readonly verifier: TokenVerifier;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}): Authenticate {
  const { issuers, broker, verifier, now } = options;
  const byIss = toTokenIssuers([...issuers.values(), ...(broker === undefined ? [] : [broker])]);

  return async (compact) => {
    const token = readToken(compact);
    const tokenIssuer = requireIssuer(token.claims['iss'], byIss);
    const times = checkClaims(token, tokenIssuer, now());
    const signingKey = await verifier.verifySignature(token, tokenIssuer);
    const { principal, issuer } = toProven(token, tokenIssuer, { issuers, times, signingKey, nowMs: now() });
    if (isAdmitted(principal, issuer, now())) return principal;
    const detail = 'the admit statements of the issuer do not allow it';
    throw new TokenRefusedError('not-admitted', { detail, issuer: issuer.name });
  };
}

/** Those whose tokens there are, by what stands in `iss`. */
function toTokenIssuers(all: readonly (Issuer | BrokerIssuer)[]): ReadonlyMap<string, TokenIssuer> {
  const byIss = new Map<string, TokenIssuer>();
  for (const issuer of all) {
    if (issuer.type === 'iam' || issuer.type === 'saml') continue;
    if (byIss.has(issuer.issuer)) {
      throw new TypeError(`two issuers have the iss ${issuer.issuer}; give one of them all audiences`);
    }
    byIss.set(issuer.issuer, issuer);
  }
  return byIss;
}

/** To the letter: a URL that only means the same is another issuer. */
function requireIssuer(iss: unknown, byIss: ReadonlyMap<string, TokenIssuer>): TokenIssuer {
  const issuer = typeof iss === 'string' ? byIss.get(iss) : undefined;
  if (issuer !== undefined) return issuer;
  throw new TokenRefusedError('unknown-issuer', { detail: 'iss is not that of a configured issuer' });
}

function toProven(
  { claims }: UnverifiedToken,
  issuer: TokenIssuer,
  context: {
    readonly issuers: ReadonlyMap<string, Issuer>;
    readonly times: TokenTimes;
    readonly signingKey: SigningKey;
    readonly nowMs: number;
  },
): { readonly principal: Principal; readonly issuer: Issuer } {
  const { issuers, times, signingKey, nowMs } = context;
  switch (issuer.type) {
    case 'oidc':
      return { principal: toPrincipal(claims, issuer, { ...times, nowMs }), issuer };
    case 'integration':
      return { principal: toIntegrationPrincipal(claims, issuer, { ...times, signingKey }), issuer };
    case 'broker':
      return readBrokerPrincipal(claims, issuers, times.expiresAt);
  }
}

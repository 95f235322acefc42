import type { IntegrationIssuer, OidcIssuer, TokenRules } from './configuration.ts';

/** Whoever can have signed a bearer token: an issuer of the configuration, or the broker itself after a SAML sign-in. */
export type TokenIssuer = OidcIssuer | IntegrationIssuer | BrokerIssuer;

/** The broker as the issuer of its own short tokens, which stand for a principal that another function proved. */
export interface BrokerIssuer extends TokenRules {
  readonly type: 'broker';
  readonly name: 'daypass';
}

/** Says of itself that it is no other token: neither an ID token nor an access token is taken for it. */
export const brokerTokenType = 'daypass+jwt';

/** Seconds that a token of the broker's own is good for at most. */
export const brokerTokenLifetimeSeconds = 900;

/** @param url of the broker: issuer and audience of its tokens */
export const toBrokerIssuer = (url: string): BrokerIssuer => ({
  type: 'broker',
  name: 'daypass',
  issuer: url,
  audiences: [url],
  algorithms: ['RS256'],
  tokenTypes: [brokerTokenType],
  maxLifetimeSeconds: brokerTokenLifetimeSeconds,
});

import { BrokerError } from './errors.ts';

/** Why a token was refused: for the log alone, the caller sees one uniform answer. */
export type TokenRefusal =
  | 'foreign-method'
  | 'authorization-header'
  | 'malformed-token'
  | 'unsupported-token'
  | 'unknown-issuer'
  | 'algorithm'
  | 'token-type'
  | 'audience'
  | 'expired'
  | 'not-yet-valid'
  | 'lifetime'
  | 'too-old'
  | 'unknown-key'
  | 'ambiguous-key'
  | 'signature'
  | 'subject'
  | 'claim'
  | 'principal-too-large'
  | 'not-admitted';

/** The request proves nobody: no token, or one that is forged, expired, foreign or malformed. */
export class TokenRefusedError extends BrokerError {
  readonly name = 'TokenRefusedError';
  readonly code = 'unauthenticated';
  readonly status = 401;
  readonly reason: TokenRefusal;
  /** Name of the configured issuer that the token claims, where it claims one. */
  readonly issuer: string | undefined;

  /** @param options.detail Says what is wrong without quoting the token. */
  constructor(reason: TokenRefusal, options: { readonly detail: string; readonly issuer?: string }) {
    super('the request has no valid token', { detail: options.detail });
    this.reason = reason;
    this.issuer = options.issuer;
  }
}

/** The issuer's keys cannot be had: nothing is known of the token, neither good nor bad. */
export class IssuerUnavailableError extends Error {
  override readonly name = 'IssuerUnavailableError';
  /** Name of the issuer in the configuration. */
  readonly issuer: string;

  constructor(issuer: string, options: { readonly cause: unknown }) {
    super(`the keys of issuer ${issuer} cannot be had`, options);
    this.issuer = issuer;
  }
}

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
  | 'required-claim'
  | 'proof-id'
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

/** Why an AWS identity was refused: for the log alone. */
export type IamRefusal =
  | 'no-issuer'
  | 'unsigned'
  | 'presigned'
  | 'root-user'
  | 'malformed-identity'
  | 'account'
  | 'organization'
  | 'not-admitted';

/** API Gateway took the signature, but no issuer of type `iam` hears this identity. */
export class IdentityRefusedError extends BrokerError {
  readonly name = 'IdentityRefusedError';
  readonly code = 'unauthenticated';
  readonly status = 401;
  readonly reason: IamRefusal;

  constructor(reason: IamRefusal, options: { readonly detail: string }) {
    super(
      'this broker does not hear that AWS identity; allowed: users, roles and their sessions of the accounts and the organization that its configuration names, never the root user, with the signature in the Authorization header',
      { detail: `${reason}: ${options.detail}` },
    );
    this.reason = reason;
  }
}

/** Why a SAML response was refused: for the log alone. */
export type AssertionRefusal =
  | 'malformed-response'
  | 'forbidden-markup'
  | 'status'
  | 'unknown-issuer'
  | 'assertion-count'
  | 'encrypted'
  | 'signature'
  | 'algorithm'
  | 'certificate'
  | 'destination'
  | 'recipient'
  | 'audience'
  | 'expired'
  | 'not-yet-valid'
  | 'in-response-to'
  | 'replayed'
  | 'subject'
  | 'claim'
  | 'principal-too-large'
  | 'not-admitted';

/** The response proves nobody: forged, expired, meant for somebody else, used before or malformed. */
export class AssertionRefusedError extends BrokerError {
  readonly name = 'AssertionRefusedError';
  readonly code = 'saml-response-refused';
  readonly status = 401;
  readonly reason: AssertionRefusal;
  /** Name of the configured issuer that the response names, where it names one. */
  readonly issuer: string | undefined;

  /** @param options.detail Says what is wrong without quoting the response. */
  constructor(reason: AssertionRefusal, options: { readonly detail: string; readonly issuer?: string }) {
    super(
      'the SAML response proves nobody to this broker; sign in again at /v1/saml/login, and ask the operators with this request id if that does not help',
      { detail: [reason, options.issuer, options.detail].filter((part) => part !== undefined).join(': ') },
    );
    this.reason = reason;
    this.issuer = options.issuer;
  }
}

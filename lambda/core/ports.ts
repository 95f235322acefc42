import type { Denial, Intent, Issuance, IssuanceState, Outcome } from './issuance.ts';
import type { PresignedSessionToken } from './presigned-session-token.ts';

/** Writes the audit. Each method resolves once the row is durable and rejects with `AuditUnavailableError` otherwise. */
export interface IssuanceRecorder {
  /** A new DENIED row. */
  recordDenial(denial: Denial): Promise<void>;
  /** A new PENDING row. STS may be called only after this. */
  recordIntent(intent: Intent): Promise<void>;
  /** Finishes the row. Credentials may leave only after this. */
  recordOutcome(intent: Intent, outcome: Outcome): Promise<void>;
}

/** Reads the audit. Expired rows are not there, whether or not DynamoDB has deleted them. Rejects with `AuditUnavailableError`. */
export interface IssuanceReader {
  /** `undefined` when there is none. */
  find(id: string): Promise<Issuance | undefined>;
  /** Newest first, all older than `before`. */
  page(query: IssuanceQuery): Promise<IssuancePage>;
}

export interface IssuanceQuery {
  readonly principalId?: string;
  readonly accessKeyId?: string;
  readonly profile?: string;
  /** Name of the integration. No index has it: where nothing else is asked for, the days are looked through. */
  readonly integration?: string;
  readonly state?: IssuanceState;
  /** One of these. */
  readonly states?: readonly IssuanceState[];
  /** Epoch milliseconds, inclusive. */
  readonly fromMs: number;
  /** Epoch milliseconds, exclusive. */
  readonly toMs: number;
  /** Only ids that sort before this one. */
  readonly before?: string;
  readonly limit: number;
}

export interface IssuancePage {
  /** May be fewer than the limit, even none, while there are more. */
  readonly issuances: readonly Issuance[];
  /** Where the next page begins; `undefined` at the end. */
  readonly next?: string;
}

/** Remembers proofs that may have one effect: a third party's `jti`, a SAML assertion's id. */
export interface ProofRegister {
  /** `true` for the first to consume it, in all functions together. Rejects with `ProofRegisterUnavailableError`. */
  consume(proof: SingleUseProof): Promise<boolean>;
  /** Whether somebody has consumed it before. Consistent. Rejects with `ProofRegisterUnavailableError`. */
  isConsumed(id: string): Promise<boolean>;
}

export interface SingleUseProof {
  /** 43 characters: a digest, so that nothing of the proof is stored. */
  readonly id: string;
  /** Epoch seconds from which the proof is refused for its age, and need not be remembered. */
  readonly expiresAtSeconds: number;
}

/** Signs tokens of the broker's own with a key that nobody can read. Rejects when the key cannot be used. */
export interface TokenSigner {
  /** The compact JWS of these claims, of this `typ`. */
  sign(token: { readonly type: string; readonly claims: object }): Promise<string>;
}

/** The keys that verify what the broker signs as an OIDC issuer. */
export interface PublicKeys {
  /** Rejects with `TokenKeyUnavailableError`. */
  list(): Promise<readonly PublicJsonWebKey[]>;
}

/** An RSA key of a JWK set (RFC 7517, RFC 7518 §6.3.1). */
export interface PublicJsonWebKey {
  readonly kty: 'RSA';
  readonly use: 'sig';
  readonly alg: 'RS256';
  readonly kid: string;
  readonly n: string;
  readonly e: string;
}

/** Calls STS once: never again by itself, because a repeat could mint a second session for one row. Never rejects. */
export interface SecurityTokenService {
  /** @param credentials of the session before, in a chain; the function's own when left out */
  assumeRole(request: AssumeRoleRequest, credentials?: Credentials): Promise<StsAnswer>;
  /** Unsigned: the token is the proof. It is in no answer. */
  assumeRoleWithWebIdentity(request: AssumeRoleWithWebIdentityRequest): Promise<StsAnswer>;
}

/** A session as it is asked for beside a token, which carries the rest. */
export interface WebIdentitySession {
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly durationSeconds: number;
  /** JSON. */
  readonly sessionPolicy?: string;
  readonly managedPolicyArns: readonly string[];
}

export interface AssumeRoleWithWebIdentityRequest extends WebIdentitySession {
  /** A compact JWS: whoever has it can do what the broker can do with it. */
  readonly webIdentityToken: string;
}

export interface AssumeRoleRequest {
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly durationSeconds: number;
  readonly sourceIdentity?: string;
  readonly externalId?: string;
  readonly sessionTags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  /** JSON. */
  readonly sessionPolicy?: string;
  readonly managedPolicyArns: readonly string[];
}

/** What one call of STS came to. `Given` is what it gives where it gives anything. */
export type StsAnswer<Given = GivenSession> =
  | (Given & { readonly state: 'ISSUED'; readonly requestId: string })
  | StsFailure;

/** A session. Which of the two users there is depends on the call; GetSessionToken and AssumeRoot name none. */
export interface GivenSession {
  readonly credentials: Credentials;
  readonly assumedRole?: { readonly arn: string; readonly assumedRoleId: string };
  readonly federatedUser?: { readonly arn: string; readonly federatedUserId: string };
  readonly packedPolicySize?: number;
}

export type StsFailure =
  /** STS answered 4xx: nothing was minted. */
  | {
      readonly state: 'REFUSED';
      readonly errorCode: string;
      readonly detail: string;
      readonly requestId?: string;
    }
  /** Certainly nothing was minted: throttled, the request never left, or what signs it could not be had. */
  | {
      readonly state: 'FAILED';
      readonly cause: 'throttled' | 'unreachable' | 'unsigned' | 'keyless';
      readonly errorCode: string;
      readonly detail: string;
      readonly requestId?: string;
    }
  /** A session may exist: its answer was lost, late or unreadable. */
  | {
      readonly state: 'UNKNOWN';
      readonly errorCode: string;
      readonly detail: string;
      readonly requestId?: string;
    };

/** A key of an IAM user: it lasts until somebody takes it away. */
export interface LongTermKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The federator's key, as Secrets Manager holds it. */
export interface FederatorKeys {
  /** May be some minutes old. Rejects with `FederatorKeyUnavailableError`. */
  current(): Promise<LongTermKey>;
  /** Reads anew; whether there is another key than the one that STS refused. Rejects as `current` does. */
  renew(refusedAccessKeyId: string): Promise<boolean>;
}

/** Asks for the session of a federated user, once. Never rejects. */
export interface FederationTokenService {
  getFederationToken(request: FederationTokenRequest, key: LongTermKey): Promise<StsAnswer>;
}

export interface FederationTokenRequest {
  /** 2–32 characters. */
  readonly name: string;
  readonly durationSeconds: number;
  /** JSON. */
  readonly sessionPolicy: string;
  readonly sessionTags: Readonly<Record<string, string>>;
}

/** Asks with the caller's own assertion, once. It is in no answer. Never rejects. */
export interface SamlTokenService {
  assumeRoleWithSaml(request: AssumeRoleWithSamlRequest): Promise<StsAnswer>;
}

export interface AssumeRoleWithSamlRequest {
  readonly roleArn: string;
  readonly principalArn: string;
  /** A SAML response in base64: whoever has it can do what the caller can do with it. */
  readonly samlAssertion: string;
  readonly durationSeconds: number;
  /** JSON. */
  readonly sessionPolicy?: string;
  readonly managedPolicyArns: readonly string[];
}

/** Asks for the root user of a member account, once. Never rejects. */
export interface RootTokenService {
  assumeRoot(request: AssumeRootRequest, credentials: Credentials): Promise<StsAnswer>;
}

export interface AssumeRootRequest {
  /** Account id. */
  readonly targetPrincipal: string;
  readonly taskPolicyArn: string;
  readonly durationSeconds: number;
}

/** Asks for a token that AWS signs for the session that calls, once. The token is in no row, log or error. Never rejects. */
export interface WebIdentityTokenService {
  getWebIdentityToken(
    request: WebIdentityTokenRequest,
    credentials: Credentials,
  ): Promise<StsAnswer<GivenWebIdentityToken>>;
}

export interface WebIdentityTokenRequest {
  readonly audience: string;
  readonly durationSeconds: number;
  readonly signingAlgorithm: 'RS256' | 'ES384';
  /** Claims of the token, as `request_tags`. */
  readonly requestTags: Readonly<Record<string, string>>;
}

export interface GivenWebIdentityToken {
  /** A compact JWS: whoever has it is the profile's role to its audience. */
  readonly webIdentityToken: string;
  readonly expiration: Date;
}

/** Sends a GetSessionToken on that its caller presigned, once. Nothing of it is in the answer. Never rejects. */
export interface SessionTokenRelay {
  getSessionToken(presigned: PresignedSessionToken): Promise<StsAnswer>;
}

/** Has a message of a refusal decoded, once. Nothing of it is in a failure. Never rejects. */
export interface AuthorizationMessages {
  decode(encodedMessage: string): Promise<StsAnswer<DecodedMessage>>;
}

export interface DecodedMessage {
  readonly decodedMessage: Readonly<Record<string, unknown>>;
}

/** Asks the console's federation endpoint, once. Never rejects. */
export interface ConsoleFederation {
  getSigninToken(credentials: Credentials): Promise<SigninAnswer>;
}

export type SigninAnswer =
  /** A secret: whoever has it is signed in, for 15 minutes. */
  | { readonly state: 'GIVEN'; readonly signinToken: string }
  /** Refused, unreadable or none in time. Nothing of the credentials is in `detail`. */
  | { readonly state: 'FAILED'; readonly detail: string };

/** What comes out. The secrets are in no row, log or error. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

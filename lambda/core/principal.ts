/** A claim as the evaluator and the templates see it: a scalar is a string ("true", "42"), a list keeps its order. */
export type ClaimValue = string | readonly string[];

/**
 * Who is asking, once proven. It travels from the authorizer to the functions behind it as one JSON string of at
 * most `maxPrincipalBytes`, so it holds what policy may name and nothing of the token itself.
 */
export interface Principal {
  /** Name of the issuer in the configuration, not its URL. */
  readonly issuer: string;
  /** As the issuer gave it, unchanged: 1–1024 characters, none of them invisible. */
  readonly subject: string;
  /** The claims listed in the issuer's configuration. An absent claim has no key. */
  readonly claims: Readonly<Record<string, ClaimValue>>;
  /** Whether the issuer vouches for more than one factor (its `mfa` settings). */
  readonly mfa: boolean;
  /** Epoch seconds at which the person authenticated, where the issuer says so (`auth_time`). */
  readonly authTime?: number;
  /** Epoch seconds at which the proof was made, where the issuer says so. */
  readonly issuedAt?: number;
  /** Epoch seconds after which the proof is worth nothing. */
  readonly expiresAt: number;
  /** Of `iam` issuers alone: what AWS vouches for. The subject is `aws:PrincipalArn`, without a role's path. */
  readonly aws?: {
    readonly accountId: string;
    readonly organizationId?: string;
    /** Of the key that signed this call. */
    readonly accessKeyId?: string;
    /**
     * The profile whose path the request took through the API's resource policy, where that is the policy which this
     * function was deployed with: it lets nobody without MFA through to the profiles of `mfa.profiles`.
     */
    readonly guardedProfile?: string;
  };
  /** Names of the claims that the caller chose itself: they are shown, and no condition or template sees them. */
  readonly selfAsserted?: readonly string[];
  /** Of third parties that call with keys of their own alone. */
  readonly integration?: {
    /** Of the key that signed the proof, see `toKeyThumbprint`. */
    readonly keyThumbprint: string;
    /** There while its integration is suspended: no statement trusts it then. The reason is for the third party too. */
    readonly suspension?: { readonly reason: string };
  };
  /** Identifies a proof that may have one effect (`private_key_jwt`): 43 characters. */
  readonly proofId?: string;
}

/** API Gateway carries scalars only in an authorizer's context; this bounds the JSON string (UTF-8 bytes). */
export const maxPrincipalBytes = 4096;

/** Source of the address and the ids: API Gateway's own `requestContext`, never a header that a client can set. */
export interface RequestOrigin {
  /** The socket's address as API Gateway saw it. */
  readonly sourceIp: string;
  /** At most 256 characters; chosen by the client, shown and never decided upon. */
  readonly userAgent: string;
  /** `extendedRequestId`: unlike `requestId`, a client cannot set it. */
  readonly gatewayRequestId: string;
}

import type { Mechanism } from './configuration.ts';

/**
 * What STS takes, checked here before a call is made and before anything is deployed. Source: AWS STS API
 * Reference (AssumeRole) and IAM guide, "IAM and AWS STS quotas".
 */
export const stsLimits = {
  roleSessionName: { pattern: /^[\w+=,.@-]{2,64}$/, maxLength: 64 },
  sourceIdentity: { pattern: /^[\w+=,.@-]{2,64}$/, maxLength: 64 },
  externalId: {
    pattern: /^[\w+=,.@:/-]{2,1224}$/,
    allowed: '2–1224 characters of A–Z a–z 0–9 _ + = , . @ : / -',
  },
  /** Seconds, where no role is chained; the role's own MaxSessionDuration may be less. */
  duration: { min: 900, max: 43_200 },
  /** Seconds. The upper one is role chaining's: a Lambda function's role is a temporary session itself. */
  chainedDuration: { min: 900, max: 3600 },
  /** Seconds, of GetFederationToken and GetSessionToken for IAM users. */
  longTermKeyDuration: { min: 900, max: 129_600 },
  /** Seconds that GetSessionToken gives an IAM user who asks for none. */
  defaultSessionSeconds: 43_200,
  /** Seconds, of AssumeRoot. */
  rootDuration: { min: 1, max: 900 },
  /**
   * Seconds, of GetWebIdentityToken. STS takes up to 3600, but no token that outlives the session which asks for it:
   * that lasts an hour at most (role chaining) and begins before the token.
   */
  webIdentityTokenDuration: { min: 60, max: 3540 },
  /** Characters of the name of a federated user. */
  federatedUserName: { pattern: /^[\w+=,.@-]{2,32}$/, maxLength: 32 },
  /** Characters, of DecodeAuthorizationMessage. */
  encodedMessage: { min: 1, max: 10_240 },
  /** Characters, in base64. */
  maxSamlAssertion: 100_000,
  tagKey: {
    pattern: /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu,
    allowed: '1–128 letters, digits, spaces or _ . : / = + - @, not beginning with "aws:"',
  },
  tagValue: {
    pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u,
    allowed: 'at most 256 letters, digits, spaces or _ . : / = + - @',
  },
  maxTags: 50,
  /** Characters of the inline session policy and the managed policies' ARNs together. */
  maxPolicyCharacters: 2048,
  maxManagedPolicies: 10,
  /** Characters. */
  maxWebIdentityToken: 20_000,
  /** Of one GetWebIdentityToken. */
  maxAudiences: 10,
  /** Characters of the subject that AssumeRoleWithWebIdentity names in its answer. */
  webIdentitySubject: { min: 6, max: 255 },
} as const;

/** Seconds, by how credentials are obtained. */
export const durationLimits: Readonly<Record<Mechanism, { readonly min: number; readonly max: number }>> = {
  'assume-role': stsLimits.chainedDuration,
  'web-identity': stsLimits.duration,
  'federation-token': stsLimits.longTermKeyDuration,
  saml: stsLimits.duration,
  'assume-root': stsLimits.rootDuration,
  'session-token': stsLimits.longTermKeyDuration,
};

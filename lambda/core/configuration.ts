import type { Policy } from './policy/policy.ts';
import type { SessionPolicyTemplate } from './session-policy.ts';
import type { Template } from './template.ts';

/** The configuration, checked and compiled: what `parseConfiguration` makes of `config/daypass.yaml`. */
export interface Configuration {
  readonly deployment: Deployment;
  /** Whom a refused caller asks, where a profile does not say. */
  readonly owner: string;
  readonly requestAccessUrl?: string;
  readonly issuers: ReadonlyMap<string, OidcIssuer>;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly audit: AuditSettings;
}

/** Where the broker lives. Role names and ARNs are made from this, because target roles name them. */
export interface Deployment {
  readonly accountId: string;
  /** The one region whose STS endpoint is called. */
  readonly region: string;
  /** Follows from the region: `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  /** Tells deployments in one account and region apart; API Gateway's stage as well. */
  readonly stage: string;
}

export interface AuditSettings {
  /** Who may see everybody's issuances; without statements nobody does, and each caller sees its own. */
  readonly trust: Policy;
  readonly retentionDays: number;
}

export type SigningAlgorithm = 'RS256' | 'ES256' | 'EdDSA';

export interface OidcIssuer {
  readonly type: 'oidc';
  readonly name: string;
  /** Compared with the token's `iss` to the letter, before any network. */
  readonly issuer: string;
  /** Every audience of a token must be one of these. */
  readonly audiences: readonly string[];
  readonly algorithms: readonly SigningAlgorithm[];
  /** JSON pointer to the subject. */
  readonly subjectClaim: string;
  readonly claims: ReadonlyMap<string, ClaimMapping>;
  /** Values of `amr` or `acr` of which one proves more than one factor. Both empty: never. */
  readonly mfa: { readonly amr: readonly string[]; readonly acr: readonly string[] };
  /** `typ` values taken, in lower case and without `application/`; a token without `typ` passes. */
  readonly tokenTypes: readonly string[];
  /** Longest `exp` − `iat` that is taken, in seconds. */
  readonly maxLifetimeSeconds: number;
  /** Longest time since `iat` that is taken, in seconds. */
  readonly maxAgeSeconds?: number;
  /** Whom of this issuer's callers the broker admits at all. `undefined` admits each. */
  readonly admit?: Policy;
}

export type ClaimType = 'string' | 'number' | 'boolean' | 'list';

export interface ClaimMapping {
  /** JSON pointer into the token's payload (RFC 6901). */
  readonly pointer: string;
  /** A value of another type is a refused token. */
  readonly type: ClaimType;
}

export type Profile = AssumeRoleProfile;

export interface AssumeRoleProfile {
  readonly name: string;
  readonly description: string;
  readonly mechanism: 'assume-role';
  readonly roleArn: string;
  readonly duration: { readonly defaultSeconds: number; readonly maxSeconds: number };
  readonly owner: string;
  readonly requestAccessUrl?: string;
  /** Tag key to value template. */
  readonly sessionTags: ReadonlyMap<string, Template>;
  readonly transitiveTagKeys: readonly string[];
  /** Keys of further session tags that a caller may set in its request. */
  readonly acceptedTagKeys: readonly string[];
  /** Rendered for each issuance. */
  readonly sessionPolicy?: SessionPolicyTemplate;
  readonly managedPolicyArns: readonly string[];
  readonly externalId?: string;
  /** Whether STS is given the source identity. */
  readonly setSourceIdentity: boolean;
  /** Whether the session name begins with a part of the subject. */
  readonly subjectInSessionName: boolean;
  readonly reasonRequired: boolean;
  readonly trust: Policy;
}

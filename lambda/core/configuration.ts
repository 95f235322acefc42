import type { Policy } from './policy/policy.ts';
import type { SessionPolicyTemplate } from './session-policy.ts';
import type { Template } from './template.ts';

/** The configuration, checked and compiled: what `parseConfiguration` makes of `config/daypass.yaml`. */
export interface Configuration {
  readonly deployment: Deployment;
  /** Whom a refused caller asks, where a profile does not say. */
  readonly owner: string;
  readonly requestAccessUrl?: string;
  readonly issuers: ReadonlyMap<string, Issuer>;
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly audit: AuditSettings;
  readonly trail: TrailSettings;
  /** Absent: there are no integrations. */
  readonly integrations?: IntegrationSettings;
  readonly webIdentity: WebIdentitySettings;
  /** Absent: nobody has a session token relayed. */
  readonly sessionTokens?: SessionTokenSettings;
  /** Absent: nobody has an authorization message decoded. */
  readonly authorizationMessages?: AuthorizationMessageSettings;
  /** Absent: nobody suspends or revokes anything. */
  readonly controls?: ControlSettings;
  readonly limits: LimitSettings;
  /** Absent: policies that end sessions are printed, and nothing applies them. */
  readonly revocation?: RevocationSettings;
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
  /** Of the broker's own roles and its user in IAM; target roles name these too. @default `/daypass/` */
  readonly rolePath?: string;
  /** All regions in which it runs, this one among them; the first is the primary one. @default this one alone */
  readonly regions?: readonly string[];
  /** URL under which callers reach the API, without a slash at the end. `undefined`: API Gateway's own of the stage. */
  readonly url?: string;
}

export interface AuditSettings {
  /** Who may see everybody's issuances; without statements nobody does, and each caller sees its own. */
  readonly trust: Policy;
  readonly retentionDays: number;
}

/** CloudTrail's record, with which each issuance is compared. */
export interface TrailSettings {
  /** Accounts whose events the trail has. */
  readonly accounts: readonly string[];
  /** How long CloudTrail may take. */
  readonly settleMinutes: number;
  /** Absent: the deployment has a trail of its own. */
  readonly existing?: ExistingTrail;
}

/** A trail of the account or the organization. */
export interface ExistingTrail {
  readonly bucketName: string;
  /** Before `AWSLogs/`, without a slash at its end. */
  readonly prefix?: string;
  readonly keyArn?: string;
  /** Tells of new objects. */
  readonly topicArn: string;
}

/** What holds for all third parties. */
export interface IntegrationSettings {
  /** Who may manage integrations. */
  readonly trust: Policy;
  /** Beside the broker's own account. */
  readonly ownAccounts: readonly string[];
  readonly organizationId?: string;
  /** How long a role may still accept the ExternalId before the one that was proven last. */
  readonly graceSeconds: number;
  /** What the schedule does about a role that no longer enforces its ExternalId: nothing more is issued either way. */
  readonly drift: 'suspend' | 'flag';
  /** URL of S3 of the template of the onboarding kit, for the quick-create link. */
  readonly templateUrl?: string;
}

/** Session tokens of GetSessionToken calls that callers presign. */
export interface SessionTokenSettings {
  /** Who may have one; callers of the issuer of type `iam` alone. */
  readonly trust: Policy;
  /** Seconds. There is no default to apply: the presigned request says how long. */
  readonly duration: { readonly maxSeconds: number };
}

/** Messages of refusals, which DecodeAuthorizationMessage reads. */
export interface AuthorizationMessageSettings {
  /** Who may have them decoded. */
  readonly trust: Policy;
}

/** What stops issuing, and ends sessions. */
export interface ControlSettings {
  /** Who may suspend, lift and revoke. */
  readonly trust: Policy;
}

export interface LimitSettings {
  /** Of one principal, refused ones included. */
  readonly attemptsPerMinute: number;
}

export interface RevocationSettings {
  /** Whether a function of its own puts the policies onto roles of the broker's account under `/daypass/`. */
  readonly apply: boolean;
}

/** Daypass as an OIDC issuer. */
export interface WebIdentitySettings {
  /** Names of the keys: the first signs, all are served. Two while one takes over from the other. */
  readonly keys: readonly string[];
}

export type SigningAlgorithm = 'RS256' | 'ES256' | 'ES384' | 'EdDSA';

/** Whose proofs are taken, by the kind of proof. Statements name each by its name, as `Principal: { Federated: <name> }`. */
export type Issuer = OidcIssuer | IamIssuer | SamlIssuer | IntegrationIssuer;

/** What every issuer has. */
interface IssuerBase {
  readonly name: string;
  /** By the names that statements and templates use, `claims:<name>`. */
  readonly claims: ReadonlyMap<string, { readonly type: ClaimType }>;
  /** Whom of this issuer's callers the broker admits at all. `undefined` admits each. */
  readonly admit?: Policy;
}

/** What a bearer token must be like before its signature is looked at, whoever signed it. */
export interface TokenRules {
  /** Compared with the token's `iss` to the letter, before any network. */
  readonly issuer: string;
  /** Every audience of a token must be one of these. */
  readonly audiences: readonly string[];
  readonly algorithms: readonly SigningAlgorithm[];
  /** `typ` values taken, in lower case and without `application/`. */
  readonly tokenTypes: readonly string[];
  /** Longest `exp` − `iat` that is taken, in seconds. */
  readonly maxLifetimeSeconds: number;
  /** Longest time since `iat` that is taken, in seconds. */
  readonly maxAgeSeconds?: number;
}

/** A JWT of an OpenID provider: people, CI, Kubernetes, AWS's own outbound tokens. A token without `typ` passes. */
export interface OidcIssuer extends IssuerBase, TokenRules {
  readonly type: 'oidc';
  /** JSON pointer to the subject. */
  readonly subjectClaim: string;
  /** JSON pointer to the audience: some access tokens have theirs in `client_id` alone. */
  readonly audienceClaim: string;
  /** JSON pointers to the one value that a token must have there: tells kinds of tokens apart that `typ` does not. */
  readonly requiredClaims: ReadonlyMap<string, string>;
  readonly claims: ReadonlyMap<string, ClaimMapping>;
  /** Values of `amr` or `acr` of which one proves more than one factor. Both empty: never. */
  readonly mfa: { readonly amr: readonly string[]; readonly acr: readonly string[] };
  /** The issuer's keys where they cannot be fetched, as of a cluster in a private network. */
  readonly jwks?: JsonWebKeySet;
  /** How the `daypass` command signs people in. Absent: it does not. */
  readonly login?: OidcLogin;
}

/** In the order in which the command tries them. */
export const loginFlows = ['authorization-code', 'device-code'] as const;

export type LoginFlow = (typeof loginFlows)[number];

/** A public client of the identity provider: nothing in it is secret, and whoever asks is told. */
export interface OidcLogin {
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** The preferred one first. */
  readonly flows: readonly LoginFlow[];
  /** Which of the tokens the broker takes. */
  readonly token: 'access-token' | 'id-token';
  /** Of the authorization request, beside those that the flow sets itself. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Loopback. With a port that port alone, without one any free port. @default http://127.0.0.1/callback */
  readonly redirectUri?: string;
}

/** A JWK set (RFC 7517) of public keys, as written. */
export interface JsonWebKeySet {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** SigV4 under `/iam/v1`: API Gateway proves the identity, and these say of which identities the broker hears. */
export interface IamIssuer extends IssuerBase {
  readonly type: 'iam';
  /** At least one of the two; with both, a caller must be within both. */
  readonly accounts?: readonly string[];
  readonly organizationId?: string;
  /** Accounts whose `AWSReservedSSO_*` sessions have `permissionSet` and `user` claims. */
  readonly identityCenterAccounts: readonly string[];
  readonly mfa: {
    /** Permission sets of IAM Identity Center that nobody enters without MFA. */
    readonly permissionSets: readonly string[];
    /** Profiles whose paths the API's resource policy opens to sessions with MFA alone. */
    readonly profiles: readonly string[];
  };
}

/** A signed SAML 2.0 assertion, taken at `/v1/saml/acs`. */
export interface SamlIssuer extends IssuerBase {
  readonly type: 'saml';
  /** Compared with the Issuer of response and assertion to the letter. */
  readonly entityId: string;
  /** Where `GET /v1/saml/login` sends the browser (HTTP-Redirect binding). */
  readonly singleSignOnUrl: string;
  /** DER in base64; two at once while the identity provider rolls over. The only keys that are believed. */
  readonly certificates: readonly string[];
  /** Name of the attribute that is the subject. `undefined`: the NameID. */
  readonly subjectAttribute?: string;
  readonly claims: ReadonlyMap<string, AttributeMapping>;
  readonly mfa: {
    /** AuthnContextClassRef values that prove more than one factor. */
    readonly authnContexts: readonly string[];
    /** Values of the attribute `http://schemas.microsoft.com/claims/authnmethodsreferences` that do. */
    readonly authnMethods: readonly string[];
  };
  /** Whether a response that answers no request of ours is taken. */
  readonly idpInitiated: boolean;
}

/** `private_key_jwt` (RFC 7523): a third party's own key. `issuer` and subject are the integration's name; each `jti` once. */
export interface IntegrationIssuer extends IssuerBase, TokenRules {
  readonly type: 'integration';
  /** Until the integration of this name has keys in the table: from then on those alone count, as they are now. */
  readonly jwks?: JsonWebKeySet;
}

export type ClaimType = 'string' | 'number' | 'boolean' | 'list';

export interface ClaimMapping {
  /** JSON pointer into the token's payload (RFC 6901). */
  readonly pointer: string;
  /** A value of another type is a refused token. */
  readonly type: ClaimType;
}

export interface AttributeMapping {
  /** The attribute's Name. */
  readonly attribute: string;
  /** `string` takes exactly one value, `list` any number. */
  readonly type: 'string' | 'list';
}

/** How a profile's credentials are obtained. */
export const profileMechanisms = [
  'assume-role',
  'web-identity',
  'federation-token',
  'saml',
  'assume-root',
] as const;

export type ProfileMechanism = (typeof profileMechanisms)[number];

/** How Daypass obtains credentials. `session-token` belongs to no profile: it has a route of its own. */
export const mechanisms = [...profileMechanisms, 'session-token'] as const;

export type Mechanism = (typeof mechanisms)[number];

export type Profile =
  | AssumeRoleProfile
  | WebIdentityProfile
  | FederationTokenProfile
  | SamlProfile
  | AssumeRootProfile;

/** What every profile has. */
interface ProfileBase {
  readonly name: string;
  readonly description: string;
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
  /** Whether a caller may bring a session policy, Allow statements included. Never where the profile has policies. */
  readonly acceptsSessionPolicy: boolean;
  readonly managedPolicyArns: readonly string[];
  /** Whether STS is given the source identity. */
  readonly setSourceIdentity: boolean;
  /** Whether the session name begins with a part of the subject. */
  readonly subjectInSessionName: boolean;
  readonly reasonRequired: boolean;
  /** Whether links that sign in to the console are given. */
  readonly console: boolean;
  /** `iam` issuers whose callers reach this profile's paths with MFA alone, by the API's resource policy. */
  readonly mfaEnforcedFor: readonly string[];
  readonly trust: Policy;
}

/** AssumeRole with the function's own role: role chaining, so that a session lasts an hour at most. */
export interface AssumeRoleProfile extends ProfileBase {
  readonly mechanism: 'assume-role';
  /** The role that the credentials are for. */
  readonly roleArn: string;
  /** Roles on the way, in order: each is assumed with the credentials of the one before. */
  readonly via: readonly string[];
  readonly externalId?: string;
  /** Absent where the profile gives no tokens that AWS signs. */
  readonly webIdentityToken?: WebIdentityTokenSettings;
}

/** Tokens that AWS signs for the profile's role (GetWebIdentityToken), to be shown to parties outside of AWS. */
export interface WebIdentityTokenSettings {
  /** Whom a token may be for: one of these. */
  readonly audiences: readonly string[];
  readonly duration: { readonly defaultSeconds: number; readonly maxSeconds: number };
  readonly signingAlgorithm: (typeof webIdentityTokenAlgorithms)[number];
}

/** Those that AWS signs with. */
export const webIdentityTokenAlgorithms = ['RS256', 'ES384'] as const;

/** AssumeRoleWithWebIdentity with a token that Daypass signs: nothing is chained, and the role's own maximum holds. */
export interface WebIdentityProfile extends ProfileBase {
  readonly mechanism: 'web-identity';
  readonly roleArn: string;
  /** Whether STS gets the caller's own token in the place of one that Daypass signs: recorded, not enforced. */
  readonly passthrough: boolean;
}

/** GetFederationToken with the federator's key: the session has what its user's policies and its own have in common. */
export interface FederationTokenProfile extends ProfileBase {
  readonly mechanism: 'federation-token';
}

/** AssumeRoleWithSAML with an assertion for AWS that the caller brings: recorded, not enforced. */
export interface SamlProfile extends ProfileBase {
  readonly mechanism: 'saml';
  readonly roleArn: string;
  /** ARN of the identity provider in the role's account, as the assertion's Role attribute names it beside the role. */
  readonly principalArn: string;
}

/** AssumeRoot: the root user of a member account, for one of AWS's tasks. */
export interface AssumeRootProfile extends ProfileBase {
  readonly mechanism: 'assume-root';
  /** Roles on the way, one at least; the last is in the organization's management or delegated account. */
  readonly via: readonly string[];
  /** Id of the member account. */
  readonly targetPrincipal: string;
  /** ARN of the AWS managed policy of the task. */
  readonly taskPolicyArn: string;
}

/** Whether any profile needs Daypass to be an OIDC issuer. */
export const usesWebIdentity = ({ profiles }: Pick<Configuration, 'profiles'>): boolean =>
  [...profiles.values()].some((profile) => profile.mechanism === 'web-identity' && !profile.passthrough);

/** Whether any profile needs callers' assertions to be read. */
export const usesSaml = ({ profiles }: Pick<Configuration, 'profiles'>): boolean =>
  [...profiles.values()].some(({ mechanism }) => mechanism === 'saml');

/** Whether any profile needs the federator's key. */
export const usesFederator = ({ profiles }: Pick<Configuration, 'profiles'>): boolean =>
  [...profiles.values()].some(({ mechanism }) => mechanism === 'federation-token');

/** Whether there are third parties: their table, their functions and their routes. */
export const usesIntegrations = ({ integrations }: Pick<Configuration, 'integrations'>): boolean =>
  integrations !== undefined;

/** Whether policies that end sessions are put onto roles by a function of its own. */
export const appliesRevocations = ({ revocation }: Pick<Configuration, 'revocation'>): boolean =>
  revocation?.apply === true;

/**
 * Whether nobody gets by Daypass what it wouldn't give. Where the caller's own proof opens the role, its holder can
 * show it to STS without Daypass: such an issuance is recorded, not enforced.
 */
export const isEnforced = ({
  mechanism,
  passthrough = false,
}: Pick<Profile, 'mechanism'> & { readonly passthrough?: boolean }): boolean =>
  mechanism !== 'saml' && !(mechanism === 'web-identity' && passthrough);

/** Whether it gives tokens that AWS signs for its role, and nothing else. */
export const givesTokens = (profile: Profile): boolean =>
  profile.mechanism === 'assume-role' && profile.webIdentityToken !== undefined;

/** The roles whose sessions an issuance makes, in order. */
export function toRoleArns(profile: Profile): readonly string[] {
  switch (profile.mechanism) {
    case 'assume-role':
      return [...profile.via, profile.roleArn];
    case 'assume-root':
      return profile.via;
    case 'federation-token':
      return [];
    case 'web-identity':
    case 'saml':
      return [profile.roleArn];
  }
}

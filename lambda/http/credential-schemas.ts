import * as z from 'zod';
import { acceptedSessionPolicies, findPolicyProblems } from '../core/caller-session-policy.ts';
import { profileMechanisms } from '../core/configuration.ts';
import { holdsSecret } from '../core/holds-secret.ts';
import { isReason, reasonAllowed } from '../core/reason.ts';
import { stsLimits } from '../core/sts-limits.ts';
import { strictObject } from './parse-request.ts';

/** The shapes in which `?format=` hands credentials over. */
export const credentialFormats = ['sts', 'process', 'posix', 'fish', 'powershell', 'ini'] as const;

export type CredentialFormat = (typeof credentialFormats)[number];

const tagKey = z.string().regex(stsLimits.tagKey.pattern, { error: stsLimits.tagKey.allowed });
const tagValue = z
  .string({ error: stsLimits.tagValue.allowed })
  .regex(stsLimits.tagValue.pattern, { error: stsLimits.tagValue.allowed })
  .refine((value) => !holdsSecret(value), { error: 'a value that holds no secret key, token or ExternalId' });

/** Each member can only narrow what the profile gives. */
export const credentialsBody = strictObject({
  durationSeconds: z
    .int({ error: 'an integer number of seconds' })
    .describe("At most the profile's maximum; its default when left out")
    .exactOptional(),
  reason: z
    .string({ error: reasonAllowed })
    .refine(isReason, { error: reasonAllowed })
    .describe(reasonAllowed)
    .exactOptional(),
  sessionTags: z
    .record(tagKey, tagValue, {
      error: ({ code }) =>
        code === 'invalid_key' ? stsLimits.tagKey.allowed : 'an object from tag keys to values',
    })
    .describe('Tags whose keys the profile accepts from callers')
    .exactOptional(),
  sessionPolicy: z
    .record(z.string(), z.unknown(), { error: 'an IAM policy document, as an object' })
    .superRefine((document, { addIssue }) => {
      for (const { path, allowed } of findPolicyProblems(document))
        addIssue({ code: 'custom', path: [...path], message: allowed });
    })
    .describe(
      'An IAM policy: Deny statements where the profile has a policy of its own, any where it accepts them',
    )
    .exactOptional(),
});

/** The member of a body that is longer than all others may be together. */
export const proofMember = { name: 'samlAssertion', maxLength: stsLimits.maxSamlAssertion } as const;

const samlAssertionAllowed = `a SAML response for AWS in base64, 4–${proofMember.maxLength} characters`;

/** With what STS is shown. */
export const issuingBody = strictObject({
  ...credentialsBody.shape,
  [proofMember.name]: z
    .string({ error: samlAssertionAllowed })
    .min(4, { error: samlAssertionAllowed })
    .max(proofMember.maxLength, { error: samlAssertionAllowed })
    .describe("For profiles of mechanism saml: the SAMLResponse that is for AWS's sign-in, in base64")
    .exactOptional(),
});

export const credentialsQuery = strictObject({
  format: z.enum(credentialFormats, { error: credentialFormats.join(', ') }).exactOptional(),
});

/** The `sts` format: as `aws sts assume-role` prints it, with the issuance's id. */
export const credentialsAnswer = z.strictObject({
  IssuanceId: z.string(),
  Credentials: z.strictObject({
    AccessKeyId: z.string(),
    SecretAccessKey: z.string(),
    SessionToken: z.string(),
    Expiration: z.iso.datetime(),
  }),
  AssumedRoleUser: z.strictObject({ AssumedRoleId: z.string(), Arn: z.string() }).exactOptional(),
  FederatedUser: z.strictObject({ FederatedUserId: z.string(), Arn: z.string() }).exactOptional(),
  PackedPolicySize: z.int().exactOptional(),
  SourceIdentity: z.string().exactOptional(),
});

/** What the SDKs' container provider reads: `Token` for the session token. */
export const containerCredentialsAnswer = z.strictObject({
  AccessKeyId: z.string(),
  SecretAccessKey: z.string(),
  Token: z.string(),
  Expiration: z.iso.datetime(),
});

const enforcements = ['enforced', 'recorded'] as const;

export const profilesAnswer = z.strictObject({
  profiles: z.array(
    z.strictObject({
      name: z.string(),
      description: z.string(),
      mechanism: z.enum(profileMechanisms),
      enforcement: z
        .enum(enforcements)
        .describe('recorded: whoever holds your own proof can have the same of STS without Daypass'),
      roleArn: z.string().describe("Absent where the credentials are not a role's").exactOptional(),
      duration: z.strictObject({ defaultSeconds: z.int(), maxSeconds: z.int() }),
      acceptedTagKeys: z.array(z.string()),
      acceptedSessionPolicy: z
        .enum(acceptedSessionPolicies)
        .describe('Of a policy that the caller sends: deny is one of Deny statements alone'),
      reasonRequired: z.boolean(),
      console: z.boolean().describe('Whether POST …/console gives links'),
      webIdentityToken: z
        .strictObject({
          audiences: z.array(z.string()),
          duration: z.strictObject({ defaultSeconds: z.int(), maxSeconds: z.int() }),
        })
        .describe('What POST …/web-identity-token gives; absent where it gives none')
        .exactOptional(),
      owner: z.string(),
      requestAccessUrl: z.string().exactOptional(),
    }),
  ),
});

const explainedAllow = z.strictObject({
  effect: z.literal('Allow'),
  mechanism: z.enum(profileMechanisms),
  enforcement: z.enum(enforcements),
  statement: z.string().describe('The statement of the trust that allows'),
  roleArns: z.array(z.string()).describe('Each hop in order'),
  targetPrincipal: z.string().describe('The account whose root user it would be').exactOptional(),
  taskPolicyArn: z.string().describe('What the root user may do').exactOptional(),
  duration: z.strictObject({
    seconds: z.int(),
    setBy: z.enum(['request', 'default']),
    maximumSeconds: z.int(),
    maximumSetBy: z
      .enum(['settings', 'role-chaining', 'sts'])
      .describe(
        'settings: of the profile or integration; role-chaining: what STS gives at most to a caller that is a session itself; sts: to anybody',
      ),
  }),
  sessionTags: z.record(z.string(), z.string()),
  transitiveTagKeys: z.array(z.string()),
  sourceIdentity: z.string().exactOptional(),
  sessionPolicy: z
    .record(z.string(), z.unknown())
    .describe('With your claims and your own policy in it')
    .exactOptional(),
  managedPolicyArns: z.array(z.string()),
  policySize: z.strictObject({
    characters: z.int(),
    maximumCharacters: z.int(),
    estimatedPackedPercent: z
      .int()
      .describe(
        'Of policies and tags together. An estimate: AWS publishes no formula, and refuses more than 100',
      )
      .exactOptional(),
  }),
});

const explainedDeny = z.strictObject({
  effect: z.literal('Deny'),
  code: z.literal('access-denied'),
  message: z.string(),
  owner: z.string().describe('Whom to ask; where the message says it, it is not here').exactOptional(),
  requestAccessUrl: z.string().exactOptional(),
  detail: z.string().describe('For whom the audit section trusts, as the next two').exactOptional(),
  statement: z.string().describe('The statement that denies').exactOptional(),
  nearestMiss: z
    .strictObject({
      statement: z.string(),
      failed: z.array(z.string()).describe('Principal, or operator and key of a condition'),
    })
    .describe('The Allow with the fewest failed conditions')
    .exactOptional(),
});

export const explainAnswer = z.discriminatedUnion('effect', [
  explainedAllow.extend({ profile: z.string() }),
  explainedDeny.extend({
    profile: z.string(),
    code: z
      .enum(['access-denied', 'integration-suspended'])
      .describe('The second for a third party that is suspended'),
    suspension: z.strictObject({ reason: z.string() }).exactOptional(),
  }),
]);

export const explainIntegrationAnswer = z.discriminatedUnion('effect', [
  explainedAllow.extend({ integration: z.string() }),
  explainedDeny.extend({
    integration: z.string(),
    code: z
      .enum(['access-denied', 'integration-not-verified', 'integration-suspended'])
      .describe('What issuing would answer; the last two for whom the integration trusts'),
    suspension: z.strictObject({ at: z.iso.datetime().exactOptional(), reason: z.string() }).exactOptional(),
  }),
]);

export const whoamiAnswer = z.strictObject({
  issuer: z.string(),
  subject: z.string(),
  claims: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  selfAsserted: z
    .array(z.string())
    .describe('Names of the claims that the caller chose itself: no condition and no template sees them')
    .exactOptional(),
  aws: z
    .strictObject({
      PrincipalArn: z.string(),
      PrincipalAccount: z.string(),
      PrincipalOrgID: z.string().exactOptional(),
    })
    .describe('Of IAM identities alone: what the aws: condition keys see')
    .exactOptional(),
  mfa: z.boolean(),
  authTime: z.iso.datetime().exactOptional(),
  issuedAt: z.iso.datetime().describe('What daypass:TokenAge counts from').exactOptional(),
  expiresAt: z.iso.datetime(),
  sourceIp: z.string(),
});

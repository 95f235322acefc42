import * as z from 'zod';
import { issuerSchema } from './issuer-schemas.ts';
import {
  httpsUrl,
  integer,
  list,
  named,
  object,
  oneLine,
  person,
  prototypeKey,
  text,
} from './schema-parts.ts';
import { statements } from './statements-schema.ts';
import { stsLimits } from './sts-limits.ts';

/*
 * The shape of config/daypass.yaml. Each `error` says what is allowed: it becomes the end of an error line. The
 * JSON Schema for editors is generated from here, and `parseConfiguration` checks what crosses sections.
 */

const trust = statements(['Sid', 'Effect', 'Principal', 'Condition']);

const seconds = () =>
  integer(stsLimits.chainedDuration.min, stsLimits.chainedDuration.max, 'seconds (role chaining)');

export const roleArnAllowed =
  "an IAM role ARN such as arn:aws:iam::222222222222:role/path/Name, of the deployment's partition";

const roleArn = text(
  roleArnAllowed,
  /^arn:aws[a-z-]*:iam::[0-9]{12}:role\/(?:(?!\.{1,2}\/)[\w+=,.@-]+\/)*(?!\.{1,2}$)[\w+=,.@-]{1,64}$/,
).max(1600, { error: roleArnAllowed });

/** Of a chain, its end included: each waits up to 5 s for STS, and all of them must fit into one request. */
const maxHops = 3;

const policyArnAllowed = 'an IAM policy ARN such as arn:aws:iam::aws:policy/ReadOnlyAccess';

const tagKey = text(stsLimits.tagKey.allowed, stsLimits.tagKey.pattern).refine(
  (key) => key !== prototypeKey,
  {
    error: 'a key that JavaScript does not keep for itself',
  },
);

export const profileSchema = object({
  description: text('1–256 printable characters', oneLine),
  mechanism: z.literal('assume-role', { error: 'assume-role' }),
  roleArn: roleArn.describe('The role to assume'),
  via: list(roleArn, 'a list of role ARNs')
    .max(maxHops - 1, { error: `at most ${maxHops - 1} roles on the way` })
    .default([])
    .describe('Roles to go through: the broker assumes the first, each assumes the next, the last roleArn'),
  duration: object({ defaultSeconds: seconds().default(900), maxSeconds: seconds().default(3600) })
    .default({ defaultSeconds: 900, maxSeconds: 3600 })
    .describe('What a caller gets without asking, and the most it may ask for'),
  owner: person.optional().describe('Whom to ask about this profile'),
  requestAccessUrl: httpsUrl.optional().describe('Where to ask for this profile'),
  sessionTags: named(stsLimits.tagKey.pattern, stsLimits.tagKey.allowed, z.string({ error: 'a string' }))
    .default({})
    .describe('Session tags; values may hold ${claims:<name>} and ${daypass:<key>}'),
  transitiveTagKeys: list(tagKey, 'a list of tag keys')
    .default([])
    .describe('Tags that later role chaining keeps'),
  acceptedTagKeys: list(tagKey, 'a list of tag keys')
    .default([])
    .describe('Tags that a caller may set itself'),
  sessionPolicy: z
    .record(z.string(), z.unknown(), { error: 'an IAM policy document' })
    .optional()
    .describe('Narrows the session further; strings may hold ${claims:<name>} and ${daypass:<key>}'),
  acceptsSessionPolicy: z
    .boolean({ error: 'true or false' })
    .default(false)
    .describe(
      'Whether a caller may bring a session policy of its own; beside a policy of the profile it may deny alone',
    ),
  managedPolicyArns: list(
    text(
      policyArnAllowed,
      /^arn:aws[a-z-]*:iam::(?:aws|[0-9]{12}):policy\/(?:(?!\.{1,2}\/)[\w+=,.@-]+\/)*(?!\.{1,2}$)[\w+=,.@-]{1,128}$/,
    ),
    'a list of IAM policy ARNs',
  )
    .max(stsLimits.maxManagedPolicies, { error: `at most ${stsLimits.maxManagedPolicies} policy ARNs` })
    .default([])
    .describe('Managed policies that narrow the session further'),
  externalId: text(stsLimits.externalId.allowed, stsLimits.externalId.pattern)
    .optional()
    .describe("What the role's trust policy wants as sts:ExternalId"),
  setSourceIdentity: z
    .boolean({ error: 'true or false' })
    .default(true)
    .describe('Whether the session carries the source identity'),
  subjectInSessionName: z
    .boolean({ error: 'true or false' })
    .default(true)
    .describe('Whether the session name begins with a part of the subject'),
  reasonRequired: z
    .boolean({ error: 'true or false' })
    .default(false)
    .describe('Whether a caller must give a reason'),
  console: z
    .boolean({ error: 'true or false' })
    .default(false)
    .describe('Whether a caller may have a link that signs in to the AWS console'),
  trust: trust.min(1, { error: 'at least one statement' }).describe('Who may have this profile'),
});

const profileName = /^[a-z][a-z0-9-]{0,62}$/;

/** Whether this can name a profile at all. */
export const isProfileName = (value: string) => profileName.test(value);

export const auditSchema = object({
  trust: trust.default([]).describe("Who may see everybody's issuances"),
  retentionDays: integer(1, 3653, 'days').default(400).describe('How long an issuance is kept'),
});

export const configurationSchema = object({
  deployment: object({
    accountId: text('an account id of 12 digits, in quotes', /^[0-9]{12}$/),
    region: text(
      'a region such as eu-west-1, of the partitions aws, aws-cn and aws-us-gov',
      /^(?![a-z]+-iso)(?=.{1,24}$)[a-z]{2,3}(-[a-z]+)+-[0-9]$/,
    ),
    stage: text(
      '1–16 characters of a–z, 0–9 and -, beginning with a letter',
      /^[a-z][a-z0-9-]{0,15}$/,
    ).default('prod'),
    url: httpsUrl
      .refine((url) => /^https:\/\/[^?#]*[^/?#]$/.test(url), {
        error:
          'an https URL without query, fragment and a slash at its end, such as https://daypass.example.com',
      })
      .optional()
      .describe("Where callers reach the API, by a custom domain; API Gateway's own URL otherwise"),
  }).describe('Where the broker lives; target roles name its roles, which are made from this'),
  owner: person.describe('Whom a refused caller asks'),
  requestAccessUrl: httpsUrl.optional().describe('Where a refused caller asks'),
  issuers: named(
    /^[a-z][a-z0-9-]{0,23}$/,
    'an issuer name of 1–24 characters: a–z, 0–9 and -, beginning with a letter',
    issuerSchema,
  ).describe('Whose tokens are taken'),
  profiles: named(
    profileName,
    'a profile name of 1–63 characters: a–z, 0–9 and -, beginning with a letter',
    profileSchema,
  ).describe('What can be obtained, and by whom'),
  audit: auditSchema.default({ trust: [], retentionDays: 400 }).describe('The audit'),
});

export type ConfigurationDocument = z.output<typeof configurationSchema>;
export type ProfileDocument = z.output<typeof profileSchema>;

/** The settings of a profile that are well-formed by themselves: all of them, where its shape is right. */
export type ProfileSettings = Partial<ProfileDocument>;

import * as z from 'zod';
import { issuerSchema } from './issuer-schemas.ts';
import { profileSchema } from './profile-schemas.ts';
import { absent, httpsUrl, integer, list, named, object, person, text } from './schema-parts.ts';
import { statements } from './statements-schema.ts';
import { stsLimits } from './sts-limits.ts';
import { trailSchema } from './trail-schema.ts';

/*
 * The shape of config/daypass.yaml. Each `error` says what is allowed: it becomes the end of an error line. The
 * JSON Schema for editors is generated from here, and `parseConfiguration` checks what crosses sections.
 */

const trust = statements(['Sid', 'Effect', 'Principal', 'Condition']);

const requiredTrust = trust.min(1, { error: 'at least one statement' });

const profileName = /^[a-z][a-z0-9-]{0,62}$/;

/** Whether this can name a profile at all. */
export const isProfileName = (value: string) => profileName.test(value);

export const auditSchema = object({
  trust: trust.default([]).describe("Who may see everybody's issuances"),
  retentionDays: integer(1, 3653, 'days').default(400).describe('How long an issuance is kept'),
});

const accountId = text('an account id of 12 digits, in quotes', /^[0-9]{12}$/);

const driftAllowed = 'suspend or flag';

const templateUrlAllowed =
  'an https URL of S3 such as https://<bucket>.s3.eu-west-1.amazonaws.com/<key>: CloudFormation reads templates from S3 alone';

/** Virtual-hosted or path style. Source: S3 user guide, "Methods for accessing a bucket". */
const isUrlOfS3 = (url: string) =>
  /^https:\/\/(?:[a-z0-9.-]+\.)?s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?\/./.test(url);

export const integrationsSchema = object({
  trust: requiredTrust.describe('Who may manage integrations'),
  ownAccounts: list(accountId, 'a list of account ids')
    .default([])
    .describe("Accounts of our own, the broker's beside: no integration's role is in one of them"),
  organizationId: text('an organization id such as o-a1b2c3d4e5', /^o-[a-z0-9]{10,32}$/)
    .optional()
    .describe('Our own organization: no role in one of its accounts is assumed for an integration'),
  graceDays: integer(0, 90, 'days')
    .default(7)
    .describe('How long a role may still accept the ExternalId before the one that was proven last'),
  drift: z
    .enum(['suspend', 'flag'], { error: driftAllowed })
    .default('suspend')
    .describe(
      'What the schedule does about a role that no longer enforces its ExternalId, beside that nothing more is issued: suspend waits for a person, flag for the next proof',
    ),
  templateUrl: httpsUrl
    .refine(isUrlOfS3, { error: templateUrlAllowed })
    .optional()
    .describe(
      'Where CloudFormation finds what ?format=quick-create-template of an onboarding kit gives: a URL of S3 that partners can read, for the quick-create link',
    ),
});

const { min: minSessionSeconds, max: maxSessionSeconds } = stsLimits.longTermKeyDuration;

/** The least that takes a request which asks for no duration. */
const defaultMaxSeconds = stsLimits.defaultSessionSeconds;

export const sessionTokensSchema = object({
  trust: requiredTrust.describe('Who may have a session token; callers of the issuer of type iam alone'),
  duration: object({
    maxSeconds: integer(minSessionSeconds, maxSessionSeconds, 'seconds').default(defaultMaxSeconds),
    defaultSeconds: absent(
      `the presigned request says how long, and AWS gives ${defaultMaxSeconds} seconds where it does not`,
    ),
  })
    .default({ maxSeconds: defaultMaxSeconds })
    .describe('The most that a caller may ask for'),
});

export const authorizationMessagesSchema = object({
  trust: requiredTrust.describe('Who may have messages of refusals decoded'),
});

export const controlsSchema = object({
  trust: requiredTrust.describe('Who may suspend and lift, and end sessions'),
});

const defaultAttemptsPerMinute = 60;

const limitsSchema = object({
  attemptsPerMinute: integer(1, 6000, 'attempts')
    .default(defaultAttemptsPerMinute)
    .describe(
      'How often one principal may ask in a minute, refusals included; of an IAM role all its sessions together',
    ),
});

const revocationSchema = object({
  apply: z
    .boolean({ error: 'true or false' })
    .describe(
      "Whether a function of its own puts the policies that end sessions onto roles of the broker's account under /daypass/, and removes them again; they are printed alone without",
    ),
});

const region = text(
  'a region such as eu-west-1, of the partitions aws, aws-cn and aws-us-gov',
  /^(?![a-z]+-iso)(?=.{1,20}$)[a-z]{2,3}(-[a-z]+)+-[0-9]$/,
);

const regionsAllowed =
  "2–5 regions of one partition, each once and this deployment's own among them; the first is the primary one";

const partOfRegion = (name: string) => /^(?:cn|us-gov)-/.exec(name)?.[0] ?? '';

const regions = list(region, regionsAllowed)
  .min(2, { error: regionsAllowed })
  .max(5, { error: regionsAllowed })
  .refine((names) => new Set(names).size === names.length && new Set(names.map(partOfRegion)).size === 1, {
    error: regionsAllowed,
  });

// Below /daypass/ are roles that the function `revoker` may change, by their path.
const rolePathAllowed =
  '1–128 characters of letters, digits and _+=,.@- between slashes, such as /platform/daypass/; not below /daypass/, and not beginning with /aws-';

const firstKey = 'first';

const keyNameAllowed = '1–16 characters of a–z, 0–9 and -, beginning with a letter';

const webIdentitySettings = object({
  keys: list(text(keyNameAllowed, /^[a-z][a-z0-9-]{0,15}$/), 'a list of names')
    .min(1, { error: 'one name, or two during a rotation' })
    .max(2, { error: 'one name, or two during a rotation' })
    .refine((names) => new Set(names).size === names.length, { error: 'each name once' })
    .default([firstKey])
    .describe('Names of the keys, each a KMS key of its own: the first signs, all are served'),
});

export const configurationSchema = object({
  deployment: object({
    accountId: text('an account id of 12 digits, in quotes', /^[0-9]{12}$/),
    region,
    regions: regions
      .optional()
      .describe(
        'All regions in which this deployment runs, its own among them; the first is the primary one, where integrations are changed and CloudTrail is read. This one alone without',
      ),
    stage: text(
      '1–16 characters of a–z, 0–9 and -, beginning with a letter',
      /^[a-z][a-z0-9-]{0,15}$/,
    ).default('prod'),
    rolePath: text(rolePathAllowed, /^(?=.{1,128}$)(?!\/aws-|\/daypass\/.)\/(?:[\w+=,.@-]+\/)*$/)
      .optional()
      .describe(
        "Path of the broker's own roles, policies and user in IAM, /daypass/ without; chosen before the first deployment, because partners' and target roles name it",
      ),
    url: httpsUrl
      .refine((url) => /^https:\/\/[^?#]*[^/?#]$/.test(url), {
        error:
          'an https URL without query, fragment and a slash at its end, such as https://daypass.example.com',
      })
      .optional()
      .describe("Where callers reach the API, by a custom domain; API Gateway's own URL otherwise"),
  })
    .refine(({ region: own, regions: all }) => all === undefined || all.includes(own), {
      path: ['regions'],
      error: regionsAllowed,
    })
    .describe('Where the broker lives; target roles name its roles, which are made from this'),
  owner: person.describe('Whom a refused caller asks'),
  requestAccessUrl: httpsUrl.optional().describe('Where a refused caller asks'),
  issuers: named(
    // What Daypass asks of itself has this name before the dot of its source identity.
    /^(?!daypass$)[a-z][a-z0-9-]{0,23}$/,
    'an issuer name of 1–24 characters: a–z, 0–9 and -, beginning with a letter, and not daypass',
    issuerSchema,
  ).describe('Whose tokens are taken'),
  profiles: named(
    profileName,
    'a profile name of 1–63 characters: a–z, 0–9 and -, beginning with a letter',
    profileSchema,
  ).describe('What can be obtained, and by whom'),
  audit: auditSchema.default({ trust: [], retentionDays: 400 }).describe('The audit'),
  trail: trailSchema
    .default({ settleMinutes: 120 })
    .describe("CloudTrail's record, with which each issuance is compared"),
  integrations: integrationsSchema
    .optional()
    .describe('Third parties, kept in a table; without this section there are none'),
  webIdentity: webIdentitySettings
    .default({ keys: [firstKey] })
    .describe('The broker as an OIDC issuer, for profiles of mechanism web-identity'),
  sessionTokens: sessionTokensSchema
    .optional()
    .describe('GetSessionToken requests that callers presign, relayed; nobody has one without'),
  authorizationMessages: authorizationMessagesSchema
    .optional()
    .describe('DecodeAuthorizationMessage; nobody has a message decoded without'),
  controls: controlsSchema
    .optional()
    .describe(
      'The kill switch and revocations, at /v1/suspensions and /v1/revocations; nobody uses them without',
    ),
  limits: limitsSchema
    .default({ attemptsPerMinute: defaultAttemptsPerMinute })
    .describe('How much one principal may ask for'),
  revocation: revocationSchema.optional().describe('Who applies the policies that end sessions'),
});

export type ConfigurationDocument = z.output<typeof configurationSchema>;

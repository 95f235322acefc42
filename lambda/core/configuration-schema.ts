import * as z from 'zod';
import { statements } from './statements-schema.ts';
import { stsLimits } from './sts-limits.ts';

/*
 * The shape of config/daypass.yaml. Each `error` says what is allowed: it becomes the end of an error line. The
 * JSON Schema for editors is generated from here, and `parseConfiguration` checks what crosses sections.
 */

const text = (allowed: string, pattern: RegExp) =>
  z.string({ error: allowed }).regex(pattern, { error: allowed });

const integer = (min: number, max: number, unit: string) => {
  const error = `an integer, ${min}–${max} ${unit}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};

/** An object with this own key loses it wherever JavaScript copies it. */
export const prototypeKey = '__proto__';

/** An object that names its keys where it meets one that it does not know. */
const object = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code }) =>
      code === 'unrecognized_keys'
        ? `one of the keys ${Object.keys(shape).join(', ')}`
        : `an object with the keys ${Object.keys(shape).join(', ')}`,
  });

const list = <Item extends z.ZodType>(item: Item, allowed: string) => z.array(item, { error: allowed });

const named = <Value extends z.ZodType>(keyPattern: RegExp, allowed: string, value: Value) =>
  z.record(text(allowed, keyPattern), value, {
    error: ({ code }) => (code === 'invalid_key' ? allowed : 'an object from names to their settings'),
  });

/** One line: neither control characters nor line and paragraph separators. */
const oneLine = /^[^\p{C}\p{Zl}\p{Zp}]{1,256}$/u;

const person = text('1–256 printable characters, such as an address or a team', oneLine);

const httpsUrlAllowed = 'an https URL of at most 512 characters, without spaces and credentials';

const httpsUrl = text(httpsUrlAllowed, /^https:\/\/[^\s\p{C}@\\/?#]+(?:[/?#][^\s\p{C}]*)?$/u)
  .max(512, { error: httpsUrlAllowed })
  .refine((url) => URL.canParse(url), { error: httpsUrlAllowed });

const secureOrLoopback =
  'an https URL without credentials, query or fragment (http for a loopback host only)';

const issuerUrl = z
  .string({ error: secureOrLoopback })
  .max(512, { error: secureOrLoopback })
  .refine(isIssuerUrl, { error: secureOrLoopback });

/** Whether the host is this machine's own. */
export const isLoopbackHost = (hostname: string) =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);

function isIssuerUrl(value: string): boolean {
  if (!URL.canParse(value) || !/^https?:\/\/[^/\s?#@\\][^\s?#@\\]*$/.test(value)) return false;
  const { protocol, hostname, pathname } = new URL(value);
  if (pathname.includes('//')) return false;
  return protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname));
}

const trust = statements(['Sid', 'Effect', 'Principal', 'Condition']);

const claimPointer = text(
  'a JSON pointer into the token, such as /groups',
  /^(?:\/(?:[^/~\p{C}]|~[01])+)+$/u,
);

const audienceAllowed = 'a string or a list of strings, 1–256 characters each';

const audience = text(audienceAllowed, /^[^\p{C}]{1,256}$/u);

export const issuerSchema = object({
  type: z.literal('oidc', { error: 'oidc' }),
  issuer: issuerUrl.describe("The issuer's URL, as it stands in the token's iss"),
  audience: z
    .union([audience, z.array(audience, { error: audienceAllowed }).min(1, { error: audienceAllowed })], {
      error: audienceAllowed,
    })
    .describe('Every audience of a token must be one of these'),
  algorithms: list(
    z.enum(['RS256', 'ES256', 'EdDSA'], { error: 'RS256, ES256 or EdDSA' }),
    'a list of RS256, ES256 or EdDSA',
  )
    .min(1, { error: 'at least one of RS256, ES256 or EdDSA' })
    .default(['RS256'])
    .describe('Signature algorithms taken from this issuer'),
  subjectClaim: claimPointer.default('/sub').describe('Where the subject stands in the token'),
  claims: named(
    /^[A-Za-z][\w-]{0,63}$/,
    'a name of 1–64 letters, digits, _ and -, beginning with a letter',
    object({
      claim: claimPointer,
      type: z.enum(['string', 'number', 'boolean', 'list'], { error: 'string, number, boolean or list' }),
    }),
  )
    .default({})
    .describe('The only claims that are carried; a value of another type is a refused token'),
  mfa: object({
    amr: list(z.string({ error: 'a string' }), 'a list of strings').default([]),
    acr: list(z.string({ error: 'a string' }), 'a list of strings').default([]),
  })
    .default({ amr: [], acr: [] })
    .describe('Values of amr or acr of which one proves more than one factor'),
  tokenTypes: list(
    text('a media type without "application/", such as at+jwt', /^[\w.+-]+$/),
    'a list of token types',
  )
    .min(1, { error: 'at least one token type' })
    .default(['JWT', 'at+jwt'])
    .describe('Values taken in the header typ, where it is present'),
  maxLifetimeSeconds: integer(60, 604_800, 'seconds')
    .default(86_400)
    .describe('Longest time from iat to exp that is taken'),
  maxAgeSeconds: integer(60, 604_800, 'seconds').optional().describe('Longest time since iat that is taken'),
  admit: statements(['Sid', 'Effect', 'Condition'])
    .min(1, { error: 'at least one statement' })
    .optional()
    .describe(
      'Whom of this issuer the broker admits at all; required where the whole world shares the issuer',
    ),
});

const seconds = () =>
  integer(stsLimits.chainedDuration.min, stsLimits.chainedDuration.max, 'seconds (role chaining)');

export const roleArnAllowed =
  "an IAM role ARN such as arn:aws:iam::222222222222:role/path/Name, of the deployment's partition";

const roleArn = text(
  roleArnAllowed,
  /^arn:aws[a-z-]*:iam::[0-9]{12}:role\/(?:(?!\.{1,2}\/)[\w+=,.@-]+\/)*(?!\.{1,2}$)[\w+=,.@-]{1,64}$/,
).max(1600, { error: roleArnAllowed });

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
export type IssuerDocument = z.output<typeof issuerSchema>;
export type ProfileDocument = z.output<typeof profileSchema>;

/** The settings of an issuer that are well-formed by themselves: all of them, where its shape is right. */
export type IssuerSettings = Partial<IssuerDocument>;
/** The same of a profile. */
export type ProfileSettings = Partial<ProfileDocument>;

import * as z from 'zod';
import { profileMechanisms, webIdentityTokenAlgorithms } from './configuration.ts';
import {
  absent,
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

export const roleArnAllowed =
  "an IAM role ARN such as arn:aws:iam::222222222222:role/path/Name, of the deployment's partition";

const roleArn = text(
  roleArnAllowed,
  /^arn:aws[a-z-]*:iam::[0-9]{12}:role\/(?:(?!\.{1,2}\/)[\w+=,.@-]+\/)*(?!\.{1,2}$)[\w+=,.@-]{1,64}$/,
).max(1600, { error: roleArnAllowed });

/** Of a chain, its end included: each waits up to 5 s for STS, and all of them must fit into one request. */
const maxHops = 3;

const samlProviderAllowed = 'the ARN of a SAML provider such as arn:aws:iam::222222222222:saml-provider/Name';

const taskPolicyAllowed =
  "one of AWS's root tasks: arn:aws:iam::aws:policy/root-task/ with IAMAuditRootUserCredentials, IAMCreateRootUserPassword, IAMDeleteRootUserCredentials, S3UnlockBucketPolicy or SQSUnlockQueuePolicy";

const taskPolicyPattern =
  /^arn:aws[a-z-]*:iam::aws:policy\/root-task\/(?:IAMAuditRootUserCredentials|IAMCreateRootUserPassword|IAMDeleteRootUserCredentials|S3UnlockBucketPolicy|SQSUnlockQueuePolicy)$/;

const policyArnAllowed = 'an IAM policy ARN such as arn:aws:iam::aws:policy/ReadOnlyAccess';

const tagKey = text(stsLimits.tagKey.allowed, stsLimits.tagKey.pattern).refine(
  (key) => key !== prototypeKey,
  {
    error: 'a key that JavaScript does not keep for itself',
  },
);

/** What a caller gets without asking, and the most it may ask for. */
const duration = (
  { min, max }: { readonly min: number; readonly max: number },
  unit: string,
  maxSeconds = 3600,
) => {
  const seconds = () => integer(min, max, unit);
  return object({ defaultSeconds: seconds().default(900), maxSeconds: seconds().default(maxSeconds) })
    .default({ defaultSeconds: 900, maxSeconds })
    .describe('What a caller gets without asking, and the most it may ask for');
};

const yesOrNo = (byDefault: boolean) => z.boolean({ error: 'true or false' }).default(byDefault);

/*
 * A profile names the settings of its mechanism alone: those of others are refused with the reason for which they
 * cannot hold there.
 */

/** What every profile has. */
const ofEach = {
  owner: person.optional().describe('Whom to ask about this profile'),
  requestAccessUrl: httpsUrl.optional().describe('Where to ask for this profile'),
  reasonRequired: yesOrNo(false).describe('Whether a caller must give a reason'),
};

const sessionTags = named(stsLimits.tagKey.pattern, stsLimits.tagKey.allowed, z.string({ error: 'a string' }))
  .default({})
  .describe('Session tags; values may hold ${claims:<name>} and ${daypass:<key>}');

const transitiveTagKeys = list(tagKey, 'a list of tag keys')
  .default([])
  .describe('Tags that later role chaining keeps');

const acceptedTagKeys = list(tagKey, 'a list of tag keys')
  .default([])
  .describe('Tags that a caller may set itself');

const policyDocument = z.record(z.string(), z.unknown(), { error: 'an IAM policy document' });

const sessionPolicyMeaning =
  'Narrows the session further; strings may hold ${claims:<name>} and ${daypass:<key>}';

const sessionPolicy = policyDocument.optional().describe(sessionPolicyMeaning);

const acceptsSessionPolicy = yesOrNo(false).describe(
  'Whether a caller may bring a session policy of its own; beside a policy of the profile it may deny alone',
);

const managedPolicyArns = list(
  text(
    policyArnAllowed,
    /^arn:aws[a-z-]*:iam::(?:aws|[0-9]{12}):policy\/(?:(?!\.{1,2}\/)[\w+=,.@-]+\/)*(?!\.{1,2}$)[\w+=,.@-]{1,128}$/,
  ),
  'a list of IAM policy ARNs',
)
  .max(stsLimits.maxManagedPolicies, { error: `at most ${stsLimits.maxManagedPolicies} policy ARNs` })
  .default([])
  .describe('Managed policies that narrow the session further');

const setSourceIdentity = yesOrNo(true).describe('Whether the session carries the source identity');

const subjectInSessionName = yesOrNo(true).describe(
  'Whether the session name begins with a part of the subject',
);

const console = yesOrNo(false).describe('Whether a caller may have a link that signs in to the AWS console');

const trust = statements(['Sid', 'Effect', 'Principal', 'Condition'])
  .min(1, { error: 'at least one statement' })
  .describe('Who may have this profile');

const description = text('1–256 printable characters', oneLine);

const hops = list(roleArn, 'a list of role ARNs').max(maxHops - 1, {
  error: `at most ${maxHops - 1} roles on the way`,
});

const audienceAllowed = '1–1000 characters that a URI may hold, such as https://partner.example.com';

const audiencesAllowed = `a list of 1–${stsLimits.maxAudiences} audiences, each once`;

const tokenSeconds = () =>
  integer(
    stsLimits.webIdentityTokenDuration.min,
    stsLimits.webIdentityTokenDuration.max,
    "seconds (a token ends before the role's session)",
  );

const webIdentityToken = object({
  // Without `$`, which would begin a variable of the session policy.
  audiences: list(text(audienceAllowed, /^[\w.~:/?#[\]@!&'()*+,;=%-]{1,1000}$/), audiencesAllowed)
    .min(1, { error: audiencesAllowed })
    .max(stsLimits.maxAudiences, { error: audiencesAllowed })
    .refine((audiences) => new Set(audiences).size === audiences.length, { error: audiencesAllowed })
    .describe('Whom a token may be for: the caller chooses one'),
  duration: object({
    defaultSeconds: tokenSeconds().default(300),
    maxSeconds: tokenSeconds().default(900),
  })
    .default({ defaultSeconds: 300, maxSeconds: 900 })
    .describe('How long a token is good for without asking, and the most that a caller may ask for'),
  // The one that every relying party takes. Source: OpenID Connect Core 1.0 §15.1.
  signingAlgorithm: z
    .enum(webIdentityTokenAlgorithms, { error: webIdentityTokenAlgorithms.join(' or ') })
    .default('RS256'),
})
  .optional()
  .describe(
    "Tokens that AWS signs for parties outside of AWS (GetWebIdentityToken): their subject is roleArn. The role's account has outbound identity federation enabled",
  );

const noTokens = absent(
  'the subject of such a token is a role that the broker assumes: mechanism assume-role',
);

const noExternalId = absent(
  'only AssumeRole takes an ExternalId; of a session got otherwise the role trusts other things',
);

const assumeRoleSchema = object({
  description,
  mechanism: z.literal('assume-role', { error: 'assume-role' }),
  roleArn: roleArn.describe('The role to assume'),
  via: hops
    .default([])
    .describe('Roles to go through: the broker assumes the first, each assumes the next, the last roleArn'),
  duration: duration(stsLimits.chainedDuration, 'seconds (role chaining)'),
  ...ofEach,
  ...{ sessionTags, transitiveTagKeys, acceptedTagKeys },
  ...{ sessionPolicy, acceptsSessionPolicy, managedPolicyArns },
  ...{ setSourceIdentity, subjectInSessionName, console },
  externalId: text(stsLimits.externalId.allowed, stsLimits.externalId.pattern)
    .optional()
    .describe("What the role's trust policy wants as sts:ExternalId"),
  webIdentityToken,
  trust,
});

const webIdentitySchema = object({
  description,
  mechanism: z.literal('web-identity', { error: 'web-identity' }),
  roleArn: roleArn.describe('The role to assume; it trusts the OIDC provider that stands for this broker'),
  passthrough: yesOrNo(false).describe(
    "Whether STS gets the caller's own token: recorded, not enforced, because its holder can show it without Daypass",
  ),
  duration: duration(stsLimits.duration, 'seconds'),
  ...ofEach,
  ...{ sessionTags, transitiveTagKeys, acceptedTagKeys },
  ...{ sessionPolicy, acceptsSessionPolicy, managedPolicyArns },
  setSourceIdentity: z
    .boolean({ error: 'true or false' })
    .optional()
    .describe('Whether the session carries the source identity: true when left out, but for passthrough'),
  ...{ subjectInSessionName, console },
  via: absent(
    "a role that is assumed with another role's session is role chaining, for an hour at most; mechanism assume-role has via",
  ),
  externalId: absent(
    'AssumeRoleWithWebIdentity takes no ExternalId; the role trusts the audience and the subject of the token',
  ),
  webIdentityToken: noTokens,
  trust,
});

const ofTheFederator = "the session is the federator's own, not a role's";

const federationTokenSchema = object({
  description,
  mechanism: z.literal('federation-token', { error: 'federation-token' }),
  duration: duration(stsLimits.longTermKeyDuration, 'seconds', 43_200),
  ...ofEach,
  ...{ sessionTags, acceptedTagKeys },
  sessionPolicy: policyDocument.describe(
    `${sessionPolicyMeaning}. The federator has what its statements allow, so that only sessions can use it`,
  ),
  console,
  trust,
  roleArn: absent(ofTheFederator),
  via: absent(ofTheFederator),
  transitiveTagKeys: absent('GetFederationToken takes no transitive tags'),
  acceptsSessionPolicy: absent(
    "a caller's policy would be the only one, over all that the federator has; beside the profile's a caller may deny",
  ),
  managedPolicyArns: absent(
    'the federator has what sessionPolicy allows and nothing else, so that no managed policy could add to it',
  ),
  setSourceIdentity: absent('GetFederationToken takes no source identity'),
  subjectInSessionName: absent(
    "a federated user's name of 32 characters has room for the issuance's id alone",
  ),
  externalId: noExternalId,
  webIdentityToken: noTokens,
});

const saidByTheAssertion = "the caller's own assertion says it, and STS takes it from nowhere else";

const samlSchema = object({
  description,
  mechanism: z.literal('saml', { error: 'saml' }),
  roleArn: roleArn.describe('The role to assume; it trusts the SAML provider'),
  principalArn: text(
    samlProviderAllowed,
    /^arn:aws[a-z-]*:iam::[0-9]{12}:saml-provider\/[\w._-]{1,128}$/,
  ).describe("ARN of the SAML provider in the role's account, as the assertion's Role attribute names it"),
  duration: duration(stsLimits.duration, 'seconds'),
  ...ofEach,
  ...{ sessionPolicy, managedPolicyArns, console },
  trust,
  via: absent("a role that is assumed with another role's session is not assumed by an assertion"),
  sessionTags: absent(saidByTheAssertion),
  transitiveTagKeys: absent(saidByTheAssertion),
  acceptedTagKeys: absent(saidByTheAssertion),
  acceptsSessionPolicy: absent("a caller's own policy could not bind whoever holds the assertion"),
  setSourceIdentity: absent(saidByTheAssertion),
  subjectInSessionName: absent(saidByTheAssertion),
  externalId: noExternalId,
  webIdentityToken: noTokens,
});

const ofTheTask = "AssumeRoot takes one of AWS's task policies and nothing else";

const assumeRootSchema = object({
  description,
  mechanism: z.literal('assume-root', { error: 'assume-root' }),
  via: hops
    .min(1, { error: 'one role at least' })
    .describe(
      "Roles to go through: the last one is in the organization's management or delegated administrator account",
    ),
  targetPrincipal: text('an account id of 12 digits, in quotes', /^[0-9]{12}$/).describe(
    'The member account whose root user it is',
  ),
  taskPolicyArn: text(taskPolicyAllowed, taskPolicyPattern).describe('The AWS managed policy of the task'),
  duration: duration(stsLimits.rootDuration, 'seconds', stsLimits.rootDuration.max),
  ...ofEach,
  setSourceIdentity,
  subjectInSessionName,
  trust,
  roleArn: absent('the session is the root user of targetPrincipal, reached by via'),
  sessionTags: absent(ofTheTask),
  transitiveTagKeys: absent(ofTheTask),
  acceptedTagKeys: absent(ofTheTask),
  sessionPolicy: absent(ofTheTask),
  acceptsSessionPolicy: absent(ofTheTask),
  managedPolicyArns: absent(ofTheTask),
  console: absent("the console takes no session of AssumeRoot's"),
  externalId: noExternalId,
  webIdentityToken: noTokens,
});

export const profileSchemas = {
  'assume-role': assumeRoleSchema,
  'web-identity': webIdentitySchema,
  'federation-token': federationTokenSchema,
  saml: samlSchema,
  'assume-root': assumeRootSchema,
} as const;

const mechanismsAllowed = profileMechanisms.join(', ').replace(/, ([\w-]+)$/, ' or $1');

export const profileSchema = z.discriminatedUnion(
  'mechanism',
  [assumeRoleSchema, webIdentitySchema, federationTokenSchema, samlSchema, assumeRootSchema],
  {
    error: ({ code }) =>
      code === 'invalid_union' ? mechanismsAllowed : `an object with a mechanism: ${mechanismsAllowed}`,
  },
);

export type ProfileDocument = z.output<typeof profileSchema>;

/**
 * The settings of a profile that are well-formed by themselves: all of them, where its shape is right. Without a
 * mechanism that exists they are read as those of the first.
 */
export type ProfileSettings = {
  [Mechanism in keyof typeof profileSchemas]: Partial<z.output<(typeof profileSchemas)[Mechanism]>>;
}[keyof typeof profileSchemas];

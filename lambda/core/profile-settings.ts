import * as z from 'zod';
import { webIdentityTokenAlgorithms } from './configuration.ts';
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

export const roleArn = text(
  roleArnAllowed,
  /^arn:aws[a-z-]*:iam::[0-9]{12}:role\/(?:(?!\.{1,2}\/)[\w+=,.@-]+\/)*(?!\.{1,2}$)[\w+=,.@-]{1,64}$/,
).max(1600, { error: roleArnAllowed });

/** Of a chain, its end included: each waits up to 5 s for STS, and all of them must fit into one request. */
const maxHops = 3;

export const samlProviderAllowed =
  'the ARN of a SAML provider such as arn:aws:iam::222222222222:saml-provider/Name';

export const taskPolicyAllowed =
  "one of AWS's root tasks: arn:aws:iam::aws:policy/root-task/ with IAMAuditRootUserCredentials, IAMCreateRootUserPassword, IAMDeleteRootUserCredentials, S3UnlockBucketPolicy or SQSUnlockQueuePolicy";

export const taskPolicyPattern =
  /^arn:aws[a-z-]*:iam::aws:policy\/root-task\/(?:IAMAuditRootUserCredentials|IAMCreateRootUserPassword|IAMDeleteRootUserCredentials|S3UnlockBucketPolicy|SQSUnlockQueuePolicy)$/;

const policyArnAllowed = 'an IAM policy ARN such as arn:aws:iam::aws:policy/ReadOnlyAccess';

const tagKey = text(stsLimits.tagKey.allowed, stsLimits.tagKey.pattern).refine(
  (key) => key !== prototypeKey,
  {
    error: 'a key that JavaScript does not keep for itself',
  },
);

/** What a caller gets without asking, and the most it may ask for. */
export const duration = (
  { min, max }: { readonly min: number; readonly max: number },
  unit: string,
  maxSeconds = 3600,
) => {
  const seconds = () => integer(min, max, unit);
  return object({ defaultSeconds: seconds().default(900), maxSeconds: seconds().default(maxSeconds) })
    .default({ defaultSeconds: 900, maxSeconds })
    .describe('What a caller gets without asking, and the most it may ask for');
};

export const yesOrNo = (byDefault: boolean) => z.boolean({ error: 'true or false' }).default(byDefault);

/*
 * A profile names the settings of its mechanism alone: those of others are refused with the reason for which they
 * cannot hold there.
 */

/** What every profile has. */
export const ofEach = {
  owner: person.optional().describe('Whom to ask about this profile'),
  requestAccessUrl: httpsUrl.optional().describe('Where to ask for this profile'),
  reasonRequired: yesOrNo(false).describe('Whether a caller must give a reason'),
};

export const sessionTags = named(
  stsLimits.tagKey.pattern,
  stsLimits.tagKey.allowed,
  z.string({ error: 'a string' }),
)
  .default({})
  .describe('Session tags; values may hold ${claims:<name>} and ${daypass:<key>}');

export const transitiveTagKeys = list(tagKey, 'a list of tag keys')
  .default([])
  .describe('Tags that later role chaining keeps');

export const acceptedTagKeys = list(tagKey, 'a list of tag keys')
  .default([])
  .describe('Tags that a caller may set itself');

export const policyDocument = z.record(z.string(), z.unknown(), { error: 'an IAM policy document' });

export const sessionPolicyMeaning =
  'Narrows the session further; strings may hold ${claims:<name>} and ${daypass:<key>}';

export const sessionPolicy = policyDocument.optional().describe(sessionPolicyMeaning);

export const acceptsSessionPolicy = yesOrNo(false).describe(
  'Whether a caller may bring a session policy of its own; beside a policy of the profile it may deny alone',
);

export const managedPolicyArns = list(
  text(
    policyArnAllowed,
    /^arn:aws[a-z-]*:iam::(?:aws|[0-9]{12}):policy\/(?:(?!\.{1,2}\/)[\w+=,.@-]+\/)*(?!\.{1,2}$)[\w+=,.@-]{1,128}$/,
  ),
  'a list of IAM policy ARNs',
)
  .max(stsLimits.maxManagedPolicies, { error: `at most ${stsLimits.maxManagedPolicies} policy ARNs` })
  .default([])
  .describe('Managed policies that narrow the session further');

export const setSourceIdentity = yesOrNo(true).describe('Whether the session carries the source identity');

export const subjectInSessionName = yesOrNo(true).describe(
  'Whether the session name begins with a part of the subject',
);

export const console = yesOrNo(false).describe(
  'Whether a caller may have a link that signs in to the AWS console',
);

export const trust = statements(['Sid', 'Effect', 'Principal', 'Condition'])
  .min(1, { error: 'at least one statement' })
  .describe('Who may have this profile');

export const description = text('1–256 printable characters', oneLine);

export const hops = list(roleArn, 'a list of role ARNs').max(maxHops - 1, {
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

export const webIdentityToken = object({
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

export const noTokens = absent(
  'the subject of such a token is a role that the broker assumes: mechanism assume-role',
);

export const noExternalId = absent(
  'only AssumeRole takes an ExternalId; of a session got otherwise the role trusts other things',
);

import * as z from 'zod';
import { mechanisms } from './configuration.ts';
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

const policyArnAllowed = 'an IAM policy ARN such as arn:aws:iam::aws:policy/ReadOnlyAccess';

const tagKey = text(stsLimits.tagKey.allowed, stsLimits.tagKey.pattern).refine(
  (key) => key !== prototypeKey,
  {
    error: 'a key that JavaScript does not keep for itself',
  },
);

/** What a caller gets without asking, and the most it may ask for. */
const duration = ({ min, max }: { readonly min: number; readonly max: number }, unit: string) => {
  const seconds = () => integer(min, max, unit);
  return object({ defaultSeconds: seconds().default(900), maxSeconds: seconds().default(3600) })
    .default({ defaultSeconds: 900, maxSeconds: 3600 })
    .describe('What a caller gets without asking, and the most it may ask for');
};

/** What profiles of both mechanisms have. */
const shared = {
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
};

const trust = statements(['Sid', 'Effect', 'Principal', 'Condition'])
  .min(1, { error: 'at least one statement' })
  .describe('Who may have this profile');

const description = text('1–256 printable characters', oneLine);

const assumeRoleSchema = object({
  description,
  mechanism: z.literal('assume-role', { error: 'assume-role' }),
  roleArn: roleArn.describe('The role to assume'),
  via: list(roleArn, 'a list of role ARNs')
    .max(maxHops - 1, { error: `at most ${maxHops - 1} roles on the way` })
    .default([])
    .describe('Roles to go through: the broker assumes the first, each assumes the next, the last roleArn'),
  duration: duration(stsLimits.chainedDuration, 'seconds (role chaining)'),
  ...shared,
  externalId: text(stsLimits.externalId.allowed, stsLimits.externalId.pattern)
    .optional()
    .describe("What the role's trust policy wants as sts:ExternalId"),
  trust,
});

const webIdentitySchema = object({
  description,
  mechanism: z.literal('web-identity', { error: 'web-identity' }),
  roleArn: roleArn.describe('The role to assume; it trusts the OIDC provider that stands for this broker'),
  duration: duration(stsLimits.duration, 'seconds'),
  ...shared,
  via: absent(
    "a role that is assumed with another role's session is role chaining, for an hour at most; mechanism assume-role has via",
  ),
  externalId: absent(
    'AssumeRoleWithWebIdentity takes no ExternalId; the role trusts the audience and the subject of the token',
  ),
  trust,
});

export const profileSchemas = { 'assume-role': assumeRoleSchema, 'web-identity': webIdentitySchema } as const;

const mechanismsAllowed = mechanisms.join(', ').replace(/, ([\w-]+)$/, ' or $1');

export const profileSchema = z.discriminatedUnion('mechanism', [assumeRoleSchema, webIdentitySchema], {
  error: ({ code }) =>
    code === 'invalid_union' ? mechanismsAllowed : `an object with a mechanism: ${mechanismsAllowed}`,
});

export type ProfileDocument = z.output<typeof profileSchema>;

/**
 * The settings of a profile that are well-formed by themselves: all of them, where its shape is right. Without a
 * mechanism that exists they are read as those of the first.
 */
export type ProfileSettings =
  | Partial<z.output<typeof assumeRoleSchema>>
  | Partial<z.output<typeof webIdentitySchema>>;

import * as z from 'zod';
import { profileMechanisms } from './configuration.ts';
import {
  acceptedTagKeys,
  acceptsSessionPolicy,
  console,
  description,
  duration,
  hops,
  managedPolicyArns,
  noExternalId,
  noTokens,
  ofEach,
  policyDocument,
  roleArn,
  samlProviderAllowed,
  sessionPolicy,
  sessionPolicyMeaning,
  sessionTags,
  setSourceIdentity,
  subjectInSessionName,
  taskPolicyAllowed,
  taskPolicyPattern,
  transitiveTagKeys,
  trust,
  webIdentityToken,
  yesOrNo,
} from './profile-settings.ts';
import { absent, object, text } from './schema-parts.ts';
import { stsLimits } from './sts-limits.ts';

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

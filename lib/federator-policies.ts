import type { Configuration, Deployment, FederationTokenProfile } from '../lambda/core/configuration.ts';
import { ConfigurationError } from '../lambda/core/configuration-error.ts';
import { toFederatorUserArn } from '../lambda/core/federator-user-arn.ts';
import type { Problem } from '../lambda/core/policy/policy.ts';
import { fillPolicies, iamLimits, policyLength } from './constructs/pack-statements.ts';
import type { IamStatement } from './permissions.ts';
import { type WidenedStatement, widenSessionPolicy } from './widen-session-policy.ts';

/** A statement of the federator's user. */
export type FederatorStatement = Omit<IamStatement, 'Action'> & {
  readonly Action?: readonly string[];
  readonly NotAction?: readonly string[];
};

/** The IAM user whose key asks for federation tokens. */
export interface FederatorUserNames {
  /** At most 64 characters, as those of the roles are. */
  readonly name: string;
  readonly arn: string;
}

/** A deployment has one region, and so has its federator: no key is shared between two, and none is replicated. */
export function toFederatorUserNames(deployment: Deployment): FederatorUserNames {
  const arn = toFederatorUserArn(deployment);
  return { name: arn.slice(arn.lastIndexOf('/') + 1), arn };
}

/**
 * The managed policies of the federator's user: what its key may do, and what the sessions of the profiles may do at
 * most. A session has what these and its own session policy have in common.
 *
 * @throws ConfigurationError naming the profile whose session policy doesn't go into them
 */
export function createFederatorPolicies(
  configuration: Configuration,
): readonly (readonly FederatorStatement[])[] {
  const ofKey = keyStatements(configuration.deployment);
  const ofProfiles = toSessionStatements(configuration);
  const toAll = (some: readonly ProfileStatement[]) => [...ofKey, ...some.map(({ statement }) => statement)];
  const policies = fillPolicies(toAll(ofProfiles));
  if (policies.length <= iamLimits.managedPolicies) return policies;
  const first = ofProfiles.findIndex(
    (_, index) => fillPolicies(toAll(ofProfiles.slice(0, index + 1))).length > iamLimits.managedPolicies,
  );
  throw new ConfigurationError([
    {
      path: ['profiles', ofProfiles[first]?.profile ?? '', 'sessionPolicy'],
      value: `${policies.length} managed policies for the federator's user`,
      allowed: `at most ${iamLimits.managedPolicies} of ${iamLimits.managedPolicyCharacters} characters for all profiles of mechanism federation-token: fewer or shorter statements, here or before`,
    },
  ]);
}

/**
 * What the long-term key may do: ask for federation tokens, in one region. That it may not ask without a session policy
 * can't be written: STS has no condition key for it. Such a session has no permissions but those of resource policies
 * that name it.
 */
function keyStatements(deployment: Deployment): readonly FederatorStatement[] {
  const { partition, accountId, region } = deployment;
  const federating = ['sts:GetFederationToken', 'sts:TagSession'];
  return [
    {
      Sid: 'Federate',
      Effect: 'Allow',
      Action: federating,
      // STS checks the ARN of the federated user to be, and its name is a new one with each issuance.
      Resource: [`arn:${partition}:sts::${accountId}:federated-user/*`],
    },
    {
      Sid: 'DenyOtherRegions',
      Effect: 'Deny',
      Action: federating,
      // Every federated user: a Deny that should hold whatever is named elsewhere.
      Resource: '*',
      Condition: { StringNotEquals: { 'aws:RequestedRegion': [region] } },
    },
    {
      Sid: 'DenyAllButFederation',
      Effect: 'Deny',
      NotAction: federating,
      Resource: '*',
      // The user itself: the key, whatever a resource policy gives to the user or its account, and sessions of
      // GetSessionToken, which no policy keeps it from, whose tokens have an issue time, and which no session policy
      // narrows. Federated users are of another type.
      Condition: { StringEquals: { 'aws:PrincipalType': 'User' } },
    },
  ];
}

interface ProfileStatement {
  /** The first that has it. */
  readonly profile: string;
  readonly statement: FederatorStatement;
}

function toSessionStatements({ profiles }: Configuration): readonly ProfileStatement[] {
  const problems: Problem[] = [];
  const byContent = new Map<string, ProfileStatement>();
  for (const profile of profiles.values()) {
    if (profile.mechanism !== 'federation-token') continue;
    for (const statement of widen(profile, (problem) => problems.push(problem))) {
      const content = JSON.stringify(statement);
      if (byContent.has(content)) continue;
      const named = { Sid: `Sessions${byContent.size}`, ...statement };
      byContent.set(content, { profile: profile.name, statement: named });
      problems.push(...refuseSize(profile.name, named));
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems);
  return [...byContent.values()];
}

function widen(
  { name, sessionPolicy }: FederationTokenProfile,
  report: (problem: Problem) => void,
): readonly WidenedStatement[] {
  if (sessionPolicy === undefined) return [];
  return widenSessionPolicy(sessionPolicy, (problem) =>
    report({ ...problem, path: ['profiles', name, 'sessionPolicy', ...problem.path] }),
  );
}

function refuseSize(profile: string, statement: FederatorStatement): readonly Problem[] {
  const length = policyLength([statement]);
  if (length <= iamLimits.managedPolicyCharacters) return [];
  const allowed = `at most ${iamLimits.managedPolicyCharacters} in a statement: several shorter ones`;
  return [
    { path: ['profiles', profile, 'sessionPolicy'], value: `${length} characters in a statement`, allowed },
  ];
}

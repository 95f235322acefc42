import { checkRootTask } from './check-root-task.ts';
import { checkWebIdentityToken } from './check-web-identity-tokens.ts';
import type { Report } from './compile-statements.ts';
import type { Deployment } from './configuration.ts';
import { roleOwners, toRoleArn } from './function-roles.ts';
import { toNextHopPolicy } from './next-hop-policy.ts';
import type { Problem } from './policy/policy.ts';
import type { ProfileSettings } from './profile-schemas.ts';
import { roleArnAllowed } from './profile-settings.ts';
import { stsLimits } from './sts-limits.ts';

/** Checks how a profile's settings go together. A rule is left out where a setting that it needs is in error. */
export function checkProfile(
  settings: ProfileSettings,
  deployment: Deployment | undefined,
  report: Report,
): void {
  reportDuration(settings, report);
  reportRoles(settings, deployment, report);
  reportTagKeys(settings, report);
  reportPolicySize(settings, report);
  reportAcceptedPolicy(settings, report);
  reportForeignPolicies(settings, deployment, report);
  checkRootTask(settings, deployment, report);
  checkWebIdentityToken(settings, report);
  reportFederatedIam(settings, report);
}

function reportDuration({ duration }: ProfileSettings, report: Report): void {
  if (duration === undefined || duration.defaultSeconds <= duration.maxSeconds) return;
  const allowed = `at most duration.maxSeconds, ${duration.maxSeconds}`;
  report({ path: ['duration', 'defaultSeconds'], value: duration.defaultSeconds, allowed });
}

interface PlacedRole {
  readonly arn: string;
  readonly path: Problem['path'];
}

function reportRoles(
  { roleArn, via = [] }: ProfileSettings,
  deployment: Deployment | undefined,
  report: Report,
): void {
  const roles: readonly PlacedRole[] = [
    ...via.map((arn, index) => ({ arn, path: ['via', index] })),
    ...(roleArn === undefined ? [] : [{ arn: roleArn, path: ['roleArn'] }]),
  ];
  reportRepeatedRoles(roles, report);
  reportNextHopPolicies(roles, report);
  if (deployment === undefined) return;
  // No two roles of an account differ in case alone.
  const ownRoles = roleOwners.map((name) => toRoleArn(deployment, name).toLowerCase());
  for (const { arn, path } of roles) {
    const [, partition] = arn.split(':');
    if (partition !== deployment.partition) {
      report({ path, value: arn, allowed: `${roleArnAllowed}: ${deployment.partition}` });
    }
    if (ownRoles.includes(arn.toLowerCase())) {
      report({ path, value: arn, allowed: "a role that is not one of the broker's own" });
    }
  }
}

/** A chain that comes back to a role has gained nothing on the way. */
function reportRepeatedRoles(roles: readonly PlacedRole[], report: Report): void {
  const seen = new Set<string>();
  for (const { arn, path } of roles) {
    if (seen.has(arn.toLowerCase())) report({ path, value: arn, allowed: 'each role of a chain once' });
    seen.add(arn.toLowerCase());
  }
}

/** Each role but the first is named in the session policy of the one before it. */
function reportNextHopPolicies(roles: readonly PlacedRole[], report: Report): void {
  for (const { arn, path } of roles.slice(1)) {
    const { length } = toNextHopPolicy(arn, { withSourceIdentity: true, withTags: true });
    if (length <= stsLimits.maxPolicyCharacters) continue;
    const allowed = `a role ARN short enough for the session policy before it, which has ${length} characters with it; STS takes ${stsLimits.maxPolicyCharacters}`;
    report({ path, value: arn, allowed });
  }
}

function reportTagKeys(
  { sessionTags, transitiveTagKeys, acceptedTagKeys }: ProfileSettings,
  report: Report,
): void {
  const own = Object.keys(sessionTags ?? {}).map((key) => ({ key, path: ['sessionTags', key] }));
  const accepted = (acceptedTagKeys ?? []).map((key, index) => ({ key, path: ['acceptedTagKeys', index] }));
  reportEqualKeys(
    [...own, ...accepted],
    'a key of its own: STS compares tag keys without regard to case',
    report,
  );
  const count = own.length + accepted.length;
  if (count > stsLimits.maxTags) {
    const path = [own.length > 0 ? 'sessionTags' : 'acceptedTagKeys'];
    report({ path, value: count, allowed: `at most ${stsLimits.maxTags} tags, accepted ones included` });
  }
  const transitive = (transitiveTagKeys ?? []).map((key, index) => ({
    key,
    path: ['transitiveTagKeys', index],
  }));
  reportEqualKeys(transitive, 'each key once', report);
  if (sessionTags === undefined || acceptedTagKeys === undefined) return;
  const keys = new Set([...own, ...accepted].map(({ key }) => key));
  for (const { key, path } of transitive) {
    if (!keys.has(key)) report({ path, value: key, allowed: 'a key of sessionTags or acceptedTagKeys' });
  }
}

function reportEqualKeys(
  placed: readonly { readonly key: string; readonly path: Problem['path'] }[],
  allowed: string,
  report: Report,
): void {
  const seen = new Set<string>();
  for (const { key, path } of placed) {
    if (seen.has(key.toLowerCase())) report({ path, value: key, allowed });
    seen.add(key.toLowerCase());
  }
}

function reportPolicySize({ sessionPolicy, managedPolicyArns = [] }: ProfileSettings, report: Report): void {
  const inline = sessionPolicy === undefined ? 0 : toLiteralLength(JSON.stringify(sessionPolicy));
  const characters = inline + managedPolicyArns.join('').length;
  if (characters <= stsLimits.maxPolicyCharacters) return;
  report({
    path: [sessionPolicy === undefined ? 'managedPolicyArns' : 'sessionPolicy'],
    value: characters,
    allowed: `at most ${stsLimits.maxPolicyCharacters} characters of session policy and managed policy ARNs together`,
  });
}

/** Variables count at least one character each: the rendered length is checked with each issuance. */
const toLiteralLength = (json: string) => json.replace(/\$\{(?:claims|daypass):[^}]*\}/g, 'x').length;

function reportAcceptedPolicy(
  { acceptsSessionPolicy, sessionPolicy, managedPolicyArns = [] }: ProfileSettings,
  report: Report,
): void {
  if (acceptsSessionPolicy !== true) return;
  if (sessionPolicy === undefined && managedPolicyArns.length === 0) return;
  const allowed =
    'false beside sessionPolicy or managedPolicyArns: a caller may always add Deny statements to those, and never an Allow';
  report({ path: ['acceptsSessionPolicy'], value: true, allowed });
}

function reportForeignPolicies(
  { managedPolicyArns = [], roleArn }: ProfileSettings,
  deployment: Deployment | undefined,
  report: Report,
): void {
  if (deployment === undefined || roleArn === undefined) return;
  const { partition } = deployment;
  const [, , , , account] = roleArn.split(':');
  for (const [index, arn] of managedPolicyArns.entries()) {
    const [, policyPartition, , , policyAccount = ''] = arn.split(':');
    if (policyPartition === partition && ['aws', account].includes(policyAccount)) continue;
    const allowed = `a policy of the role's own account ${account} or an AWS managed one, of partition ${partition}`;
    report({ path: ['managedPolicyArns', index], value: arn, allowed });
  }
}

/**
 * STS's credentials of a federated user may call no IAM, and that ban doesn't hold for what the console makes of them:
 * there the session policy alone decides, over all that the federator may do for any profile. Whoever has the
 * credentials can take them to the console without Daypass, so an Allow that IAM's actions fit needs the Deny too.
 */
function reportFederatedIam(settings: ProfileSettings, report: Report): void {
  const { mechanism, console: isOffered, sessionPolicy } = settings;
  if (mechanism !== 'federation-token' || sessionPolicy === undefined) return;
  const statements = toList(sessionPolicy['Statement']);
  if (statements.some(isDenialOfIam)) return;
  const denial =
    "a statement {Effect: Deny, Action: iam:*, Resource: '*'} without conditions: that federated users may call no IAM does not hold in the console";
  if (isOffered === true) {
    const allowed = `false, or true where sessionPolicy has ${denial}`;
    report({ path: ['console'], value: true, allowed });
  }
  for (const [index, statement] of statements.entries()) {
    const { Effect, Action } = Object(statement);
    const value = toList(Action).find(mayBeOfIam);
    if (Effect !== 'Allow' || value === undefined) continue;
    const allowed = `actions of other services than IAM, or beside them ${denial}, and whoever has the credentials can go there`;
    report({ path: ['sessionPolicy', 'Statement', index, 'Action'], value, allowed });
  }
}

/** Whether a pattern of actions fits one of IAM's: a service's name has no wildcards. */
const mayBeOfIam = (action: unknown): boolean => typeof action === 'string' && /^(?:iam:|\*$)/i.test(action);

function isDenialOfIam(statement: unknown): boolean {
  const { Effect, Action, Resource, Condition } = Object(statement);
  return (
    Effect === 'Deny' &&
    Condition === undefined &&
    toList(Action).some((action) => typeof action === 'string' && /^(?:iam:)?\*$/i.test(action)) &&
    toList(Resource).includes('*')
  );
}

const toList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

import { ConfigurationError } from '../../lambda/core/configuration-error.ts';
import type { IamStatement } from '../permissions.ts';

/** IAM's quotas, in characters without white space. Source: IAM guide, "IAM and AWS STS quotas". */
export const iamLimits = {
  inlinePolicyCharacters: 10_240,
  managedPolicyCharacters: 6_144,
  /** Of one role, and of one user. */
  managedPolicies: 10,
} as const;

/** Where the statements of one role go: within the role, or into managed policies beside it. */
export type PackedStatements =
  | { readonly inline: readonly IamStatement[] }
  | { readonly managed: readonly (readonly IamStatement[])[] };

/**
 * Fits a role's statements into IAM's limits: into one inline policy where they fit, else into managed ones, with
 * long resource lists cut into several statements. Resolved names that are only known to CloudFormation count as
 * `tokenCharacters`.
 *
 * @throws ConfigurationError with the number of policies it would take
 */
export function packStatements(roleName: string, statements: readonly IamStatement[]): PackedStatements {
  if (policyLength(statements) <= iamLimits.inlinePolicyCharacters) return { inline: statements };
  const policies = fillPolicies(statements.flatMap((whole) => cutResources(roleName, whole)));
  if (policies.length > iamLimits.managedPolicies) {
    throw tooMany(
      `${policies.length} managed policies for role ${roleName}`,
      `at most ${iamLimits.managedPolicies} of ${iamLimits.managedPolicyCharacters} characters: fewer roles, external ids or integrations.ownAccounts`,
    );
  }
  return { managed: policies };
}

/** Puts each statement, in their order, into the first managed policy that has room for it. */
export function fillPolicies<Statement extends object>(
  statements: readonly Statement[],
): readonly (readonly Statement[])[] {
  const policies: Statement[][] = [];
  for (const statement of statements) {
    const home = policies.find(
      (policy) => policyLength([...policy, statement]) <= iamLimits.managedPolicyCharacters,
    );
    if (home === undefined) policies.push([statement]);
    else home.push(statement);
  }
  return policies;
}

/** Halves a resource list until each part fits a policy. Any other element of a statement cannot be divided. */
function cutResources(roleName: string, statement: IamStatement): readonly IamStatement[] {
  const length = policyLength([statement]);
  if (length <= iamLimits.managedPolicyCharacters) return [statement];
  const { Resource, Sid } = statement;
  if (Resource === undefined || Resource === '*' || Resource.length < 2) {
    throw tooMany(
      `${length} characters in statement ${Sid} of role ${roleName}`,
      `at most ${iamLimits.managedPolicyCharacters} in a statement that cannot be divided: fewer roles or integrations.ownAccounts`,
    );
  }
  const middle = Math.ceil(Resource.length / 2);
  return [Resource.slice(0, middle), Resource.slice(middle)].flatMap((part, index) =>
    cutResources(roleName, { ...statement, Sid: `${Sid}${'AB'[index]}`, Resource: part }),
  );
}

const tooMany = (value: string, allowed: string) =>
  new ConfigurationError([{ path: ['profiles'], value, allowed }]);

/** An ARN with a generated name is shorter than this. */
const tokenCharacters = 200;

/** Of the whole policy, as IAM counts. */
export const policyLength = (Statement: readonly object[]): number =>
  JSON.stringify({ Version: '2012-10-17', Statement }).replace(
    /\$\{Token\[[^\]]*\]\}/g,
    'x'.repeat(tokenCharacters),
  ).length;

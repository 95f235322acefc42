import { ConfigurationError } from '../../lambda/core/configuration-error.ts';
import type { IamStatement } from '../permissions.ts';

/** IAM's quotas, in characters without white space. Source: IAM guide, "IAM and AWS STS quotas". */
export const iamLimits = {
  /** Of all inline policies of a role together. They count apart from managed ones. */
  inlinePolicyCharacters: 10_240,
  managedPolicyCharacters: 6_144,
  /** Of one role, and of one user. */
  managedPolicies: 10,
  /** What IAM raises that to on request. */
  maxManagedPolicies: 20,
} as const;

/** Where the statements of one role go: within the role, and the rest into managed policies beside it. */
export interface PackedStatements {
  readonly inline: readonly IamStatement[];
  readonly managed: readonly (readonly IamStatement[])[];
}

export interface PackOptions {
  readonly roleName: string;
  readonly statements: readonly IamStatement[];
  /** Managed policies that the account lets a role have. @default 10, IAM's own quota */
  readonly quota?: number | undefined;
}

/**
 * Fits a role's statements into IAM's limits: into one inline policy where they fit, else what is over into managed ones,
 * with long resource lists cut into several statements. Resolved names that are only known to CloudFormation count as
 * `tokenCharacters`.
 *
 * @throws ConfigurationError with the number of policies it would take
 */
export function packStatements(options: PackOptions): PackedStatements {
  const { statements, quota = iamLimits.managedPolicies } = options;
  requireQuota(quota);
  const policies = [newPolicy(iamLimits.inlinePolicyCharacters)];
  for (const statement of statements) place(statement, policies, options.roleName);
  const [inline = [], ...managed] = policies.map((policy) => policy.statements);
  if (managed.length <= quota) return { inline, managed };
  const total = countResources([inline, ...managed]);
  throw tooMany(
    `${managed.length} managed policies for role ${options.roleName}`,
    `at most ${quota} of ${iamLimits.managedPolicyCharacters} characters, which hold ${countResources([inline, ...managed.slice(0, quota)])} of the ${total} resources that it names: have IAM's quota raised (at most ${iamLimits.maxManagedPolicies}) and say so by managedPolicyQuota, enter roles by way of a hub role (via), or name fewer roles, external ids or integrations.ownAccounts`,
  );
}

/** @throws TypeError for what IAM has no quota of */
function requireQuota(quota: number): void {
  if (Number.isInteger(quota) && quota >= 1 && quota <= iamLimits.maxManagedPolicies) return;
  throw new TypeError(
    `managedPolicyQuota is ${quota}; allowed: an integer, 1–${iamLimits.maxManagedPolicies}`,
  );
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

interface OpenPolicy {
  readonly statements: IamStatement[];
  /** Characters that are left. */
  room: number;
}

/** With room for one comma more than there will be: each statement is counted with one. */
const newPolicy = (limit: number): OpenPolicy => ({ statements: [], room: limit + 1 - policyLength([]) });

/** Shorter lists stay whole. */
const minCutCharacters = 1_000;

/** Into the first policy that has room for it; a list of resources that none has room for, in parts into several. */
function place(statement: IamStatement, policies: OpenPolicy[], roleName: string): void {
  const length = statementLength(statement);
  const home = policies.find(({ room }) => length <= room);
  const { Resource } = statement;
  if (home !== undefined) {
    add(statement, home);
  } else if (Array.isArray(Resource) && Resource.length > 1 && length > minCutCharacters) {
    placeParts(statement, Resource, { policies, roleName });
  } else {
    const policy = open(policies);
    if (length > policy.room) throw tooLong(length, statement.Sid, roleName);
    add(statement, policy);
  }
}

function placeParts(
  whole: IamStatement,
  resources: readonly string[],
  { policies, roleName }: { readonly policies: OpenPolicy[]; readonly roleName: string },
): void {
  let rest = resources;
  for (let part = 0; rest.length > 0; part += 1) {
    const statement = { ...whole, Sid: `${whole.Sid}p${part}` };
    const isHome = ({ room }: OpenPolicy) => countFitting(rest, room, statement) > 0;
    const home = policies.find(isHome) ?? open(policies);
    const count = countFitting(rest, home.room, statement);
    if (count === 0) throw tooLong(statementLength(statement), statement.Sid, roleName);
    add({ ...statement, Resource: rest.slice(0, count) }, home);
    rest = rest.slice(count);
  }
}

function open(policies: OpenPolicy[]): OpenPolicy {
  const policy = newPolicy(iamLimits.managedPolicyCharacters);
  policies.push(policy);
  return policy;
}

function add(statement: IamStatement, policy: OpenPolicy): void {
  policy.statements.push(statement);
  policy.room -= statementLength(statement);
}

/** How many of the resources, from the first, the statement may have where there is so much room. */
function countFitting(resources: readonly string[], room: number, statement: IamStatement): number {
  let length = statementLength({ ...statement, Resource: [] });
  const tooFar = resources.findIndex((resource) => {
    length += toCounted(JSON.stringify(resource)).length + ','.length;
    return length > room;
  });
  return tooFar === -1 ? resources.length : tooFar;
}

const countResources = (policies: readonly (readonly IamStatement[])[]) =>
  policies.flat().flatMap(({ Resource = [], NotResource = [] }) => [Resource, NotResource].flat()).length;

const tooLong = (length: number, Sid: string, roleName: string) =>
  tooMany(
    `${length} characters in statement ${Sid} of role ${roleName}`,
    `at most ${iamLimits.managedPolicyCharacters} in a statement that cannot be divided: fewer roles or integrations.ownAccounts`,
  );

const tooMany = (value: string, allowed: string) =>
  new ConfigurationError([{ path: ['profiles'], value, allowed }]);

/** An ARN with a generated name is shorter than this. */
const tokenCharacters = 200;

const toCounted = (json: string) => json.replace(/\$\{Token\[[^\]]*\]\}/g, 'x'.repeat(tokenCharacters));

/** With the comma before the next. */
const statementLength = (statement: IamStatement) => toCounted(JSON.stringify(statement)).length + ','.length;

/** Of the whole policy, as IAM counts. */
export const policyLength = (Statement: readonly object[]): number =>
  toCounted(JSON.stringify({ Version: '2012-10-17', Statement })).length;

import {
  appliesRevocations,
  type Configuration,
  type Deployment,
  usesFederator,
  usesIntegrations,
} from './configuration.ts';

/** The functions of every deployment. */
export const standingFunctions = [
  'authorizer',
  'issuer',
  'audit',
  'saml',
  'controls',
  'publisher',
  'reconciler',
] as const;

/** Those that are there where a profile needs them. */
const federatorFunctions = ['rotation'] as const;

/** Those that are there where the configuration has third parties. */
export const integrationFunctions = ['integrations', 'integration-issuer', 'prober'] as const;

/** Those that are there where the configuration has policies applied that end sessions. */
const revocationFunctions = ['revoker'] as const;

/** The functions: one for each set of permissions, each with a role of its own. */
export const functionNames = [
  ...standingFunctions,
  ...federatorFunctions,
  ...integrationFunctions,
  ...revocationFunctions,
] as const;

export type FunctionName = (typeof functionNames)[number];

type OptionalFunctionName = Exclude<FunctionName, (typeof standingFunctions)[number]>;

/** The role that no function has and no partner trusts: the prober takes it, to see whether a partner's role takes anybody. */
const strangerName = 'stranger';

/** Whose roles the broker has. */
export type RoleOwner = FunctionName | typeof strangerName;

export const roleOwners: readonly RoleOwner[] = [...functionNames, strangerName];

/** What decides which functions are deployed. */
export type DeploymentNeeds = Pick<Configuration, 'profiles' | 'integrations' | 'revocation'>;

/** Something for each function that is deployed. */
export type PerFunction<Value> = Readonly<
  Record<(typeof standingFunctions)[number], Value> & Partial<Record<OptionalFunctionName, Value>>
>;

/** Makes something for each function that the configuration deploys. */
export function toPerFunction<Value>(
  configuration: DeploymentNeeds,
  create: (name: FunctionName) => Value,
): PerFunction<Value> {
  const ofEach = <Name extends FunctionName>(names: readonly Name[]) =>
    Object.fromEntries(names.map((name) => [name, create(name)])) as Record<Name, Value>;
  return {
    ...ofEach(standingFunctions),
    ...(usesFederator(configuration) ? ofEach(federatorFunctions) : {}),
    ...(usesIntegrations(configuration) ? ofEach(integrationFunctions) : {}),
    ...(appliesRevocations(configuration) ? ofEach(revocationFunctions) : {}),
  };
}

/** @throws TypeError for a function that isn't deployed */
export function requireDeployed<Value>(all: PerFunction<Value>, name: FunctionName): Value {
  const value = all[name];
  if (value === undefined) throw new TypeError(`function ${name} is not deployed`);
  return value;
}

/** Names of the functions that the configuration deploys. */
export const deployedFunctions = (configuration: DeploymentNeeds): readonly FunctionName[] =>
  Object.values(toPerFunction(configuration, (name) => name));

/** Path of every role of the broker, and of its user: fixed as the names are. */
export const toRolePath = ({ rolePath = '/daypass/' }: Pick<Deployment, 'rolePath'>): string => rolePath;

/** Fixed, because target roles name it: never change the form after a release. At most 64 characters, checked with the stage. */
export function toRoleName({ stage, region }: Deployment, name: RoleOwner): string {
  return `daypass-${stage}-${region}-${name}`;
}

export function toRoleArn(deployment: Deployment, name: RoleOwner): string {
  const { partition, accountId } = deployment;
  return `arn:${partition}:iam::${accountId}:role${toRolePath(deployment)}${toRoleName(deployment, name)}`;
}

/** Those that another function, or an operator, invokes by their names. */
export const invokedFunctions: readonly FunctionName[] = [...integrationFunctions, ...revocationFunctions];

/**
 * Of the function that issues for third parties: whoever may invoke this alias may have a role verified, and nothing
 * else. Without it the function takes API Gateway's events, in which whoever writes one can be anybody.
 */
export const verifyAlias = 'verify';

/** Of a function that is invoked by it: fixed, so that its invoker's permission can name it before it is there. */
export const toFunctionName: (deployment: Deployment, name: FunctionName) => string = toRoleName;

export function toFunctionArn(deployment: Deployment, name: FunctionName): string {
  const { partition, region, accountId } = deployment;
  return `arn:${partition}:lambda:${region}:${accountId}:function:${toFunctionName(deployment, name)}`;
}

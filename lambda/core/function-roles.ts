import { type Configuration, type Deployment, usesFederator } from './configuration.ts';

/** The functions of every deployment. */
export const standingFunctions = ['authorizer', 'issuer', 'audit', 'saml'] as const;

/** Those that are there where a profile needs them. */
const optionalFunctions = ['rotation'] as const;

/** The functions: one for each set of permissions, each with a role of its own. */
export const functionNames = [...standingFunctions, ...optionalFunctions] as const;

export type FunctionName = (typeof functionNames)[number];

/** Something for each function that is deployed. */
export type PerFunction<Value> = Readonly<
  Record<(typeof standingFunctions)[number], Value> &
    Partial<Record<(typeof optionalFunctions)[number], Value>>
>;

/** Makes something for each function that the configuration deploys. */
export function toPerFunction<Value>(
  configuration: Pick<Configuration, 'profiles'>,
  create: (name: FunctionName) => Value,
): PerFunction<Value> {
  const standing = {
    authorizer: create('authorizer'),
    issuer: create('issuer'),
    audit: create('audit'),
    saml: create('saml'),
  };
  return usesFederator(configuration) ? { ...standing, rotation: create('rotation') } : standing;
}

/** @throws TypeError for a function that isn't deployed */
export function requireDeployed<Value>(all: PerFunction<Value>, name: FunctionName): Value {
  const value = all[name];
  if (value === undefined) throw new TypeError(`function ${name} is not deployed`);
  return value;
}

/** Names of the functions that the configuration deploys. */
export const deployedFunctions = (configuration: Pick<Configuration, 'profiles'>): readonly FunctionName[] =>
  Object.values(toPerFunction(configuration, (name) => name));

/** Path of every role of the broker. */
export const rolePath = '/daypass/';

/** Fixed, because target roles name it: never change the form after a release. At most 64 characters, checked with the stage. */
export function toRoleName({ stage, region }: Deployment, name: FunctionName): string {
  return `daypass-${stage}-${region}-${name}`;
}

export function toRoleArn(deployment: Deployment, name: FunctionName): string {
  const { partition, accountId } = deployment;
  return `arn:${partition}:iam::${accountId}:role${rolePath}${toRoleName(deployment, name)}`;
}

import { type Configuration, usesIntegrations, usesWebIdentity } from '../lambda/core/configuration.ts';
import {
  type PerFunction,
  requireDeployed,
  toPerFunction,
  toRolePath,
} from '../lambda/core/function-roles.ts';
import { createStrangerRole, requireIntegrationSettings } from '../lib/integration-permissions.ts';
import { createFunctionRoles, type IamStatement } from '../lib/permissions.ts';
import { toTokenKeyArn, toWebIdentityKeyArn } from './aws/kms/token-key.ts';
import type { TableNames } from './create-tables.ts';
import { toLocalFederator } from './federator.ts';
import { toTrailBucketName } from './trail-bucket.ts';
import type { WorldRole } from './world.ts';

export interface BrokerRoles {
  /** For the embedded AWS: the function roles as the stack deploys them, and the one that makes the tables. */
  readonly worldRoles: readonly WorldRole[];
  readonly functionRoleArns: PerFunction<string>;
  /** Stands for CloudFormation's role: it makes the tables, and no function has it. */
  readonly setupRoleArn: string;
}

const version = '2012-10-17';

const lambdaTrust = {
  Version: version,
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** The broker's own roles, from the generator that the stack uses: a permission that is missing there shows here. */
export function toBrokerRoles(configuration: Configuration, tableNames: TableNames): BrokerRoles {
  const { partition, region, accountId } = configuration.deployment;
  const toTableArn = (name: string) => `arn:${partition}:dynamodb:${region}:${accountId}:table/${name}`;
  const tableArn = toTableArn(tableNames.issuances);
  const proofTableArn = toTableArn(tableNames.proofs);
  const { integrations } = tableNames;
  const integrationTable = integrations === undefined ? undefined : { tableArn: toTableArn(integrations) };
  const tokenKeyArn = toTokenKeyArn(configuration.deployment);
  const setupRoleArn = `arn:${partition}:iam::${accountId}:role${toRolePath(configuration.deployment)}daypass-local-setup`;
  const webIdentityKeyArns = toWebIdentityKeyArns(configuration);
  const federator = toLocalFederator(configuration);
  const reconciliation = {
    findingTableArn: toTableArn(tableNames.findings),
    witnessTableArn: toTableArn(tableNames.witnesses),
    trailBucketArn: `arn:${partition}:s3:::${toTrailBucketName(configuration)}`,
  };
  const { controls: controlName, quotas: quotaName } = tableNames;
  const controls =
    controlName === undefined || quotaName === undefined
      ? undefined
      : { controlTableArn: toTableArn(controlName), quotaTableArn: toTableArn(quotaName) };
  const functionRoles = createFunctionRoles({
    ...(controls === undefined ? {} : { controls }),
    reconciliation,
    ...{ configuration, tableArn, proofTableArn, tokenKeyArn, webIdentityKeyArns },
    ...(federator === undefined ? {} : { federatorSecretArn: federator.secret.arn }),
    ...(integrationTable === undefined ? {} : { integrationTable }),
  });
  const setup: IamStatement = {
    Sid: 'CreateTables',
    Effect: 'Allow',
    Action: ['dynamodb:CreateTable', 'dynamodb:DescribeTable'],
    Resource: [
      ...[tableArn, proofTableArn, reconciliation.findingTableArn, reconciliation.witnessTableArn],
      ...(controls === undefined ? [] : [controls.controlTableArn, controls.quotaTableArn]),
      ...(integrationTable === undefined ? [] : [integrationTable.tableArn]),
    ],
  };
  return {
    worldRoles: [
      ...Object.values(functionRoles).map(({ roleArn, statements }) => toWorldRole(roleArn, statements)),
      toWorldRole(setupRoleArn, [setup]),
      ...toStrangers(configuration),
    ],
    functionRoleArns: toPerFunction(configuration, (name) => requireDeployed(functionRoles, name).roleArn),
    setupRoleArn,
  };
}

/** None where the configuration has no third parties. */
function toStrangers(configuration: Configuration): readonly WorldRole[] {
  if (!usesIntegrations(configuration)) return [];
  const settings = requireIntegrationSettings(configuration);
  const { deployment } = configuration;
  const { roleArn, trust, statements } = createStrangerRole({ deployment, settings });
  return [{ ...toWorldRole(roleArn, statements), trust }];
}

const toWorldRole = (arn: string, statements: readonly IamStatement[]): WorldRole => ({
  arn,
  trust: lambdaTrust,
  policies: [{ Version: version, Statement: statements }],
});

/** As the stack makes them: none where no profile needs one. */
export const toWebIdentityKeyArns = (configuration: Configuration): readonly string[] =>
  usesWebIdentity(configuration)
    ? configuration.webIdentity.keys.map((name) => toWebIdentityKeyArn(configuration.deployment, name))
    : [];

import type { Configuration } from '../lambda/core/configuration.ts';
import { type FunctionName, functionNames, rolePath } from '../lambda/core/function-roles.ts';
import { createFunctionRoles, type IamStatement } from '../lib/permissions.ts';
import type { WorldRole } from './world.ts';

export interface BrokerRoles {
  /** For the embedded AWS: the function roles as the stack deploys them, and the one that makes the table. */
  readonly worldRoles: readonly WorldRole[];
  readonly functionRoleArns: Readonly<Record<FunctionName, string>>;
  /** Stands for CloudFormation's role: it makes the issuance table, and no function has it. */
  readonly setupRoleArn: string;
}

const version = '2012-10-17';

const lambdaTrust = {
  Version: version,
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** The broker's own roles, from the generator that the stack uses: a permission that is missing there shows here. */
export function toBrokerRoles(configuration: Configuration, tableName: string): BrokerRoles {
  const { partition, region, accountId } = configuration.deployment;
  const tableArn = `arn:${partition}:dynamodb:${region}:${accountId}:table/${tableName}`;
  const setupRoleArn = `arn:${partition}:iam::${accountId}:role${rolePath}daypass-local-setup`;
  const functionRoles = createFunctionRoles({ configuration, tableArn });
  const setup: IamStatement = {
    Sid: 'CreateTable',
    Effect: 'Allow',
    Action: ['dynamodb:CreateTable', 'dynamodb:DescribeTable'],
    Resource: [tableArn],
  };
  const roles = functionNames.map((name) => functionRoles[name]);
  return {
    worldRoles: [
      ...roles.map(({ roleArn, statements }) => toWorldRole(roleArn, statements)),
      toWorldRole(setupRoleArn, [setup]),
    ],
    functionRoleArns: {
      authorizer: functionRoles.authorizer.roleArn,
      issuer: functionRoles.issuer.roleArn,
      audit: functionRoles.audit.roleArn,
    },
    setupRoleArn,
  };
}

function toWorldRole(arn: string, statements: readonly IamStatement[]): WorldRole {
  return {
    arn,
    trust: lambdaTrust,
    // IAM knows no policy without statements.
    policies: statements.length === 0 ? [] : [{ Version: version, Statement: statements }],
  };
}

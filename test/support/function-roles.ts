import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type FunctionName, requireDeployed } from '../../lambda/core/function-roles.ts';
import { createFunctionRoles } from '../../lib/permissions.ts';
import type { WorldRole } from '../../local/world.ts';
import type { TestAws } from '../local/aws/an-embedded-aws.ts';
import { aConfiguration } from './a-configuration.ts';
import { controlAccess, controlTables } from './control-tables.ts';
import { reconciliationAccess, reconciliationTables } from './reconciliation-tables.ts';

export const region = 'eu-west-1';
export const tableNames = {
  ...{ issuances: 'daypass-issuances', proofs: 'daypass-proofs' },
  ...reconciliationTables,
  ...controlTables,
} as const;

const toTableArn = (name: string) => `arn:aws:dynamodb:${region}:111111111111:table/${name}`;

const functionRoles = createFunctionRoles({
  configuration: aConfiguration(),
  tableArn: toTableArn(tableNames.issuances),
  proofTableArn: toTableArn(tableNames.proofs),
  tokenKeyArn: `arn:aws:kms:${region}:111111111111:key/11111111-2222-3333-4444-555555555555`,
  webIdentityKeyArns: [],
  reconciliation: reconciliationAccess,
  controls: controlAccess,
});

const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** For the embedded AWS: the functions' own roles, from the generator that the stack uses. */
export const functionWorldRoles: readonly WorldRole[] = Object.values(functionRoles).map(
  ({ roleArn, statements }) => ({
    arn: roleArn,
    trust,
    policies: [{ Version: '2012-10-17', Statement: statements }],
  }),
);

/** A client with the permissions that the deployed function has, and no others. */
export async function aFunctionClient(aws: TestAws, name: FunctionName): Promise<DynamoDBClient> {
  const credentials = await fetchCredentials(aws, requireDeployed(functionRoles, name).roleArn);
  return new DynamoDBClient({ endpoint: aws.url, region, maxAttempts: 1, credentials });
}

/** As the SDK does it in a function: from the address that the environment names. */
export async function fetchCredentials(aws: TestAws, roleArn: string) {
  const { uri, authorizationToken } = aws.serviceCredentials(roleArn);
  const answer = await fetch(uri, { headers: { authorization: authorizationToken } });
  const { AccessKeyId, SecretAccessKey, Token } = (await answer.json()) as Record<string, string>;
  if (!AccessKeyId || !SecretAccessKey || !Token) throw new Error('the embedded AWS gave no credentials');
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
}

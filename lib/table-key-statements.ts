import type { IamStatement } from './permissions.ts';

const actions = {
  read: ['kms:Decrypt', 'kms:DescribeKey'],
  write: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
} as const;

/**
 * What DynamoDB does with a table's key in the caller's name, and nothing else with it.
 *
 * @param keyArn `undefined` locally, where nothing is encrypted by KMS: then there is no statement
 */
export function toTableKeyStatements(
  Sid: string,
  {
    keyArn,
    region,
    access,
  }: {
    readonly keyArn: string | undefined;
    readonly region: string;
    readonly access: keyof typeof actions;
  },
): readonly IamStatement[] {
  if (keyArn === undefined) return [];
  return [
    {
      Sid,
      Effect: 'Allow',
      Action: actions[access],
      Resource: [keyArn],
      Condition: { StringEquals: { 'kms:ViaService': `dynamodb.${region}.amazonaws.com` } },
    },
  ];
}

import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Answer } from './daypass-client.ts';
import type { RunningDaypass } from './running-daypass.ts';

/** What the embedded DynamoDB says to credentials as the broker answers with: the error's name, or `granted`. */
export async function describeTable(
  { aws }: RunningDaypass,
  credentials: Answer['json'],
  TableName: string,
): Promise<string> {
  const { AccessKeyId, SecretAccessKey, SessionToken } = credentials;
  const client = new DynamoDBClient({
    endpoint: aws,
    region: 'eu-west-1',
    maxAttempts: 1,
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
  });
  try {
    await client.send(new DescribeTableCommand({ TableName }));
    return 'granted';
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  } finally {
    client.destroy();
  }
}

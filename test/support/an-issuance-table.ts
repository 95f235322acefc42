import {
  type AttributeValue,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { toBrokerRoles } from '../../local/broker-roles.ts';
import { createIssuanceTable } from '../../local/create-issuance-table.ts';
import { withRoles } from '../../local/world.ts';
import { admin, aWorld, startTestAws, type TestAws } from '../local/aws/an-embedded-aws.ts';
import { aConfiguration } from './a-configuration.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

export interface TestIssuanceTable {
  readonly aws: TestAws;
  readonly tableName: string;
  /** A client with the permissions that the deployed function has, and no others. */
  clientOf(name: 'issuer' | 'audit'): Promise<DynamoDBClient>;
  /** The row as DynamoDB holds it. */
  row(id: string): Promise<Item | undefined>;
  rows(): Promise<readonly Item[]>;
  put(item: Item): Promise<void>;
  stop(): Promise<void>;
}

/** The issuance table in the embedded DynamoDB, with the functions' own roles. */
export async function startIssuanceTable(): Promise<TestIssuanceTable> {
  const tableName = 'daypass-issuances';
  const { worldRoles, functionRoleArns } = toBrokerRoles(aConfiguration(), tableName);
  const aws = await startTestAws(withRoles(aWorld(), worldRoles));
  const region = 'eu-west-1';
  await createIssuanceTable({ endpoint: aws.url, region, tableName, credentials: async () => admin });
  const client = aws.dynamodb();
  const clients: DynamoDBClient[] = [];
  return {
    aws,
    tableName,
    clientOf: async (name) => {
      const credentials = await fetchCredentials(aws, functionRoleArns[name]);
      const own = new DynamoDBClient({ endpoint: aws.url, region, maxAttempts: 1, credentials });
      clients.push(own);
      return own;
    },
    row: async (id) => {
      const { Item } = await client.send(
        new GetItemCommand({ TableName: tableName, Key: { id: { S: id } }, ConsistentRead: true }),
      );
      return Item;
    },
    rows: async () => (await client.send(new ScanCommand({ TableName: tableName }))).Items ?? [],
    put: async (Item) => {
      await client.send(new PutItemCommand({ TableName: tableName, Item }));
    },
    stop: async () => {
      for (const own of clients) own.destroy();
      await aws.stop();
    },
  };
}

/** As the SDK does it in a function: from the address that the environment names. */
export async function fetchCredentials(aws: TestAws, roleArn: string) {
  const { uri, authorizationToken } = aws.serviceCredentials(roleArn);
  const answer = await fetch(uri, { headers: { authorization: authorizationToken } });
  const { AccessKeyId, SecretAccessKey, Token } = (await answer.json()) as Record<string, string>;
  if (!AccessKeyId || !SecretAccessKey || !Token) throw new Error('the embedded AWS gave no credentials');
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
}

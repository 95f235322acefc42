import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { createTables } from '../../local/create-tables.ts';
import { withRoles } from '../../local/world.ts';
import { admin, aWorld, startTestAws, type TestAws } from '../local/aws/an-embedded-aws.ts';
import { aFunctionClient, functionWorldRoles, region, tableNames } from './function-roles.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

export interface TestIssuanceTable {
  readonly aws: TestAws;
  readonly tableName: string;
  /** A client with the permissions that the deployed function has, and no others. */
  clientOf(name: 'issuer' | 'audit' | 'reconciler'): Promise<DynamoDBClient>;
  /** The row as DynamoDB holds it. */
  row(id: string): Promise<Item | undefined>;
  rows(): Promise<readonly Item[]>;
  put(item: Item): Promise<void>;
  stop(): Promise<void>;
}

/** The issuance table in the embedded DynamoDB, with the functions' own roles. */
export async function startIssuanceTable(): Promise<TestIssuanceTable> {
  const tableName = tableNames.issuances;
  const aws = await startTestAws(withRoles(aWorld(), functionWorldRoles));
  await createTables({ endpoint: aws.url, region, tableNames, credentials: async () => admin });
  const client = aws.dynamodb();
  const clients: DynamoDBClient[] = [];
  return {
    aws,
    tableName,
    clientOf: async (name) => {
      const own = await aFunctionClient(aws, name);
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

import {
  CreateTableCommand,
  type DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { toIntegrationTable } from '../../local/create-tables.ts';
import { aWorld, createTable, startTestAws, type TestAws } from '../local/aws/an-embedded-aws.ts';
import type { Item } from './an-issuance-table.ts';

export interface TestIntegrationTable {
  readonly aws: TestAws;
  readonly tableName: string;
  /** Without repeats of its own, as the functions have it. */
  readonly client: DynamoDBClient;
  items(): Promise<readonly Item[]>;
  put(item: Item): Promise<void>;
  stop(): Promise<void>;
}

/** The integration table in the embedded DynamoDB. */
export async function startIntegrationTable(): Promise<TestIntegrationTable> {
  const tableName = 'daypass-integrations';
  const aws = await startTestAws(aWorld());
  const client = aws.dynamodb();
  await createTable(client, new CreateTableCommand(toIntegrationTable(tableName)));
  return {
    aws,
    tableName,
    client,
    items: async () => (await client.send(new ScanCommand({ TableName: tableName }))).Items ?? [],
    put: async (Item) => {
      await client.send(new PutItemCommand({ TableName: tableName, Item }));
    },
    stop: () => aws.stop(),
  };
}

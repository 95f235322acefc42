import { type DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { createTables } from '../../local/create-tables.ts';
import { withRoles } from '../../local/world.ts';
import { admin, aWorld, startTestAws, type TestAws } from '../local/aws/an-embedded-aws.ts';
import type { Item } from './an-issuance-table.ts';
import { controlTables } from './control-tables.ts';
import { aFunctionClient, functionWorldRoles, region, tableNames } from './function-roles.ts';

export interface TestControlTables {
  readonly aws: TestAws;
  /** With the permissions of the function that issues, and of the one that controls. */
  readonly issuer: DynamoDBClient;
  readonly controls: DynamoDBClient;
  items(table: keyof typeof controlTables): Promise<readonly Item[]>;
  /** Past every check of ours, into the table of what is suspended. */
  put(item: Item): Promise<void>;
  stop(): Promise<void>;
}

/** The control tables in the embedded DynamoDB, with the functions' own roles. */
export async function startControlTables(): Promise<TestControlTables> {
  const aws = await startTestAws(withRoles(aWorld(), functionWorldRoles));
  await createTables({ endpoint: aws.url, region, tableNames, credentials: async () => admin });
  const [issuer, controls] = [await aFunctionClient(aws, 'issuer'), await aFunctionClient(aws, 'controls')];
  const client = aws.dynamodb();
  return {
    ...{ aws, issuer, controls },
    items: async (table) =>
      (await client.send(new ScanCommand({ TableName: controlTables[table] }))).Items ?? [],
    put: async (Item) => {
      await client.send(new PutItemCommand({ TableName: controlTables.controls, Item }));
    },
    stop: async () => {
      issuer.destroy();
      controls.destroy();
      await aws.stop();
    },
  };
}

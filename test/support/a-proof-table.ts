import { type DynamoDBClient, GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { proofTable } from '../../lambda/adapters/proof-table.ts';
import { createTables } from '../../local/create-tables.ts';
import { withRoles } from '../../local/world.ts';
import { admin, aWorld, startTestAws, type TestAws } from '../local/aws/an-embedded-aws.ts';
import type { Item } from './an-issuance-table.ts';
import { aFunctionClient, functionWorldRoles, region, tableNames } from './function-roles.ts';

export interface TestProofTable {
  readonly aws: TestAws;
  readonly tableName: string;
  /** A client with the permissions that the deployed function has, and no others. */
  clientOf(name: 'issuer' | 'saml'): Promise<DynamoDBClient>;
  /** The item as DynamoDB holds it. */
  item(id: string): Promise<Item | undefined>;
  items(): Promise<readonly Item[]>;
  stop(): Promise<void>;
}

/** The table of proofs in the embedded DynamoDB, with the functions' own roles. */
export async function startProofTable(): Promise<TestProofTable> {
  const tableName = tableNames.proofs;
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
    item: async (id) => {
      const Key = { [proofTable.partitionKey]: { S: id } };
      return (await client.send(new GetItemCommand({ TableName: tableName, Key, ConsistentRead: true })))
        .Item;
    },
    items: async () => (await client.send(new ScanCommand({ TableName: tableName }))).Items ?? [],
    stop: async () => {
      for (const own of clients) own.destroy();
      await aws.stop();
    },
  };
}

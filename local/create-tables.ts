import {
  type AttributeDefinition,
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  type GlobalSecondaryIndex,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { issuanceTable } from '../lambda/adapters/issuance-table.ts';
import { proofTable } from '../lambda/adapters/proof-table.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Names of the broker's tables. */
export interface TableNames {
  readonly issuances: string;
  readonly proofs: string;
}

/** Does on a laptop what CloudFormation does in an account: makes the broker's tables where they are missing. */
export async function createTables(options: {
  readonly endpoint: string;
  readonly region: string;
  readonly tableNames: TableNames;
  readonly credentials: () => Promise<Credentials>;
}): Promise<void> {
  const { endpoint, region, tableNames, credentials } = options;
  const client = new DynamoDBClient({ endpoint, region, credentials });
  const tables = [toIssuanceTable(tableNames.issuances), toProofTable(tableNames.proofs)];
  await Promise.all(tables.map((table) => createTable(client, table)));
  client.destroy();
}

async function createTable(client: DynamoDBClient, table: CreateTableCommandInput): Promise<void> {
  try {
    await client.send(new CreateTableCommand(table));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  const { TableName } = table;
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, { TableName });
}

function toIssuanceTable(TableName: string): CreateTableCommandInput {
  const { partitionKey, indexes } = issuanceTable;
  const keys = new Set([
    partitionKey,
    ...Object.values(indexes).flatMap((index) => [index.partitionKey, index.sortKey]),
  ]);
  return {
    TableName,
    ...toTable(partitionKey),
    AttributeDefinitions: [...keys].map(toText),
    GlobalSecondaryIndexes: Object.entries(indexes).map(
      ([IndexName, index]): GlobalSecondaryIndex => ({
        IndexName,
        KeySchema: [
          { AttributeName: index.partitionKey, KeyType: 'HASH' },
          { AttributeName: index.sortKey, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: index.projection },
      }),
    ),
  };
}

function toProofTable(TableName: string): CreateTableCommandInput {
  const { partitionKey } = proofTable;
  return { TableName, ...toTable(partitionKey), AttributeDefinitions: [toText(partitionKey)] };
}

const toTable = (AttributeName: string): Pick<CreateTableCommandInput, 'BillingMode' | 'KeySchema'> => ({
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName, KeyType: 'HASH' }],
});

const toText = (AttributeName: string): AttributeDefinition => ({ AttributeName, AttributeType: 'S' });

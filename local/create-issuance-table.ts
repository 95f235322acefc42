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

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Does on a laptop what CloudFormation does in an account: makes the issuance table where it is missing. */
export async function createIssuanceTable(options: {
  readonly endpoint: string;
  readonly region: string;
  readonly tableName: string;
  readonly credentials: () => Promise<Credentials>;
}): Promise<void> {
  const { endpoint, region, tableName: TableName, credentials } = options;
  const client = new DynamoDBClient({ endpoint, region, credentials });
  try {
    await client.send(new CreateTableCommand(toTable(TableName)));
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, { TableName });
  client.destroy();
}

function toTable(TableName: string): CreateTableCommandInput {
  const { partitionKey, indexes } = issuanceTable;
  const keys = new Set([
    partitionKey,
    ...Object.values(indexes).flatMap((index) => [index.partitionKey, index.sortKey]),
  ]);
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: partitionKey, KeyType: 'HASH' }],
    AttributeDefinitions: [...keys].map(
      (AttributeName): AttributeDefinition => ({ AttributeName, AttributeType: 'S' }),
    ),
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

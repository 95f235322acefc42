import {
  type AttributeDefinition,
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  type GlobalSecondaryIndex,
  ResourceInUseException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { controlTable } from '../lambda/adapters/control-table.ts';
import { findingTable } from '../lambda/adapters/finding-table.ts';
import { integrationTable } from '../lambda/adapters/integration-table.ts';
import { issuanceTable } from '../lambda/adapters/issuance-table.ts';
import { proofTable } from '../lambda/adapters/proof-table.ts';
import { quotaTable } from '../lambda/adapters/quota-table.ts';
import { witnessTable } from '../lambda/adapters/witness-table.ts';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Names of the broker's tables. */
export interface TableNames {
  readonly issuances: string;
  readonly proofs: string;
  readonly findings: string;
  readonly witnesses: string;
  /** What is suspended, and who asked how often. @default not made: nothing can be issued */
  readonly controls?: string;
  readonly quotas?: string;
  /** There where the configuration has third parties. */
  readonly integrations?: string;
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
  const tables = [
    toIndexedTable(tableNames.issuances, issuanceTable),
    toPlainTable(tableNames.proofs, proofTable),
    toIndexedTable(tableNames.findings, findingTable),
    toPlainTable(tableNames.witnesses, witnessTable),
    ...(tableNames.controls === undefined ? [] : [toIndexedTable(tableNames.controls, controlTable)]),
    ...(tableNames.quotas === undefined ? [] : [toPlainTable(tableNames.quotas, quotaTable)]),
    ...toIntegrationTables(tableNames),
  ];
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

/** What the schema of a table says of it. */
interface IndexedTable {
  readonly partitionKey: string;
  readonly indexes: Readonly<Record<string, Parameters<typeof toGlobalIndex>[0][1]>>;
}

function toIndexedTable(TableName: string, { partitionKey, indexes }: IndexedTable): CreateTableCommandInput {
  const keys = new Set([
    partitionKey,
    ...Object.values(indexes).flatMap((index) => [index.partitionKey, index.sortKey]),
  ]);
  return {
    TableName,
    ...toTable(partitionKey),
    AttributeDefinitions: [...keys].map(toText),
    GlobalSecondaryIndexes: Object.entries(indexes).map(toGlobalIndex),
  };
}

const toIntegrationTables = ({ integrations }: TableNames): readonly CreateTableCommandInput[] =>
  integrations === undefined ? [] : [toIntegrationTable(integrations)];

export function toIntegrationTable(TableName: string): CreateTableCommandInput {
  const { partitionKey, sortKey, indexes } = integrationTable;
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [
      { AttributeName: partitionKey, KeyType: 'HASH' },
      { AttributeName: sortKey, KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      toText(partitionKey),
      { AttributeName: sortKey, AttributeType: 'N' },
      ...Object.values(indexes).map((index) => toText(index.partitionKey)),
    ],
    GlobalSecondaryIndexes: Object.entries(indexes).map(toGlobalIndex),
  };
}

/** One whose items are found by their keys alone. */
const toPlainTable = (
  TableName: string,
  { partitionKey }: { readonly partitionKey: string },
): CreateTableCommandInput => ({
  TableName,
  ...toTable(partitionKey),
  AttributeDefinitions: [toText(partitionKey)],
});

const toTable = (AttributeName: string): Pick<CreateTableCommandInput, 'BillingMode' | 'KeySchema'> => ({
  BillingMode: 'PAY_PER_REQUEST',
  KeySchema: [{ AttributeName, KeyType: 'HASH' }],
});

const toText = (AttributeName: string): AttributeDefinition => ({ AttributeName, AttributeType: 'S' });

const toGlobalIndex = ([IndexName, index]: readonly [
  string,
  {
    readonly partitionKey: string;
    readonly sortKey: string;
    readonly projection: NonNullable<GlobalSecondaryIndex['Projection']>['ProjectionType'];
  },
]): GlobalSecondaryIndex => ({
  IndexName,
  KeySchema: [
    { AttributeName: index.partitionKey, KeyType: 'HASH' },
    { AttributeName: index.sortKey, KeyType: 'RANGE' },
  ],
  Projection: { ProjectionType: index.projection },
});

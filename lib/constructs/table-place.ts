import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  type ITableV2,
  ProjectionType,
  StreamViewType,
  TableEncryptionV2,
  type TablePropsV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { addTableKey, type TableKeyProps } from './table-key.ts';

/** A region that has a copy of a table. */
export interface Replica {
  readonly region: string;
  /** ARN of the KMS key of that region which encrypts the copy: a key is of one region, and has to be there first. */
  readonly encryptionKeyArn: string;
}

/** This region's copy of a table that the primary region's stack has made. */
export interface ExistingTable {
  readonly tableName: string;
  /** ARN of the key of this region that encrypts it; not used where the table is encrypted by DynamoDB's own. */
  readonly encryptionKeyArn: string;
}

export interface TablePlaceProps extends TableKeyProps {
  /** @default none: the table is of this region alone */
  readonly replicas?: readonly Replica[];
  /** Taken in place of a table of its own. @default the table is made */
  readonly existing?: ExistingTable;
}

/** The key that encrypts the table here: the copy's, the one given, or one of the table's own. */
export const placeTableKey = (
  table: Construct,
  { existing, encryptionKey }: TablePlaceProps,
  description: string,
): IKey =>
  existing === undefined
    ? (encryptionKey ?? addTableKey(table, description))
    : Key.fromKeyArn(table, 'Key', existing.encryptionKeyArn);

/** What of a table its schema says; stack, local run and adapters share it. */
export interface KeptTableSchema {
  readonly partitionKey: string;
  readonly sortKey?: string;
  readonly timeToLiveAttribute?: string;
  readonly indexes: Readonly<
    Record<
      string,
      { readonly partitionKey: string; readonly sortKey: string; readonly projection: 'ALL' | 'KEYS_ONLY' }
    >
  >;
}

/** A table that outlives the stack, can be put back to any second of the last 35 days, and tells what becomes of its rows. */
export function placeKeptTable(
  scope: Construct,
  place: TablePlaceProps,
  {
    key,
    schema,
    sortKeyType = AttributeType.STRING,
  }: {
    readonly key: IKey | undefined;
    readonly schema: KeptTableSchema;
    /** @default STRING */
    readonly sortKeyType?: AttributeType;
  },
): ITableV2 {
  const { partitionKey, sortKey, timeToLiveAttribute, indexes } = schema;
  return placeTable(scope, place, {
    key,
    partitionKey: { name: partitionKey, type: AttributeType.STRING },
    ...(sortKey === undefined ? {} : { sortKey: { name: sortKey, type: sortKeyType } }),
    globalSecondaryIndexes: Object.entries(indexes).map(([indexName, index]) => ({
      indexName,
      partitionKey: { name: index.partitionKey, type: AttributeType.STRING },
      sortKey: { name: index.sortKey, type: AttributeType.STRING },
      projectionType: ProjectionType[index.projection],
    })),
    ...(timeToLiveAttribute === undefined ? {} : { timeToLiveAttribute }),
    // What became of each row is told to EventBridge.
    dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
    billing: Billing.onDemand(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

type PlacedTableProps = Omit<TablePropsV2, 'encryption' | 'replicas'>;

/** A table with its copies, encrypted by a key or by DynamoDB's own; or this region's copy of one. */
export function placeTable(
  scope: Construct,
  { existing, replicas = [] }: TablePlaceProps,
  { key, ...props }: PlacedTableProps & { readonly key: IKey | undefined },
): ITableV2 {
  if (existing !== undefined) return TableV2.fromTableName(scope, 'Table', existing.tableName);
  const keyArns = Object.fromEntries(replicas.map((replica) => [replica.region, replica.encryptionKeyArn]));
  const made = new TableV2(scope, 'Table', {
    ...props,
    encryption:
      key === undefined
        ? TableEncryptionV2.dynamoOwnedKey()
        : TableEncryptionV2.customerManagedKey(key, replicas.length === 0 ? undefined : keyArns),
    ...(replicas.length === 0 ? {} : { replicas: replicas.map(({ region }) => ({ region })) }),
  });
  // CDK's own types do not fit each other where an optional property may not be undefined.
  return made as ITableV2;
}

import { Duration, Validations } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  EventSourceMapping,
  FilterCriteria,
  FilterRule,
  type IFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { PublishedTable } from '../../lambda/core/publishing/row-change.ts';
import type { PublishedStream } from '../publishing-permissions.ts';
import { toConstructId } from './construct-id.ts';

/** A table with a stream of new and old images. */
export interface StreamedTable {
  readonly table: ITableV2;
  /** Absent: DynamoDB's own. */
  readonly key?: IKey | undefined;
}

export interface EventPublishingProps {
  readonly tables: Readonly<Partial<Record<PublishedTable, StreamedTable>>>;
}

/** Tells EventBridge of every issuance that is over, every finding and every change, on the account's default bus. */
export class EventPublishing extends Construct {
  /** For the permissions of the function that reads them. */
  readonly streams: readonly PublishedStream[];
  /** Where in the streams the records stand that could not be told in time; never what is in them. */
  readonly deadLetters: Queue;
  private readonly tables: EventPublishingProps['tables'];

  constructor(scope: Construct, id: string, { tables }: EventPublishingProps) {
    super(scope, id);
    this.tables = tables;
    this.streams = Object.values(tables).map(({ table, key }) => ({
      tableArn: table.tableArn,
      streamArn: requireStream(table),
      ...(key === undefined ? {} : { keyArn: key.keyArn }),
    }));
    this.deadLetters = new Queue(this, 'DeadLetters', {
      // It holds no row: shards and sequence numbers alone. Source: Lambda guide, "Retain discarded records for a
      // DynamoDB event source".
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    Validations.of(this.deadLetters).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'This is the dead-letter queue; an alarm tells of what comes into it',
    });
  }

  /** Has the function told of what changes, in order, each row by row. */
  publishBy(publisher: IFunction): void {
    for (const [name, { table }] of Object.entries(this.tables)) {
      new EventSourceMapping(this, toConstructId(name), {
        target: publisher,
        eventSourceArn: requireStream(table),
        // From the first change on, also of those between the table and this mapping.
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize: 100,
        maxBatchingWindow: Duration.seconds(1),
        reportBatchItemFailures: true,
        bisectBatchOnError: true,
        // EventBridge may be away for hours, and a stream forgets after 24: what is older is left to the queue.
        retryAttempts: 10_000,
        maxRecordAge: Duration.hours(12),
        onFailure: new SqsDlq(this.deadLetters),
        ...(name === 'issuances' ? { filters: unlessBegun } : {}),
      });
    }
  }
}

/** An attempt that begins is told once it is over: nobody is woken for it, but for whatever becomes of its row. */
const unlessBegun = [
  FilterCriteria.filter({
    dynamodb: { NewImage: { state: { S: FilterRule.notEquals('PENDING') } } },
  }),
  FilterCriteria.filter({ eventName: FilterRule.or('MODIFY', 'REMOVE') }),
];

function requireStream({ tableStreamArn, node }: ITableV2): string {
  if (tableStreamArn !== undefined) return tableStreamArn;
  throw new TypeError(`table ${node.path} has no stream; set dynamoStream to NEW_AND_OLD_IMAGES`);
}

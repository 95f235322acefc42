import { type Configuration, usesIntegrations } from '../lambda/core/configuration.ts';
import { eventSchemas, eventSource } from '../lambda/core/publishing/event-schemas.ts';
import { distinct } from './distinct.ts';
import type { IamStatement } from './permissions.ts';
import { toTableKeyStatements } from './table-key-statements.ts';

/** The stream of one table. */
export interface PublishedStream {
  readonly tableArn: string;
  readonly streamArn: string;
  /** ARN of the table's key, which its stream has too. @default DynamoDB's own */
  readonly keyArn?: string;
}

export interface PublishingAccess {
  readonly configuration: Pick<Configuration, 'deployment' | 'integrations'>;
  readonly streams?: readonly PublishedStream[];
  readonly publishingDeadLettersArn?: string;
}

/** Of the statement with a wildcard. */
export const listStreamsSid = 'ListStreams';

/** What telling EventBridge takes: the streams of the tables and none of their items, and events of our own source. */
export function publishingStatements({
  configuration,
  streams = [],
  publishingDeadLettersArn,
}: PublishingAccess): readonly IamStatement[] {
  const { partition, region, accountId } = configuration.deployment;
  const types = Object.keys(eventSchemas).filter(
    (type) => usesIntegrations(configuration) || type !== 'Daypass Integration Change',
  );
  return [
    ...readingStreams(streams, region),
    ...(publishingDeadLettersArn === undefined ? [] : [leavingDeadLetters(publishingDeadLettersArn)]),
    {
      Sid: 'PutEvents',
      Effect: 'Allow',
      Action: ['events:PutEvents'],
      Resource: [`arn:${partition}:events:${region}:${accountId}:event-bus/default`],
      Condition: { StringEquals: { 'events:source': eventSource, 'events:detail-type': types } },
    },
  ];
}

const leavingDeadLetters = (queueArn: string): IamStatement => ({
  Sid: 'LeaveDeadLetters',
  Effect: 'Allow',
  Action: ['sqs:SendMessage'],
  Resource: [queueArn],
});

function readingStreams(streams: readonly PublishedStream[], region: string): readonly IamStatement[] {
  if (streams.length === 0) return [];
  return [
    {
      Sid: 'ReadStreams',
      Effect: 'Allow',
      Action: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      Resource: streams.map(({ streamArn }) => streamArn),
    },
    {
      Sid: listStreamsSid,
      Effect: 'Allow',
      Action: ['dynamodb:ListStreams'],
      // Of a table, any: the action names no single stream. Source: AWS SAM, policy template DynamoDBStreamReadPolicy.
      Resource: streams.map(({ tableArn }) => `${tableArn}/stream/*`),
    },
    // One key may be of several tables.
    ...distinct(streams.flatMap(({ keyArn }) => keyArn ?? [])).flatMap((keyArn, index) =>
      toTableKeyStatements(`ReadStreamKey${index}`, { keyArn, region, access: 'read' }),
    ),
  ];
}

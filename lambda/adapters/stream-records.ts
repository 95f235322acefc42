import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import type { PublishedTable, Row, RowChange } from '../core/publishing/row-change.ts';

/** An event of Lambda's for records of DynamoDB Streams. Source: Lambda guide, "Using AWS Lambda with Amazon DynamoDB". */
const streamEvent = z.object({
  Records: z.array(
    z.object({
      eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
      eventSourceARN: z.string(),
      /** There where DynamoDB itself deleted the item. */
      userIdentity: z.object({ type: z.string().optional(), principalId: z.string().optional() }).nullish(),
      dynamodb: z.object({
        Keys: z.record(z.string(), z.unknown()),
        NewImage: z.record(z.string(), z.unknown()).optional(),
        OldImage: z.record(z.string(), z.unknown()).optional(),
        SequenceNumber: z.string().min(1),
      }),
    }),
  ),
});

/**
 * The changes of an invocation, in their order.
 *
 * @param tables the tables' names
 * @throws ZodError for what is no event of a stream, and TypeError for a record of another table
 */
export function toRowChanges(
  event: unknown,
  tables: Readonly<Partial<Record<PublishedTable, string>>>,
): readonly RowChange[] {
  const byName = new Map(Object.entries(tables).map(([table, name]) => [name, table as PublishedTable]));
  return streamEvent.parse(event).Records.map(({ eventSourceARN, dynamodb, userIdentity }) => {
    const [, name = ''] =
      /^arn:[\w-]+:dynamodb:[\w-]+:\d{12}:table\/([^/]+)\/stream\//.exec(eventSourceARN) ?? [];
    const table = byName.get(name);
    if (table === undefined) throw new TypeError('a record of a table whose changes are not told');
    const { Keys, NewImage, OldImage, SequenceNumber } = dynamodb;
    return {
      table,
      position: SequenceNumber,
      key: Object.values(toRow(Keys)).join('/'),
      ...(OldImage === undefined ? {} : { before: toRow(OldImage) }),
      ...(NewImage === undefined ? {} : { after: toRow(NewImage) }),
      hasExpired: userIdentity?.type === 'Service' && userIdentity.principalId === 'dynamodb.amazonaws.com',
    };
  });
}

/** In a stream's record bytes are base64 text; none of these tables holds any. */
const toRow = (image: Readonly<Record<string, unknown>>): Row =>
  unmarshall(image as Record<string, AttributeValue>);

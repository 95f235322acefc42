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
      /** There where DynamoDB itself deleted the item, in this region. */
      userIdentity: z.object({ type: z.string().optional(), principalId: z.string().optional() }).nullish(),
      dynamodb: z.object({
        Keys: z.record(z.string(), z.unknown()),
        NewImage: z.record(z.string(), z.unknown()).optional(),
        OldImage: z.record(z.string(), z.unknown()).optional(),
        SequenceNumber: z.string().min(1),
        /** In seconds, with a fraction perhaps. */
        ApproximateCreationDateTime: z.number().optional(),
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
    const { Keys, NewImage, OldImage, SequenceNumber, ApproximateCreationDateTime } = dynamodb;
    return {
      table,
      position: SequenceNumber,
      key: toKey(Keys),
      ...toImages(OldImage, NewImage),
      isByDynamodb: userIdentity?.type === 'Service' && userIdentity.principalId === 'dynamodb.amazonaws.com',
      ...(ApproximateCreationDateTime === undefined ? {} : { atSeconds: ApproximateCreationDateTime }),
    };
  });
}

type Attributes = Readonly<Record<string, unknown>>;

/** Its attributes' own texts, as `{ N: '3' }` has one: nobody's number can keep a row from being named. */
const toKey = (keys: Attributes): string =>
  Object.values(keys)
    .flatMap((attribute) => Object.values(Object(attribute)))
    .join('/');

/**
 * DynamoDB takes numbers by hand that JavaScript has none for. Such an image fails by itself: not the rows behind it, and not what became
 * of the row.
 */
function toImages(
  before: Attributes | undefined,
  after: Attributes | undefined,
): Pick<RowChange, 'before' | 'after' | 'unreadable'> {
  const rows = { before: toRow(before), after: toRow(after) };
  const unreadable = images.filter((image) => rows[image] === 'unreadable');
  return {
    ...(rows.before === undefined || rows.before === 'unreadable' ? {} : { before: rows.before }),
    ...(rows.after === undefined ? {} : { after: rows.after === 'unreadable' ? {} : rows.after }),
    ...(unreadable.length === 0 ? {} : { unreadable }),
  };
}

const images = ['before', 'after'] as const;

/** In a stream's record bytes are base64 text; none of these tables holds any. */
function toRow(attributes: Attributes | undefined): Row | 'unreadable' | undefined {
  if (attributes === undefined) return undefined;
  try {
    return unmarshall(attributes as Record<string, AttributeValue>);
  } catch {
    // The error would quote the value.
    return 'unreadable';
  }
}

import { setTimeout as delay } from 'node:timers/promises';
import { type AwsRequest, header } from '../exchange.ts';
import type { TableStore } from './table-store.ts';

/** The tables whose changes somebody wants to hear of, and who does. */
export interface TableStreamsOptions {
  /** Names of the attributes of each table's key, by the table's name. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
  /** Takes one record, as Lambda gets it of DynamoDB Streams with new and old images. What it rejects with is dropped. */
  readonly deliver: (record: StreamRecord) => Promise<void>;
}

export interface StreamRecord {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly eventSourceARN: string;
  readonly dynamodb: {
    readonly Keys: Item;
    readonly NewImage?: Item;
    readonly OldImage?: Item;
    readonly SequenceNumber: string;
    readonly StreamViewType: 'NEW_AND_OLD_IMAGES';
  };
}

type Item = Readonly<Record<string, unknown>>;

export interface TableStreams {
  /** Looks, once the write is done and without holding it up, at what the row has become. Never throws. */
  wrote(write: Write): void;
  /** Resolves when what is under way is done, or soon; nothing is begun any more. */
  close(): Promise<void>;
}

export interface Write {
  readonly request: AwsRequest;
  readonly operation: string;
  readonly input: unknown;
  readonly store: TableStore;
  readonly accountId: string;
  readonly region: string;
}

/** Changes that wait, and rows whose last image is remembered: beyond it the oldest are forgotten. */
const maxWaiting = 1000;

/** Whoever takes a record may never answer. */
const longestCloseMs = 300;

/**
 * The tables' streams: what dynalite has none of. Less than the real ones: two writes to a row in short succession are
 * one change, and a change that was under way when the process ended is lost.
 */
export function createTableStreams({ tables, deliver }: TableStreamsOptions): TableStreams {
  const last = new Map<string, Item>();
  let waiting = 0;
  let sequence = 0;
  let isClosed = false;
  let done: Promise<void> = Promise.resolve();

  const tell = async (write: Write, table: string, Keys: Item): Promise<void> => {
    const place = `${write.accountId}/${table}/${JSON.stringify(Keys)}`;
    const OldImage = last.get(place);
    const NewImage = await read(write, table, Keys);
    remember(last, place, NewImage);
    if (NewImage === undefined && OldImage === undefined) return;
    const { accountId, region } = write;
    sequence += 1;
    await deliver({
      eventID: String(sequence),
      eventName: OldImage === undefined ? 'INSERT' : NewImage === undefined ? 'REMOVE' : 'MODIFY',
      eventSource: 'aws:dynamodb',
      awsRegion: region,
      eventSourceARN: `arn:aws:dynamodb:${region}:${accountId}:table/${table}/stream/local`,
      dynamodb: {
        Keys,
        ...(NewImage === undefined ? {} : { NewImage }),
        ...(OldImage === undefined ? {} : { OldImage }),
        SequenceNumber: String(sequence).padStart(21, '0'),
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    });
  };

  return {
    wrote: (write) => {
      const { table, key } = toWritten(write, tables);
      if (table === undefined || key === undefined || isClosed || waiting >= maxWaiting) return;
      waiting += 1;
      const settle = () => {
        waiting -= 1;
      };
      done = done.then(() => (isClosed ? undefined : tell(write, table, key))).then(settle, settle);
    },
    close: async () => {
      isClosed = true;
      await Promise.race([done, delay(longestCloseMs, undefined, { ref: false })]);
    },
  };
}

function remember(last: Map<string, Item>, place: string, image: Item | undefined): void {
  last.delete(place);
  if (image !== undefined) last.set(place, image);
  const [oldest] = last.keys();
  if (last.size > maxWaiting && oldest !== undefined) last.delete(oldest);
}

/** The row that a write was to, where it is one of these tables. */
function toWritten({ operation, input }: Write, tables: TableStreamsOptions['tables']) {
  const { TableName: table, Item, Key } = Object(input) as Readonly<Record<string, unknown>>;
  const names = typeof table === 'string' && Object.hasOwn(tables, table) ? tables[table] : undefined;
  const holder = { PutItem: Item, UpdateItem: Key, DeleteItem: Key }[operation];
  if (typeof table !== 'string' || names === undefined || typeof holder !== 'object') return {};
  const key = Object.fromEntries(Object.entries(holder ?? {}).filter(([name]) => names.includes(name)));
  return { table, key };
}

/** With the signature of the write, which dynalite wants to see and does not check. */
async function read({ request, store }: Write, TableName: string, Key: Item): Promise<Item | undefined> {
  const body = Buffer.from(JSON.stringify({ TableName, Key, ConsistentRead: true }));
  const [version = ''] = (header(request, 'x-amz-target') ?? '').split('.');
  const headers = new Map([
    ...request.headers,
    ['x-amz-target', [`${version}.GetItem`]] as const,
    ['content-length', [String(body.length)]] as const,
  ]);
  const { status, body: answer } = await store.process({ ...request, headers, body });
  if (status !== 200) throw new Error(`the row of ${TableName} cannot be read: ${status}`);
  return (JSON.parse(answer.toString()) as { readonly Item?: Item }).Item;
}

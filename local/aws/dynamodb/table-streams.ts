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
  /** Looks at the row as it is before a write, where that is not known yet. Never rejects. */
  writes(write: Write): Promise<void>;
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
 * The tables' streams: what dynalite has none of. Less than the real ones: two writes to a row at the same time may be one
 * change, and a change that was under way when the process ended is lost.
 */
export function createTableStreams({ tables, deliver }: TableStreamsOptions): TableStreams {
  const last = new Map<string, Promise<Item | undefined>>();
  let waiting = 0;
  let sequence = 0;
  let isClosed = false;
  let done: Promise<void> = Promise.resolve();

  /** Begun at once: whoever waits for the write makes the next one only then. */
  const look = (write: Write, { table, key }: Written): Promise<Item | undefined> => {
    const place = toPlace(write, { table, key });
    const image = read(write, table, key);
    remember(last, place, image);
    image.catch(() => {
      if (last.get(place) === image) last.delete(place);
    });
    return image;
  };

  const tell = async (
    { accountId, region }: Write,
    { table, key: Keys }: Written,
    images: readonly [Promise<Item | undefined> | undefined, Promise<Item | undefined>],
  ): Promise<void> => {
    const [OldImage, NewImage] = await Promise.all(images);
    if (NewImage === undefined && OldImage === undefined) return;
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
    writes: async (write) => {
      const written = toWritten(write, tables);
      if (written === undefined || isClosed || last.has(toPlace(write, written))) return;
      await look(write, written).catch(() => undefined);
    },
    wrote: (write) => {
      const written = toWritten(write, tables);
      if (written === undefined || isClosed) return;
      const images = [last.get(toPlace(write, written)), look(write, written)] as const;
      if (waiting >= maxWaiting) return;
      waiting += 1;
      const settle = () => {
        waiting -= 1;
      };
      done = done.then(() => (isClosed ? undefined : tell(write, written, images))).then(settle, settle);
    },
    close: async () => {
      isClosed = true;
      await Promise.race([done, delay(longestCloseMs, undefined, { ref: false })]);
    },
  };
}

interface Written {
  readonly table: string;
  readonly key: Item;
}

const toPlace = ({ accountId }: Write, { table, key }: Written): string =>
  `${accountId}/${table}/${JSON.stringify(key)}`;

function remember<Image>(last: Map<string, Image>, place: string, image: Image): void {
  last.delete(place);
  last.set(place, image);
  const [oldest] = last.keys();
  if (last.size > maxWaiting && oldest !== undefined) last.delete(oldest);
}

/** The row that a write was to, where it is one of these tables. */
function toWritten({ operation, input }: Write, tables: TableStreamsOptions['tables']): Written | undefined {
  const { TableName: table, Item, Key } = Object(input) as Readonly<Record<string, unknown>>;
  const names = typeof table === 'string' && Object.hasOwn(tables, table) ? tables[table] : undefined;
  const holder = { PutItem: Item, UpdateItem: Key, DeleteItem: Key }[operation];
  if (typeof table !== 'string' || names === undefined || typeof holder !== 'object') return undefined;
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

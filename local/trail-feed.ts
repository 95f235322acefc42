import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Configuration } from '../lambda/core/configuration.ts';
import {
  apiCallDetailType,
  reconcilerTasks,
  taskMinutes,
} from '../lambda/core/reconciliation/read-invocation.ts';
import type { CloudTrailRecord } from './aws/cloudtrail-record.ts';
import { toTrailBucketName } from './trail-bucket.ts';

export interface TrailFeedOptions {
  readonly configuration: Pick<Configuration, 'deployment' | 'trail'>;
  /** Invokes the function that reconciles. */
  readonly invoke: (event: unknown) => Promise<unknown>;
  readonly putObject: (bucketName: string, key: string, content: Buffer) => void;
  readonly log: (line: string) => void;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** Brings what the embedded AWS and the gateway saw to the reconciler, as AWS does. */
export interface TrailFeed {
  /** Of calls that were answered, or are about to be. Never throws. */
  addRecords(records: readonly CloudTrailRecord[]): void;
  /** A line of the access log. Never throws. */
  addLine(line: string): void;
  close(): Promise<void>;
}

/** Milliseconds. CloudTrail takes five minutes; nobody at a laptop does. */
const deliverEveryMs = 1000;

/** How long a record waits for its object, so that the row and the access log are there before it, as in AWS. */
const objectAfterMs = 2000;

/** Of each kind: a bound on memory. The oldest go first, and with them what the broker could find. */
const maximumWaiting = 10_000;

/** Records of an event: the bus is best effort, in AWS too. */
const maximumAtOnce = 100;

/** Times that an object is read before it would be a dead letter. */
const maximumReads = 5;

interface Waiting {
  readonly record: CloudTrailRecord;
  readonly sinceMs: number;
}

interface TrailObject {
  readonly key: string;
  readonly reads: number;
}

/** What waits to be delivered. */
interface Backlog {
  readonly forBus: CloudTrailRecord[];
  readonly forObject: Waiting[];
  readonly objects: TrailObject[];
  readonly lines: string[];
}

export function startTrailFeed(options: TrailFeedOptions): TrailFeed {
  const { configuration, log, now = Date.now } = options;
  const { accountId } = configuration.deployment;
  const backlog: Backlog = { forBus: [], forObject: [], objects: [], lines: [] };
  const accounts = new Set(configuration.trail.accounts);
  let delivering: Promise<void> | undefined;

  const deliver = async (): Promise<void> => {
    try {
      await deliverLines(backlog, options);
      await deliverEvents(backlog, options);
      await deliverObjects(backlog, { ...options, now });
    } catch (error) {
      log(`the trail's feed failed: ${error}`);
    }
  };
  const timer = setInterval(() => {
    delivering ??= deliver().finally(() => {
      delivering = undefined;
    });
  }, deliverEveryMs);
  timer.unref();
  const schedules = reconcilerTasks.map((task) =>
    setInterval(() => void tell({ task }, options), taskMinutes[task] * 60_000).unref(),
  );

  return {
    addRecords: (records) => {
      for (const record of records) {
        // The rule of the bus sees the broker's own account; the trail has those that the configuration says.
        if (record['recipientAccountId'] === accountId) push(backlog.forBus, record);
        if (accounts.has(String(record['recipientAccountId'])))
          push(backlog.forObject, { record, sinceMs: now() });
      }
    },
    addLine: (line) => push(backlog.lines, line),
    close: async () => {
      clearInterval(timer);
      for (const schedule of schedules) clearInterval(schedule);
      await delivering;
    },
  };
}

function push<Item>(items: Item[], item: Item): void {
  items.push(item);
  if (items.length > maximumWaiting) items.shift();
}

/** `undefined` when the function failed: nothing of the event is in the log. */
async function tell(
  event: unknown,
  { invoke, log }: Pick<TrailFeedOptions, 'invoke' | 'log'>,
): Promise<unknown> {
  try {
    return await invoke(event);
  } catch (error) {
    log(`the reconciler failed: ${error}`);
    return undefined;
  }
}

/** As EventBridge does: one event an invocation. Source: EventBridge guide, "AWS service events delivered via CloudTrail". */
async function deliverEvents({ forBus }: Backlog, options: TrailFeedOptions): Promise<void> {
  const { accountId, region } = options.configuration.deployment;
  for (const record of forBus.splice(0, maximumAtOnce)) {
    await tell(
      {
        version: '0',
        id: randomUUID(),
        'detail-type': apiCallDetailType,
        source: 'aws.sts',
        account: accountId,
        time: record['eventTime'],
        region,
        resources: [],
        detail: record,
      },
      options,
    );
  }
}

/** As CloudTrail delivers an object, S3 tells the queue and Lambda takes the message. */
async function deliverObjects(
  { forObject, objects }: Backlog,
  options: TrailFeedOptions & Required<Pick<TrailFeedOptions, 'now'>>,
): Promise<void> {
  const { configuration, putObject, now } = options;
  const due = forObject.findIndex(({ sinceMs }) => now() - sinceMs < objectAfterMs);
  const ready = forObject.splice(0, due < 0 ? forObject.length : due);
  if (ready.length > 0) {
    const key = toKey(configuration, now());
    const content = gzipSync(JSON.stringify({ Records: ready.map(({ record }) => record) }));
    putObject(toTrailBucketName(configuration), key, content);
    objects.push({ key, reads: 0 });
  }
  for (const { key, reads } of objects.splice(0)) {
    const answer = await tell(toQueueEvent(toTrailBucketName(configuration), key), options);
    const { batchItemFailures = [{}] } = Object(answer) as {
      readonly batchItemFailures?: readonly unknown[];
    };
    if (batchItemFailures.length === 0) continue;
    if (reads + 1 < maximumReads) objects.push({ key, reads: reads + 1 });
    else options.log(`the trail's object ${key} would be a dead letter`);
  }
}

/** Source: CloudTrail guide, "CloudTrail log file examples", "Log file name format". */
function toKey({ deployment, trail }: TrailFeedOptions['configuration'], nowMs: number): string {
  const { accountId, region } = deployment;
  const time = new Date(nowMs).toISOString();
  const day = time.slice(0, 10).replaceAll('-', '/');
  const minute = time.slice(0, 16).replaceAll(/[-:]/g, '');
  const prefix = trail.existing?.prefix === undefined ? '' : `${trail.existing.prefix}/`;
  const name = `${accountId}_CloudTrail_${region}_${minute}Z_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  return `${prefix}AWSLogs/${accountId}/CloudTrail/${region}/${day}/${name}.json.gz`;
}

/** One message of a notification. Source: S3 guide, "Event message structure"; Lambda guide, "Using Lambda with Amazon SQS". */
const toQueueEvent = (bucketName: string, key: string): object => ({
  Records: [
    {
      messageId: randomUUID(),
      eventSource: 'aws:sqs',
      body: JSON.stringify({
        Records: [
          {
            eventVersion: '2.1',
            eventSource: 'aws:s3',
            eventName: 'ObjectCreated:Put',
            s3: {
              s3SchemaVersion: '1.0',
              bucket: { name: bucketName, arn: `arn:aws:s3:::${bucketName}` },
              object: { key: encodeURIComponent(key).replaceAll('%2F', '/') },
            },
          },
        ],
      }),
    },
  ],
});

/** As CloudWatch Logs sends what a subscription filter lets through. */
async function deliverLines({ lines }: Backlog, options: TrailFeedOptions): Promise<void> {
  const batch = lines.splice(0);
  if (batch.length === 0) return;
  const message = {
    messageType: 'DATA_MESSAGE',
    owner: options.configuration.deployment.accountId,
    logGroup: 'access-log',
    logStream: 'local',
    subscriptionFilters: ['local'],
    logEvents: batch.map((line, index) => ({ id: String(index), timestamp: 0, message: line })),
  };
  await tell({ awslogs: { data: gzipSync(JSON.stringify(message)).toString('base64') } }, options);
}

import { gunzipSync } from 'node:zlib';
import * as z from 'zod';
import type { GatewayLine } from './reconciliation-ports.ts';

/** What the reconciler is invoked with. */
export type Invocation =
  /** Of the queue: which objects of S3 are new. */
  | { readonly kind: 'messages'; readonly messages: readonly TrailMessage[] }
  /** Of EventBridge: one CloudTrail record. */
  | { readonly kind: 'event'; readonly id: string; readonly record: unknown }
  /** Of CloudWatch Logs: lines of the API's access log. */
  | { readonly kind: 'access-log'; readonly lines: readonly GatewayLine[]; readonly unreadable: number }
  /** Of the schedule. */
  | { readonly kind: 'task'; readonly task: ReconcilerTask };

export const reconcilerTasks = ['sweep', 'settle'] as const;

export type ReconcilerTask = (typeof reconcilerTasks)[number];

/** How often each is done. */
export const taskMinutes: Readonly<Record<ReconcilerTask, number>> = { sweep: 1, settle: 10 };

export interface TrailMessage {
  readonly messageId: string;
  /** `undefined`: the message says nothing that is understood. */
  readonly objects: readonly TrailObjectName[] | undefined;
}

export interface TrailObjectName {
  readonly bucketName: string;
  readonly key: string;
}

const text = z.string().max(2048);

const queueEvent = z.object({
  Records: z.array(
    z.object({ eventSource: z.literal('aws:sqs'), messageId: text, body: z.string().max(1_048_576) }),
  ),
});

/** EventBridge's name of CloudTrail's record of a call. Source: EventBridge guide, "AWS service events delivered via CloudTrail". */
export const apiCallDetailType = 'AWS API Call via CloudTrail';

const busEvent = z.object({
  'detail-type': z.literal(apiCallDetailType),
  id: text,
  detail: z.unknown(),
});

const logsEvent = z.object({ awslogs: z.object({ data: z.string().max(8_388_608) }) });

const taskEvent = z.strictObject({ task: z.enum(reconcilerTasks) });

/** @throws TypeError for any other event; nothing of it is in the message */
export function readInvocation(event: unknown): Invocation {
  const queued = queueEvent.safeParse(event);
  if (queued.success) return { kind: 'messages', messages: queued.data.Records.map(toTrailMessage) };
  const sent = busEvent.safeParse(event);
  if (sent.success) return { kind: 'event', id: sent.data.id, record: sent.data.detail };
  const logged = logsEvent.safeParse(event);
  if (logged.success) return { kind: 'access-log', ...readAccessLog(logged.data.awslogs.data) };
  const scheduled = taskEvent.safeParse(event);
  if (scheduled.success) return { kind: 'task', task: scheduled.data.task };
  throw new TypeError(
    'no such event is taken: allowed are those of the queue, the bus, the log and the schedule',
  );
}

const s3Event = z.object({
  Records: z.array(
    z.object({
      eventSource: z.literal('aws:s3'),
      s3: z.object({ bucket: z.object({ name: text }), object: z.object({ key: text }) }),
    }),
  ),
});

/** What S3 says when notifications are set up. Source: S3 guide, "Event message structure". */
const s3TestEvent = z.object({ Event: z.literal('s3:TestEvent') });

/** What CloudTrail says itself, where the trail has a topic. Source: CloudTrail guide, "Configuring Amazon SNS notifications". */
const trailNotice = z.object({ s3Bucket: text, s3ObjectKey: z.array(text) });

const snsNotification = z.object({ Type: z.literal('Notification'), Message: z.string() });

const toTrailMessage = ({ messageId, body }: { readonly messageId: string; readonly body: string }) => ({
  messageId,
  objects: readObjects(parseJson(body)),
});

function readObjects(body: unknown): readonly TrailObjectName[] | undefined {
  const wrapped = snsNotification.safeParse(body);
  const said = wrapped.success ? parseJson(wrapped.data.Message) : body;
  const created = s3Event.safeParse(said);
  if (created.success)
    return created.data.Records.map(({ s3 }) => ({
      bucketName: s3.bucket.name,
      key: decodeKey(s3.object.key),
    }));
  const notice = trailNotice.safeParse(said);
  if (notice.success)
    return notice.data.s3ObjectKey.map((key) => ({ bucketName: notice.data.s3Bucket, key }));
  return s3TestEvent.safeParse(said).success ? [] : undefined;
}

/** S3 encodes keys as a form does. One that can't be decoded names no object of a trail. */
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}

/** Bytes: CloudWatch Logs sends 1 MB at most, before it is packed. */
const maxLogBytes = 8 * 1024 * 1024;

const logBatch = z.object({
  messageType: z.string(),
  logEvents: z.array(z.object({ message: z.string() })),
});

/** API Gateway writes `-` for what there is not. */
const orAbsent = z
  .string()
  .max(1024)
  .transform((value) => (value === '-' || value === '' ? undefined : value))
  .nullish();

const accessLogLine = z.object({
  extendedRequestId: z.string().min(2).max(128),
  principalId: orAbsent,
  accountId: orAbsent,
  userArn: orAbsent,
  status: z
    .string()
    .regex(/^\d{3}$/)
    .transform(Number)
    .optional()
    .catch(undefined),
  // A text, as everything in the line is. Without it the line is taken for a late one.
  requestTimeEpochMs: z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .optional()
    .catch(undefined),
});

/** @throws TypeError for what is no batch of CloudWatch Logs */
function readAccessLog(data: string): {
  readonly lines: readonly GatewayLine[];
  readonly unreadable: number;
} {
  const batch = logBatch.safeParse(unpack(data));
  if (!batch.success) throw new TypeError('no batch of CloudWatch Logs');
  // A control message asks whether anybody is there.
  if (batch.data.messageType !== 'DATA_MESSAGE') return { lines: [], unreadable: 0 };
  const lines = batch.data.logEvents.map(({ message }) => toGatewayLine(parseJson(message)));
  const readable = lines.filter((line) => line !== undefined);
  return { lines: readable, unreadable: lines.length - readable.length };
}

function unpack(data: string): unknown {
  try {
    return parseJson(
      gunzipSync(Buffer.from(data, 'base64'), { maxOutputLength: maxLogBytes }).toString('utf8'),
    );
  } catch {
    return undefined;
  }
}

function toGatewayLine(line: unknown): GatewayLine | undefined {
  const parsed = accessLogLine.safeParse(line);
  if (!parsed.success) return undefined;
  const { extendedRequestId, principalId, accountId, userArn, status, requestTimeEpochMs } = parsed.data;
  return {
    gatewayRequestId: extendedRequestId,
    ...(typeof principalId === 'string' ? { principalId } : {}),
    ...(typeof accountId === 'string' ? { accountId } : {}),
    ...(typeof userArn === 'string' ? { userArn } : {}),
    ...(status === undefined ? {} : { status }),
    ...(requestTimeEpochMs === undefined ? {} : { requestTimeMs: requestTimeEpochMs }),
  };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

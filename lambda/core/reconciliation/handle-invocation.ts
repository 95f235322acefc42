import type { Logger } from '../logger.ts';
import { sha256 } from '../sha256.ts';
import type { Found } from './complete-row.ts';
import type { Discovery } from './finding.ts';
import type { HearLine } from './hear-line.ts';
import { hearLines } from './hear-lines.ts';
import {
  type ReconcilerTask,
  readInvocation,
  type TrailMessage,
  type TrailObjectName,
} from './read-invocation.ts';
import type { ReconcileRecords, RecordsOutcome } from './reconcile-records.ts';
import type { FindingStore, GatewayLine } from './reconciliation-ports.ts';
import type { Settlement } from './settle.ts';
import type { Sweep } from './sweep-pending.ts';

/** The objects of the trail. */
export interface TrailObjects {
  /** Whose events the object of that name has. `undefined`: none that are compared, as digests, which are left alone. */
  findAccount(object: TrailObjectName): string | undefined;
  /** Its records, one after the other; `undefined` for one that is no JSON, or too long. Rejects when it cannot be read. */
  read(key: string): AsyncIterable<unknown>;
  /** Whether an object can't be read however often one tries. What it says is wrong holds nothing of the object. */
  isUnreadable(error: unknown): error is Error;
}

export interface HandleInvocationPorts {
  readonly reconcileRecords: ReconcileRecords;
  readonly objects: TrailObjects;
  readonly findings: FindingStore;
  /** The broker's own. */
  readonly accountId: string;
  readonly hearLine: HearLine;
  readonly tasks: Readonly<Record<'sweep', (hasTime: () => boolean) => Promise<Sweep>>> &
    Readonly<Record<'settle', (hasTime: () => boolean) => Promise<Settlement>>>;
  readonly logger: Logger;
}

/** What is left of the time that Lambda gives. */
export type RemainingMs = () => number;

/** Of messages of the queue those that have to come again. */
export interface Handled {
  readonly failedMessageIds: readonly string[];
}

/** Milliseconds that are kept for what is under way. */
const reserveMs = 15_000;

/** Records that are handed over at once. */
const recordsAtOnce = 256;

/**
 * Takes whatever the reconciler is invoked with. Rejects when an invocation has to come again as a whole; nothing of an
 * event is in the error.
 */
export function createHandleInvocation(ports: HandleInvocationPorts) {
  const { reconcileRecords, logger } = ports;

  return async (event: unknown, remainingMs: RemainingMs): Promise<Handled> => {
    const hasTime = () => remainingMs() > reserveMs;
    const invocation = readInvocation(event);
    switch (invocation.kind) {
      case 'messages':
        return { failedMessageIds: await readMessages(invocation.messages, hasTime, ports) };
      case 'event': {
        const outcome = await reconcileRecords([invocation.record], `eventbridge:${invocation.id}`);
        report(outcome.found, logger);
        if (outcome.counts.joined + outcome.counts.unaudited > 0)
          logger.info('reconciled', { source: 'eventbridge', ...outcome.counts });
        // What waits for another region's row comes again with the trail's object.
        if (outcome.counts.failed > 0) throw new Error('a CloudTrail event could not be reconciled');
        return nothingFailed;
      }
      case 'access-log':
        if (invocation.unreadable > 0) logger.warn('access log unreadable', { lines: invocation.unreadable });
        await readLines(invocation.lines, hasTime, ports);
        return nothingFailed;
      case 'task':
        await runTask(invocation.task, hasTime, ports);
        return nothingFailed;
    }
  };
}

const nothingFailed: Handled = { failedMessageIds: [] };

async function runTask(
  task: ReconcilerTask,
  hasTime: () => boolean,
  { tasks, logger }: HandleInvocationPorts,
): Promise<void> {
  if (task === 'sweep') {
    const run = await tasks.sweep(hasTime);
    if (run.looked + run.failed > 0 || run.hasMore) logger.info('swept', { ...run });
    return;
  }
  const { found, ...run } = await tasks.settle(hasTime);
  report(found, logger);
  logger.info('settled', { ...run, found: found.length });
}

async function readLines(
  lines: readonly GatewayLine[],
  hasTime: () => boolean,
  { hearLine, logger }: HandleInvocationPorts,
): Promise<void> {
  const { found, failures } = await hearLines(lines, { hearLine, hasTime });
  report(found, logger);
  const [error] = failures;
  if (error === undefined) return;
  logger.error('access log not kept', { lines: lines.length, failures: failures.length, error });
  throw new Error('lines of the access log could not be kept or compared');
}

/** One after the other, so that memory holds one object's records; what there is no time for comes again. */
async function readMessages(
  messages: readonly TrailMessage[],
  hasTime: () => boolean,
  ports: HandleInvocationPorts,
): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const { messageId, objects } of messages) {
    if (objects === undefined) ports.logger.error('message not understood', { messageId });
    const isDone = objects !== undefined && (await readObjects(objects, hasTime, ports));
    if (!isDone) failed.push(messageId);
  }
  return failed;
}

async function readObjects(
  objects: readonly TrailObjectName[],
  hasTime: () => boolean,
  ports: HandleInvocationPorts,
): Promise<boolean> {
  let isDone = true;
  for (const object of objects) {
    if (ports.objects.findAccount(object) === undefined) continue;
    if (!hasTime() || !(await readObject(object, ports))) isDone = false;
  }
  return isDone;
}

/** `false` when it has to be read again. */
async function readObject(object: TrailObjectName, ports: HandleInvocationPorts): Promise<boolean> {
  const { bucketName, key } = object;
  const { findings, logger, objects, accountId } = ports;
  const foundIn = `s3://${bucketName}/${key}`;
  try {
    const { counts, broken } = await reconcileObject(key, foundIn, ports);
    const isOwn = objects.findAccount(object) === accountId;
    logger.info('reconciled', { source: foundIn, isOwn, ...counts });
    if (broken !== undefined) {
      const discovery = toUnreadableObject(foundIn, broken.message);
      report([{ discovery, ...(await findings.record(discovery)) }], logger);
    }
    return counts.failed + counts.deferred === 0;
  } catch (error) {
    logger.error('trail object not read', { source: foundIn, error });
    return false;
  }
}

type Counts = RecordsOutcome['counts'];

/** What was read of one that breaks is reconciled as well; `broken` says why it ends there. */
async function reconcileObject(
  key: string,
  foundIn: string,
  { objects, reconcileRecords, logger }: HandleInvocationPorts,
): Promise<{ readonly counts: Counts; readonly broken?: Error }> {
  let total: Counts | undefined;
  let batch: unknown[] = [];
  const flush = async (): Promise<void> => {
    const { counts, found } = await reconcileRecords(batch, foundIn);
    batch = [];
    report(found, logger);
    total = total === undefined ? counts : add(total, counts);
  };
  let broken: Error | undefined;
  try {
    for await (const record of objects.read(key)) {
      batch.push(record);
      if (batch.length >= recordsAtOnce) await flush();
    }
  } catch (error) {
    if (!objects.isUnreadable(error)) throw error;
    broken = error;
  }
  await flush();
  if (total === undefined) throw new TypeError('an object was read without a count');
  return { counts: total, ...(broken === undefined ? {} : { broken }) };
}

const add = (one: Counts, other: Counts): Counts =>
  Object.fromEntries(
    Object.entries(one).map(([name, count]) => [name, count + other[name as keyof Counts]]),
  ) as Counts;

/** One that keeps others' records from being read, whatever it is. */
const toUnreadableObject = (foundIn: string, problem: string): Discovery => ({
  id: `unreadable-event-object-${sha256(foundIn).toString('hex').slice(0, 40)}`,
  kind: 'unreadable-event',
  severity: 'critical',
  summary: `an object of the trail cannot be read to its end, so that nobody knows what is in it: ${problem}`,
  event: { foundIn },
  differences: [],
});

/** One line for each that is new: an alarm counts them. Values stay in the table. */
function report(found: readonly Found[], logger: Logger): void {
  for (const { discovery, isNew } of found) {
    if (!isNew) continue;
    const { id, kind, severity, summary, issuanceId, event } = discovery;
    const fields = {
      ...{ findingId: id, kind, severity, summary, issuanceId },
      ...{ eventId: event?.eventId, foundIn: event?.foundIn },
    };
    if (severity === 'warning') logger.warn('finding', fields);
    else logger.error('finding', fields);
  }
}

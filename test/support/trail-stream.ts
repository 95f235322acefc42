import { randomUUID } from 'node:crypto';
import { ulid } from 'ulid';
import type { Issuance } from '../../lambda/core/issuance.ts';
import { toPrincipalId } from '../../lambda/core/principal-id.ts';
import { aLogBatch, anEnvelope, anObject, type TestReconciler } from './a-reconciler.ts';
import { outcomes } from './an-issuance.ts';
import { aRecordOf, aRow } from './reconciling.ts';
import { aTrailRecord, issuerIdentity, type RawRecord, sessionIdentity } from './trail-records.ts';

/** An issuance, CloudTrail's record of it, and the access log's line. */
export interface Issued {
  readonly row: Issuance;
  readonly record: RawRecord;
  readonly line: object;
}

/** An issuance of a minute ago, unless it is told otherwise. */
export function anIssuanceAndRecord(changes: Parameters<typeof aRow>[0] = {}): Issued {
  const ms = Date.now() - 60_000;
  const id = ulid(ms);
  const row = aRow(
    {
      ...{ id, createdAt: new Date(ms).toISOString(), gatewayRequestId: `g-${id}` },
      expiresAtSeconds: Math.floor(ms / 1000) + 86_400,
      ...changes,
    },
    { ...outcomes.ISSUED, stsRequestId: randomUUID(), accessKeyId: `ASIA${id.slice(-16)}` },
  );
  const record = aRecordOf(row, {
    ...{ eventId: randomUUID(), sharedEventId: randomUUID() },
    eventTime: toEventTime(ms),
  });
  const principalId = toPrincipalId(row.principal);
  return { row, record, line: { extendedRequestId: row.gatewayRequestId, principalId, accountId: '-' } };
}

const toEventTime = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** A session that somebody made with the broker's role, behind its back. */
export const aRogueRecord = (): RawRecord =>
  aTrailRecord({
    ...{ eventName: 'AssumeRole', userIdentity: issuerIdentity, accessKeyId: 'ASIAROGUE00000000000' },
    requestParameters: { roleArn: 'arn:aws:iam::222222222222:role/Admin', roleSessionName: 'me' },
    ...{ eventId: randomUUID(), eventTime: toEventTime(Date.now()) },
  });

/** What others do in the account. */
export const aForeignRecord = (eventSource = 'sts.amazonaws.com'): RawRecord => ({
  ...aTrailRecord({
    eventName: 'AssumeRole',
    userIdentity: sessionIdentity('arn:aws:iam::111111111111:role/Somebody', 'else'),
    requestParameters: { roleArn: 'arn:aws:iam::111111111111:role/Other', roleSessionName: 'x' },
    ...{ accessKeyId: 'ASIAFOREIGN000000000', eventTime: toEventTime(Date.now()) },
  }),
  eventSource,
});

export interface StreamOptions {
  /** Events of the bus, the broker's own among them. */
  readonly total: number;
  readonly issuances: number;
  readonly rogues: number;
  /** Hears how many were delivered. */
  readonly onProgress?: (delivered: number) => void;
}

/** What should be empty. */
export interface StreamOutcome {
  /** Issuances that were not matched. */
  readonly unmatched: readonly string[];
  /** Sessions made behind the broker's back that no finding names. */
  readonly unnamed: readonly string[];
  /** Issuances that a finding names though nothing is wrong with them. */
  readonly accused: readonly string[];
}

/** Deliveries at once. */
const atOnce = 250;

/**
 * Sends a stream of the bus's events in random order: each tenth of the broker's own is lost, every third comes twice.
 * Then comes the trail's object, which has what the bus lost.
 */
export async function runStream(
  reconciler: TestReconciler,
  { total, issuances, rogues, onProgress = () => {} }: StreamOptions,
): Promise<StreamOutcome> {
  const made = Array.from({ length: issuances }, () => anIssuanceAndRecord());
  const behind = Array.from({ length: rogues }, aRogueRecord);
  for (const { row } of made) await reconciler.record(row);
  await reconciler.invoke(aLogBatch(made.map(({ line }) => line)));
  const records = made.map(({ record }) => record);
  const ours = [
    ...records.filter((_, index) => index % 10 !== 0),
    ...records.filter((_, index) => index % 10 !== 0 && index % 3 === 0),
    ...behind,
    ...behind,
  ];
  const foreign = [aForeignRecord(), aForeignRecord('s3.amazonaws.com')];
  const others = Array.from({ length: total - ours.length }, (_, index) => foreign[index % 2] ?? {});
  const stream = shuffle([...ours, ...others]);
  for (let index = 0; index < stream.length; index += atOnce) {
    const events = stream.slice(index, index + atOnce);
    await Promise.all(events.map((record) => reconciler.invoke(anEnvelope(record))));
    onProgress(index + events.length);
  }
  await reconciler.invoke({ Records: [await reconciler.putObject(anObject(shuffle(records)))] });

  const rows = await reconciler.rows();
  const findings = await reconciler.findings();
  const ids = new Set(findings.map(({ id }) => id));
  const accused = new Set(findings.map(({ issuanceId }) => issuanceId));
  return {
    unmatched: made.map(({ row }) => row.id).filter((id) => rows.get(id)?.['match'] !== 'MATCHED'),
    unnamed: behind
      .map(({ eventID }) => String(eventID))
      .filter((id) => !ids.has(`unaudited-issuance-${id}`)),
    accused: made.map(({ row }) => row.id).filter((id) => accused.has(id)),
  };
}

/** Fisher and Yates. */
function shuffle<Item>(items: readonly Item[]): Item[] {
  const shuffled = [...items];
  for (let index = shuffled.length - 1; index > 0; index -= 1) {
    const other = Math.floor(Math.random() * (index + 1));
    const [one, two] = [shuffled[index], shuffled[other]];
    if (one !== undefined) shuffled[other] = one;
    if (two !== undefined) shuffled[index] = two;
  }
  return shuffled;
}

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import { createDynamodbIssuanceRecorder } from '../../../lambda/adapters/dynamodb-issuance-recorder.ts';
import { fromItem, toDayKey, toOpenKey } from '../../../lambda/adapters/issuance-item.ts';
import { AuditUnavailableError } from '../../../lambda/core/errors.ts';
import type { Outcome } from '../../../lambda/core/issuance.ts';
import type { IssuanceRecorder } from '../../../lambda/core/ports.ts';
import { aDenial, anIntent, hops, outcomes } from '../../support/an-issuance.ts';
import { type Item, startIssuanceTable, type TestIssuanceTable } from '../../support/an-issuance-table.ts';
import { nowMs } from '../../support/tokens.ts';

let table: TestIssuanceTable;
let recorder: IssuanceRecorder;

beforeAll(async () => {
  table = await startIssuanceTable();
  recorder = createDynamodbIssuanceRecorder({
    client: await table.clientOf('issuer'),
    tableName: table.tableName,
    pause: async () => {},
  });
});

afterAll(() => table.stop());

const newId = () => ulid(nowMs);
const aNewIntent = () => anIntent({ id: newId() });

async function aPendingIntent() {
  const intent = aNewIntent();
  await recorder.recordIntent(intent);
  return intent;
}

const indexKeys = (row: Item | undefined) => {
  const { principalId, day, open, accessKeyId } = row ?? {};
  return { principalId: principalId?.S, day: day?.S, open: open?.S, accessKeyId: accessKeyId?.S };
};

describe('recorded intent', () => {
  it('is a PENDING row of all that it says', async () => {
    const { nonce, ...intent } = aNewIntent();

    await recorder.recordIntent({ nonce, ...intent });

    const row = (await table.row(intent.id)) ?? {};
    expect(fromItem(row)).toEqual({ ...intent, state: 'PENDING' });
    expect(row['nonce']).toEqual({ S: nonce });
  });

  it('is indexed as open alone', async () => {
    const { id } = await aPendingIntent();

    expect(indexKeys(await table.row(id))).toEqual({ open: toOpenKey('PENDING', id) });
  });

  it('never replaces another row of the same id', async () => {
    const first = await aPendingIntent();
    const second = { ...first, nonce: 'another', profile: 'ci-deploy' };

    await expect(recorder.recordIntent(second)).rejects.toThrow(AuditUnavailableError);
    expect(fromItem((await table.row(first.id)) ?? {})).toMatchObject({ profile: first.profile });
  });

  it('never replaces a finished row of the same id', async () => {
    const intent = await aPendingIntent();
    await recorder.recordOutcome(intent, outcomes.ISSUED);
    const before = await table.row(intent.id);

    await expect(recorder.recordIntent({ ...intent, nonce: 'another' })).rejects.toThrow(
      AuditUnavailableError,
    );
    expect(await table.row(intent.id)).toEqual(before);
  });

  it('is there for each of 200 at once that is said to be there (B71)', async () => {
    const intents = Array.from({ length: 200 }, aNewIntent);

    // A slow machine may refuse some after two seconds; what is confirmed must be there.
    const settled = await Promise.allSettled(intents.map((intent) => recorder.recordIntent(intent)));

    const ids = new Set((await table.rows()).map((row) => row['id']?.S));
    const confirmed = intents.filter((_, index) => settled[index]?.status === 'fulfilled');
    expect(confirmed.length).toBeGreaterThan(0);
    expect(confirmed.filter(({ id }) => !ids.has(id))).toEqual([]);
    expect(new Set(intents.map(({ id }) => id)).size).toBe(200);
  });
});

describe('recorded denial', () => {
  it('is a DENIED row of all that it says, finished at once', async () => {
    const { nonce, ...denial } = aDenial({ id: newId() });

    await recorder.recordDenial({ nonce, ...denial });

    const row = fromItem((await table.row(denial.id)) ?? {});
    expect(row).toEqual({ ...denial, state: 'DENIED', finishedAt: denial.createdAt });
  });

  it('is indexed for the readers, and not as open', async () => {
    const denial = aDenial({ id: newId() });

    await recorder.recordDenial(denial);

    expect(indexKeys(await table.row(denial.id))).toEqual({
      principalId: 'okta.alice@example.com',
      day: toDayKey(denial.id, denial.createdAt),
    });
  });

  it('can hold no text where a client sent none', async () => {
    const denial = aDenial({ id: newId(), userAgent: '', detail: '' });

    await recorder.recordDenial(denial);

    expect(fromItem((await table.row(denial.id)) ?? {})).toMatchObject({ userAgent: '', detail: '' });
  });
});

describe('recorded outcome', () => {
  it.each(Object.values(outcomes))('of state $state joins the row of its intent', async (outcome) => {
    const { nonce, ...intent } = await aPendingIntent();

    await recorder.recordOutcome({ nonce, ...intent }, outcome);

    expect(fromItem((await table.row(intent.id)) ?? {})).toEqual({ ...intent, ...outcome });
  });

  it.each([
    ['ISSUED', 'UNMATCHED'],
    ['REFUSED', 'UNMATCHED'],
    ['UNKNOWN', 'UNMATCHED'],
    ['FAILED', undefined],
  ] as const)('of state %s is indexed for the readers, and as open with %s', async (state, open) => {
    const intent = await aPendingIntent();

    await recorder.recordOutcome(intent, outcomes[state]);

    const outcome: Outcome = outcomes[state];
    expect(indexKeys(await table.row(intent.id))).toEqual({
      principalId: 'okta.alice@example.com',
      day: toDayKey(intent.id, intent.createdAt),
      ...(open === undefined ? {} : { open: toOpenKey(open, intent.id) }),
      ...(outcome.accessKeyId === undefined ? {} : { accessKeyId: outcome.accessKeyId }),
    });
  });

  it.each(Object.values(outcomes))(
    'of state $state after sessions on the way has them in its row, in order',
    async (outcome) => {
      const { nonce, ...intent } = await aPendingIntent();

      await recorder.recordOutcome({ nonce, ...intent }, { ...outcome, hops });

      expect(fromItem((await table.row(intent.id)) ?? {})).toEqual({ ...intent, ...outcome, hops });
    },
  );

  it.each(Object.values(outcomes))(
    'of state $state after sessions on the way stays open: CloudTrail has an event of each',
    async (outcome) => {
      const intent = await aPendingIntent();

      await recorder.recordOutcome(intent, { ...outcome, hops: hops.slice(0, 1) });

      expect(indexKeys(await table.row(intent.id)).open).toBe(toOpenKey('UNMATCHED', intent.id));
    },
  );

  it('is found by the access key id of the end of a chain', async () => {
    const intent = await aPendingIntent();

    await recorder.recordOutcome(intent, { ...outcomes.ISSUED, hops });

    expect(indexKeys(await table.row(intent.id)).accessKeyId).toBe(outcomes.ISSUED.accessKeyId);
  });

  it('can be told twice, and is there once', async () => {
    const intent = await aPendingIntent();
    await recorder.recordOutcome(intent, outcomes.ISSUED);
    const before = await table.row(intent.id);

    await recorder.recordOutcome(intent, outcomes.ISSUED);

    expect(await table.row(intent.id)).toEqual(before);
  });

  const changed: readonly Outcome[] = [
    outcomes.REFUSED,
    outcomes.UNKNOWN,
    { ...outcomes.ISSUED, accessKeyId: 'ASIAANOTHER000000000' },
    { ...outcomes.ISSUED, finishedAt: new Date(nowMs + 101).toISOString() },
    { state: 'ISSUED', finishedAt: outcomes.ISSUED.finishedAt, errorCode: 'more' },
    { ...outcomes.ISSUED, hops },
  ];

  it.each(changed)('cannot become %j once it is another', async (outcome) => {
    const intent = await aPendingIntent();
    await recorder.recordOutcome(intent, outcomes.ISSUED);
    const before = await table.row(intent.id);

    await expect(recorder.recordOutcome(intent, outcome)).rejects.toThrow(AuditUnavailableError);
    expect(await table.row(intent.id)).toEqual(before);
  });

  it('makes no row of its own without an intent', async () => {
    const intent = aNewIntent();

    await expect(recorder.recordOutcome(intent, outcomes.ISSUED)).rejects.toThrow(AuditUnavailableError);
    expect(await table.row(intent.id)).toBeUndefined();
  });

  it('does not finish another’s row of the same id', async () => {
    const intent = await aPendingIntent();

    const outcome = recorder.recordOutcome({ ...intent, nonce: 'another' }, outcomes.ISSUED);

    await expect(outcome).rejects.toThrow(AuditUnavailableError);
    expect(fromItem((await table.row(intent.id)) ?? {})).toMatchObject({ state: 'PENDING' });
  });

  it('does not finish a denial', async () => {
    const denial = aDenial({ id: newId() });
    await recorder.recordDenial(denial);

    const outcome = recorder.recordOutcome({ ...anIntent(), ...denial, statement: 'x' }, outcomes.ISSUED);

    await expect(outcome).rejects.toThrow(AuditUnavailableError);
    expect(fromItem((await table.row(denial.id)) ?? {})).toMatchObject({ state: 'DENIED' });
  });
});

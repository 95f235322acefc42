import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ulid } from 'ulid';
import {
  aLogBatch,
  aMessage,
  anEnvelope,
  anObject,
  aTrailKey,
  startReconciler,
  type TestReconciler,
  toNotification,
} from '../support/a-reconciler.ts';
import { trailCanary } from '../support/trail-records.ts';
import { aForeignRecord, anIssuanceAndRecord, aRogueRecord, runStream } from '../support/trail-stream.ts';

/*
 * The bundle that is deployed, with the events that AWS sends it, the permissions that it has, and real SDK clients.
 */
let reconciler: TestReconciler;

beforeAll(async () => {
  reconciler = await startReconciler();
}, 30_000);
afterAll(() => reconciler.stop());
afterEach(() => reconciler.aws.faults.clear());

const findingsOf = async (about: string) =>
  (await reconciler.findings()).filter((finding) => JSON.stringify(finding).includes(about));

const noFailures = { batchItemFailures: [] };

describe('an object of the trail', () => {
  it('is read from S3, and its event joined with the row', async () => {
    const { row, record, line } = anIssuanceAndRecord();
    await reconciler.record(row);
    await reconciler.invoke(aLogBatch([line]));
    const message = await reconciler.putObject(
      anObject([aForeignRecord(), record, aForeignRecord('s3.amazonaws.com')]),
    );

    const answer = await reconciler.invoke({ Records: [message] });

    expect(answer).toEqual(noFailures);
    const found = (await reconciler.rows()).get(row.id);
    expect(found).toMatchObject({
      state: 'ISSUED',
      match: 'MATCHED',
      event0: { eventId: record['eventID'] },
    });
    expect(found).not.toHaveProperty('open');
    expect(await findingsOf(row.id)).toEqual([]);
  });

  it('is found by what SNS and CloudTrail itself say of it as well', async () => {
    const bodies = [
      (key: string) => ({ Type: 'Notification', Message: JSON.stringify(toNotification(key)) }),
      (key: string) => ({ s3Bucket: 'daypass-trail', s3ObjectKey: [key] }),
      (key: string) => ({
        Type: 'Notification',
        Message: JSON.stringify({ s3Bucket: 'daypass-trail', s3ObjectKey: [key] }),
      }),
    ];
    for (const toBody of bodies) {
      const { row, record, line } = anIssuanceAndRecord();
      await reconciler.record(row);
      await reconciler.invoke(aLogBatch([line]));
      const key = aTrailKey();
      await reconciler.putObject(anObject([record]), key);

      expect(await reconciler.invoke({ Records: [aMessage(toBody(key))] })).toEqual(noFailures);
      expect((await reconciler.rows()).get(row.id)).toMatchObject({ match: 'MATCHED' });
    }
  });

  it('names a session that nobody wrote down, with where it is to be found', async () => {
    const rogue = aRogueRecord();
    const message = await reconciler.putObject(anObject([rogue]));

    await reconciler.invoke({ Records: [message] });
    await reconciler.invoke({ Records: [message] });

    const found = await findingsOf(String(rogue['eventID']));
    expect(found).toMatchObject([
      {
        kind: 'unaudited-issuance',
        severity: 'critical',
        state: 'OPEN',
        event: {
          accountId: '111111111111',
          region: 'eu-west-1',
          roleArn: 'arn:aws:iam::222222222222:role/Admin',
          accessKeyId: 'ASIAROGUE00000000000',
          foundIn: expect.stringMatching(/^s3:\/\/daypass-trail\/AWSLogs\/111111111111\/CloudTrail\//),
        },
      },
    ]);
    const lines = reconciler.logs.filter((line) => line.includes(found[0]?.['id']));
    expect(lines).toHaveLength(1);
  });

  it('names a row that was edited by hand', async () => {
    const { row, record, line } = anIssuanceAndRecord();
    await reconciler.record({ ...row, reason: 'another reason' });
    await reconciler.invoke(aLogBatch([line]));
    const message = await reconciler.putObject(anObject([record]));

    await reconciler.invoke({ Records: [message] });

    expect(await findingsOf(row.id)).toMatchObject([{ kind: 'edited-row', severity: 'critical' }]);
    expect((await reconciler.rows()).get(row.id)).toMatchObject({ match: 'MISMATCHED' });
  });

  it('that cannot be read is a finding, and repeats no other', async () => {
    const { row, record } = anIssuanceAndRecord();
    await reconciler.record(row);
    const messages = [
      await reconciler.putObject(Buffer.from('no gzip at all')),
      await reconciler.putObject(gzipSync('{"Records":[{"eventSource":"sts')),
      await reconciler.putObject(gzipSync('[]'.repeat(3))),
      await reconciler.putObject(anObject([record])),
    ];

    const answer = await reconciler.invoke({ Records: messages });

    expect(answer).toEqual(noFailures);
    expect((await reconciler.rows()).get(row.id)).toHaveProperty('event0');
    const unreadable = (await reconciler.findings()).filter(({ id }) =>
      id.startsWith('unreadable-event-object'),
    );
    expect(unreadable.map(({ summary }) => summary.split(': ')[1]).sort()).toEqual([
      'it ends before it is complete',
      'no gzip',
    ]);
  });

  it('that breaks off is a finding that rings, and what came before is read', async () => {
    const { row, record } = anIssuanceAndRecord();
    await reconciler.record(row);
    const message = await reconciler.putObject(gzipSync(`{"Records":[${JSON.stringify(record)},{"eventSou`));

    expect(await reconciler.invoke({ Records: [message] })).toEqual(noFailures);

    expect((await reconciler.rows()).get(row.id)).toHaveProperty('event0');
    const [key = ''] = /AWSLogs[^"]*/.exec(message.body) ?? [];
    const found = await findingsOf(key);
    expect(found).toMatchObject([
      {
        ...{ kind: 'unreadable-event', severity: 'critical', state: 'OPEN' },
        summary: expect.stringContaining('it ends before it is complete'),
      },
    ]);
    const lines = reconciler.logs.flatMap((text) => text.split('\n')).filter((line) => line.includes(key));
    const told = lines
      .filter((line) => line.includes('"message":"finding"'))
      .map((line) => JSON.parse(line.slice(line.indexOf('{'))));
    expect(told).toMatchObject([{ findingId: found[0]?.['id'], CriticalFindings: 1 }]);
  });

  it('with a record that unpacks to more than is read passes over that one, which rings', async () => {
    const [before, after] = [anIssuanceAndRecord(), anIssuanceAndRecord()];
    for (const { row } of [before, after]) await reconciler.record(row);
    const pad = `{"pad":"${'0'.repeat(2 * 1024 * 1024)}"}`;
    const bomb = gzipSync(
      `{"Records":[${JSON.stringify(before.record)},${pad},${JSON.stringify(after.record)}]}`,
    );
    expect(bomb.length).toBeLessThan(10_000);

    expect(await reconciler.invoke({ Records: [await reconciler.putObject(bomb)] })).toEqual(noFailures);

    for (const { row } of [before, after])
      expect((await reconciler.rows()).get(row.id)).toHaveProperty('event0');
    expect(await findingsOf('too long, or no JSON')).toMatchObject([
      { kind: 'unreadable-event', severity: 'critical' },
    ]);
  });

  it('that is not there fails, alone of its batch', async () => {
    const { row, record } = anIssuanceAndRecord();
    await reconciler.record(row);
    const missing = aMessage(toNotification(aTrailKey()));
    const there = await reconciler.putObject(anObject([record]));

    const answer = await reconciler.invoke({ Records: [missing, there] });

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: missing.messageId }] });
    expect((await reconciler.rows()).get(row.id)).toHaveProperty('event0');
  });

  it('comes again when the audit cannot be read', async () => {
    const { row, record } = anIssuanceAndRecord();
    await reconciler.record(row);
    const message = await reconciler.putObject(anObject([record]));
    reconciler.aws.faults.replace([{ service: 'dynamodb', operation: 'GetItem', kind: 'accessdenied' }]);

    const answer = await reconciler.invoke({ Records: [message] });
    reconciler.aws.faults.clear();
    const again = await reconciler.invoke({ Records: [message] });

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: message.messageId }] });
    expect(again).toEqual(noFailures);
    expect((await reconciler.rows()).get(row.id)).toHaveProperty('event0');
  });

  it.each([
    ['of another bucket', toNotification(aTrailKey(), 'another-bucket')],
    ['that is a digest', toNotification(aTrailKey('111111111111', 'CloudTrail-Digest'))],
    ['of Insights', toNotification(aTrailKey('111111111111', 'CloudTrail-Insight'))],
    ['that only looks like one', toNotification(`x${aTrailKey()}`)],
    ['outside of the folder', toNotification(aTrailKey().replace('111111111111/', '111111111111/../'))],
    ['of a test of the notifications', { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'b' }],
  ])('%s is left alone', async (_case, body) => {
    expect(await reconciler.invoke({ Records: [aMessage(body)] })).toEqual(noFailures);
  });

  it.each([
    ['no JSON', 'hello'],
    ['nothing known', { hello: 1 }],
    ['another service', { Records: [{ eventSource: 'aws:sns' }] }],
  ])('is not known by a message of %s, which becomes a dead letter', async (_case, body) => {
    const message = aMessage(body);

    expect(await reconciler.invoke({ Records: [message] })).toEqual({
      batchItemFailures: [{ itemIdentifier: message.messageId }],
    });
  });
});

describe('an event of the bus', () => {
  it('is joined with its row, before the outcome as well', async () => {
    const { row, record } = anIssuanceAndRecord();
    await reconciler.record({ ...row, state: 'PENDING' });

    await reconciler.invoke(anEnvelope(record));

    expect((await reconciler.rows()).get(row.id)).toMatchObject({ state: 'PENDING', event0: {} });
  });

  it('names a session that nobody wrote down at once', async () => {
    const rogue = aRogueRecord();

    await reconciler.invoke(anEnvelope(rogue, 'the-event'));

    expect(await findingsOf(String(rogue['eventID']))).toMatchObject([
      { kind: 'unaudited-issuance', event: { foundIn: 'eventbridge:the-event' } },
    ]);
  });

  it('fails when the audit cannot be read, and says nothing of what was in it', async () => {
    const { row, record } = anIssuanceAndRecord();
    await reconciler.record(row);
    reconciler.aws.faults.replace([{ service: 'dynamodb', kind: 'accessdenied' }]);

    await expect(reconciler.invoke(anEnvelope(record))).rejects.toThrow(
      'a CloudTrail event could not be reconciled',
    );
  });
});

describe('the access log', () => {
  it('is kept line by line, and a question of CloudWatch Logs whether anybody is there is not', async () => {
    const line = { extendedRequestId: `line-${randomUUID()}`, principalId: '-', accountId: '222222222222' };

    await reconciler.invoke(aLogBatch([line, { other: 1 }]));
    await reconciler.invoke(aLogBatch([{ ...line, extendedRequestId: 'control' }], 'CONTROL_MESSAGE'));

    const text = await reconciler.tablesText();
    expect(text).toContain(`gateway#${line.extendedRequestId}`);
    expect(text).not.toContain('gateway#control');
    expect(reconciler.logs.join('\n')).toContain('access log unreadable');
  });

  it('with another principal than the row is a finding', async () => {
    const { row, record, line } = anIssuanceAndRecord();
    await reconciler.record(row);
    await reconciler.invoke(aLogBatch([{ ...line, principalId: 'somebody-else' }]));

    await reconciler.invoke({ Records: [await reconciler.putObject(anObject([record]))] });

    expect(await findingsOf(row.id)).toMatchObject([{ kind: 'other-principal', severity: 'critical' }]);
  });
});

describe('the access log under /iam/v1', () => {
  it.each([
    ['the role', 'Deployer', []],
    ['another role of the account', 'Intern', [{ kind: 'other-principal', severity: 'critical' }]],
  ])('is compared with the row by who signed: %s', async (_who, roleName, findings) => {
    const subject = 'arn:aws:iam::222222222222:role/Deployer';
    const { row, record, line } = anIssuanceAndRecord({ principal: { issuer: 'aws', subject } });
    const userArn = `arn:aws:sts::222222222222:assumed-role/${roleName}/ci`;
    await reconciler.record(row);
    await reconciler.invoke(
      aLogBatch([{ ...line, principalId: '-', accountId: '222222222222', userArn, status: '200' }]),
    );

    await reconciler.invoke({ Records: [await reconciler.putObject(anObject([record]))] });

    expect(await findingsOf(row.id)).toMatchObject(findings);
  });
});

describe('the schedule', () => {
  it('sweeps rows that were never finished', async () => {
    const ms = Date.now() - 10 * 60_000;
    const { row } = anIssuanceAndRecord({ id: ulid(ms), createdAt: new Date(ms).toISOString() });
    await reconciler.record({ ...row, state: 'PENDING' });

    expect(await reconciler.invoke({ task: 'sweep' })).toEqual(noFailures);

    expect((await reconciler.rows()).get(row.id)).toMatchObject({ state: 'UNKNOWN', errorCode: 'swept' });
  });

  it('finds what CloudTrail has nothing of, and a late event heals it', async () => {
    const ms = Date.now() - 3 * 3_600_000;
    const id = ulid(ms);
    const { row, record, line } = anIssuanceAndRecord({ id, createdAt: new Date(ms).toISOString() });
    await reconciler.record(row);
    await reconciler.invoke(aLogBatch([line]));

    await reconciler.invoke({ task: 'settle' });
    const missing = (await reconciler.rows()).get(id);
    const found = await findingsOf(`missing-from-cloudtrail-${id}`);
    await reconciler.invoke({ Records: [await reconciler.putObject(anObject([record]))] });

    expect(missing).toMatchObject({ match: 'MISSING' });
    expect(missing).not.toHaveProperty('open');
    expect(found).toMatchObject([{ kind: 'missing-from-cloudtrail', state: 'OPEN' }]);
    expect((await reconciler.rows()).get(id)).toMatchObject({ match: 'MATCHED' });
    expect(await findingsOf(`missing-from-cloudtrail-${id}`)).toMatchObject([{ state: 'RESOLVED' }]);
  });
});

describe('any other event', () => {
  it.each([
    ['nothing', {}],
    ['an unknown task', { task: 'drop' }],
    ['a task with more', { task: 'sweep', force: true }],
    ['another event of the bus', { ...anEnvelope({}), 'detail-type': 'Scheduled Event' }],
    ['a log batch that is none', { awslogs: { data: 'AAAA' } }],
    ['a log batch that is a bomb', aLogBatch([{ pad: '0'.repeat(20_000_000) }])],
  ])('is refused: %s', async (_case, event) => {
    await expect(reconciler.invoke(event)).rejects.toThrow();
  });
});

describe('a session token', () => {
  it('is in no row, finding, witness, log or error', async () => {
    const text = `${await reconciler.tablesText()}\n${reconciler.logs.join('\n')}`;

    expect(text).toContain('unaudited-issuance');
    expect(text).not.toContain(trailCanary);
  });
});

describe('a long stream of the bus', () => {
  const total = 100_000;

  it(`of ${total} events, in random order, with duplicates and gaps, ends where it should`, async () => {
    const outcome = await runStream(reconciler, { total, issuances: 150, rogues: 10 });

    expect(outcome).toEqual({ unmatched: [], unnamed: [], accused: [] });
  }, 120_000);
});

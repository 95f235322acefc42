import {
  EventBridgeClient,
  ListRulesCommand,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type KeptEvent, keptEvents } from '../../../../local/aws/events/events.ts';
import { admin, aWorld, home, outcome, policy, startTestAws, type TestAws } from '../an-embedded-aws.ts';

const limited = { accessKeyId: 'AKIALIMITEDLIMITED01', secretAccessKey: 'b'.repeat(40) };
const bus = `arn:aws:events:eu-west-1:${home}:event-bus/default`;

const world = aWorld({
  [home]: {
    users: {
      limited: {
        ...limited,
        policies: [
          policy({
            ...{ Effect: 'Allow', Action: 'events:PutEvents', Resource: bus },
            Condition: {
              StringEquals: { 'events:source': 'daypass', 'events:detail-type': ['One', 'Other'] },
            },
          }),
        ],
      },
    },
  },
});

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws(world, { now: () => Date.now() });
});
afterAll(() => aws.stop());
beforeEach(() => aws.faults.clear());

const toClient = (credentials: typeof limited = admin) =>
  new EventBridgeClient({
    ...{ endpoint: aws.url, region: 'eu-west-1', maxAttempts: 1, credentials: { ...credentials } },
    requestHandler: { httpAgent: { keepAlive: false } },
  });

const put = (entries: readonly Partial<PutEventsRequestEntry>[], credentials: typeof limited = admin) =>
  toClient(credentials).send(
    new PutEventsCommand({ Entries: entries.map((entry) => ({ ...anEntry, ...entry })) }),
  );

const anEntry = { Source: 'daypass', DetailType: 'One', Detail: '{"a":1}' };

const kept = async () => {
  const answer = await fetch(`${aws.url}/_local/events`);
  return ((await answer.json()) as { readonly Events: readonly KeptEvent[] }).Events;
};

describe('the embedded EventBridge', () => {
  it('keeps what is put, in the form in which rules get it', async () => {
    const { Entries, FailedEntryCount } = await put([{}]);

    expect(FailedEntryCount).toBe(0);
    expect((await kept()).at(-1)).toEqual({
      ...{ version: '0', id: Entries?.[0]?.EventId, 'detail-type': 'One', source: 'daypass', account: home },
      ...{ time: expect.any(String), region: 'eu-west-1', resources: [], detail: { a: 1 } },
    });
  });

  it('answers each entry by itself', async () => {
    const { Entries, FailedEntryCount } = await put([{ Detail: 'no JSON' }, {}, { Source: 'aws.sts' }]);

    expect(FailedEntryCount).toBe(2);
    expect(Entries?.map(({ EventId, ErrorCode }) => ErrorCode ?? typeof EventId)).toEqual([
      ...['MalformedDetail', 'string', 'NotAuthorizedForSourceException'],
    ]);
  });

  it.each<[string, readonly Partial<PutEventsRequestEntry>[], string]>([
    ['its own source and type', [{}, { DetailType: 'Other' }], 'granted'],
    ['another source', [{ Source: 'daypassx' }], 'AccessDeniedException'],
    ['another type', [{ DetailType: 'Else' }], 'AccessDeniedException'],
    ['another source in the second entry', [{}, { Source: 'payroll' }], 'AccessDeniedException'],
  ])('decides by the policy of whoever puts: %s', async (_what, entries, expected) => {
    const before = (await kept()).length;

    expect((await outcome(put(entries, limited))).split(':')[0]).toBe(expected);
    expect((await kept()).length - before).toBe(expected === 'granted' ? entries.length : 0);
  });

  it.each<[string, readonly Partial<PutEventsRequestEntry>[]]>([
    ['none', []],
    ['eleven', Array.from({ length: 11 }, () => ({}))],
    [
      'more than 256 KB together',
      [{ Detail: `"${'x'.repeat(150_000)}"` }, { Detail: `"${'x'.repeat(150_000)}"` }],
    ],
    ['another bus', [{ EventBusName: 'security' }]],
    ['no source', [{ Source: '' }]],
  ])('takes no call with %s', async (_what, entries) => {
    expect(await outcome(put(entries))).toContain('ValidationException');
  });

  it('has no other operation', async () => {
    expect(await outcome(toClient().send(new ListRulesCommand({})))).toContain('UnknownOperationException');
  });

  it.each(['throttle', '500', 'accessdenied'] as const)('can be made to fail: %s', async (kind) => {
    aws.faults.replace([{ service: 'events', operation: 'PutEvents', kind }]);

    expect(await outcome(put([{}]))).not.toBe('granted');
  });

  it('keeps the last thousand', async () => {
    for (let call = 0; call < keptEvents / 10 + 1; call += 1)
      await put(Array.from({ length: 10 }, (_, index) => ({ Detail: JSON.stringify({ call, index }) })));

    const all = await kept();
    expect(all).toHaveLength(keptEvents);
    expect(all[0]?.detail).toEqual({ call: 1, index: 0 });
  });
});

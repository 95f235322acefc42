import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readInvocation } from '../../lambda/core/reconciliation/read-invocation.ts';
import { startTrailFeed, type TrailFeed } from '../../local/trail-feed.ts';
import { aConfiguration } from '../support/a-configuration.ts';

const existing = { bucketName: 'daypass-trail', topicArn: 'arn:aws:sns:eu-west-1:111111111111:trail' };
const configuration = aConfiguration({ trail: { accounts: ['111111111111', '222222222222'], existing } });
const objects = new Map<string, Buffer>();
const invoked: unknown[] = [];
const logged: string[] = [];
let answer: () => Promise<unknown>;
let feed: TrailFeed;

beforeEach(() => {
  jest.useFakeTimers();
  objects.clear();
  invoked.length = 0;
  logged.length = 0;
  answer = async () => ({ batchItemFailures: [] });
  feed = startTrailFeed({
    configuration,
    invoke: async (event) => {
      invoked.push(event);
      return answer();
    },
    putObject: (bucketName, key, content) => objects.set(`${bucketName}/${key}`, content),
    log: (line) => logged.push(line),
  });
});

afterEach(async () => {
  await feed.close();
  jest.useRealTimers();
});

const aRecord = (recipientAccountId = '111111111111') => ({ eventID: 'e', recipientAccountId });
const kinds = () => invoked.map((event) => readInvocation(event).kind);

describe('the feed of the local trail', () => {
  it('sends a record as EventBridge does, and then as an object of S3', async () => {
    feed.addRecords([aRecord()]);
    await jest.advanceTimersByTimeAsync(1000);
    const first = kinds();
    await jest.advanceTimersByTimeAsync(3000);

    expect(first).toEqual(['event']);
    expect(kinds()).toEqual(['event', 'messages']);
    expect([...objects.keys()]).toEqual([
      expect.stringMatching(
        /^daypass-trail\/AWSLogs\/111111111111\/CloudTrail\/eu-west-1\/[\w/-]+\.json\.gz$/,
      ),
    ]);
  });

  it("sends other accounts' records as objects alone, and those of no account of the trail not at all", async () => {
    feed.addRecords([aRecord('222222222222'), aRecord('333333333333')]);
    await jest.advanceTimersByTimeAsync(5000);

    expect(kinds()).toEqual(['messages']);
  });

  it('sends lines of the access log together, before what they are the witness of', async () => {
    feed.addRecords([aRecord()]);
    for (const id of ['a1', 'a2']) feed.addLine(JSON.stringify({ extendedRequestId: id }));
    await jest.advanceTimersByTimeAsync(1000);

    expect(kinds()).toEqual(['access-log', 'event']);
    expect(readInvocation(invoked[0])).toMatchObject({
      lines: [{ gatewayRequestId: 'a1' }, { gatewayRequestId: 'a2' }],
    });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['fails', () => Promise.reject(new Error('down'))],
    ['says that it failed', async () => ({ batchItemFailures: [{ itemIdentifier: 'x' }] })],
  ])('sends an object five times while the function %s', async (_case, failing) => {
    answer = failing;
    feed.addRecords([aRecord('222222222222')]);
    await jest.advanceTimersByTimeAsync(20_000);

    expect(kinds()).toEqual(Array(5).fill('messages'));
    expect(logged.at(-1)).toContain('would be a dead letter');
  });

  it('runs the tasks as often as the stack does', async () => {
    await jest.advanceTimersByTimeAsync(10 * 60_000);

    const tasks = invoked.map((event) => Reflect.get(Object(event), 'task'));
    expect(tasks.filter((task) => task === 'sweep')).toHaveLength(10);
    expect(tasks.filter((task) => task === 'settle')).toHaveLength(1);
  });

  it('sends nothing any more once it is closed', async () => {
    await feed.close();
    feed.addRecords([aRecord()]);
    await jest.advanceTimersByTimeAsync(60_000);

    expect(invoked).toEqual([]);
  });
});

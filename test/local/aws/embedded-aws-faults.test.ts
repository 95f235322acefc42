import { CreateTableCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { FaultKind } from '../../../local/faults.ts';
import {
  aWorld,
  createTable,
  home,
  outcome,
  policy,
  startTestAws,
  type TestAws,
  type TrailRecord,
} from './an-embedded-aws.ts';

const role = `arn:aws:iam::${home}:role/Target`;
const trust = policy({
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${home}:root` },
  Action: 'sts:AssumeRole',
});

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws(aWorld({ [home]: { roles: { Target: { trust } } } }));
  await createTable(
    aws.dynamodb(),
    new CreateTableCommand({
      TableName: 'things',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
});
afterAll(() => aws.stop());
afterEach(() => aws.faults.clear());

async function assume(timeoutMs = 10_000): Promise<string> {
  const command = new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'session' });
  const call = aws.sts().send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
  const result = await outcome(call);
  // To an empty answer the SDK says yes.
  return result === 'granted' && (await call).Credentials === undefined ? 'no credentials' : result;
}
const minted = (records: readonly TrailRecord[]) =>
  records.filter(({ responseElements }) => responseElements?.credentials !== undefined).length;

describe('STS', () => {
  it.each<readonly [FaultKind, RegExp, minted: number, recorded: number]>([
    ['throttle', /^Throttling: Rate exceeded$/, 0, 1],
    ['500', /^InternalFailure: /, 0, 1],
    [
      'accessdenied',
      new RegExp(
        `^AccessDenied: User: arn:aws:iam::${home}:user/admin is not authorized to perform: sts:AssumeRole on resource: ${role}$`,
      ),
      0,
      1,
    ],
    ['reset', /ECONNRESET|socket hang up/, 0, 0],
    ['lost', /ECONNRESET|socket hang up/, 1, 1],
    ['timeout', /abort/i, 0, 0],
    ['malformed', /Error/, 0, 0],
    ['empty', /^no credentials$/, 0, 0],
    ['slow', /^granted$/, 1, 1],
  ])('%s: %s, %d session minted, %d record', async (kind, expected, sessions, recorded) => {
    const before = (await aws.records()).length;
    aws.faults.replace([
      {
        service: 'sts',
        operation: 'AssumeRole',
        kind,
        times: 1,
        ...(kind === 'slow' ? { delayMs: 200 } : {}),
      },
    ]);
    const result = await assume(kind === 'timeout' ? 150 : 10_000);
    const added = (await aws.records()).slice(before);

    expect(result).toMatch(expected);
    expect(minted(added)).toBe(sessions);
    expect(added).toHaveLength(recorded);
    expect(await assume()).toBe('granted');
  });

  it('ends a connection that it does not answer', async () => {
    aws.faults.replace([{ service: 'sts', kind: 'timeout', times: 1, delayMs: 100 }]);

    expect(await assume()).toMatch(/ECONNRESET|socket hang up/);
  });

  it('mints late for a caller that has gone', async () => {
    const before = (await aws.records()).length;
    aws.faults.replace([{ service: 'sts', kind: 'slow', times: 1, delayMs: 800 }]);

    expect(await assume(50)).toMatch(/abort/i);
    await expect(eventually(async () => minted((await aws.records()).slice(before)))).resolves.toBe(1);
  });

  it('records a fault by the name that CloudTrail has for it', async () => {
    aws.faults.replace([{ service: 'sts', kind: 'throttle', times: 1 }]);
    await assume();

    expect((await aws.records()).at(-1)).toMatchObject({
      errorCode: 'ThrottlingException',
      requestParameters: { roleArn: role, roleSessionName: 'session' },
    });
  });

  it('hits the named operation only', async () => {
    aws.faults.replace([{ service: 'sts', operation: 'AssumeRole', kind: '500' }]);

    expect(await outcome(aws.sts().send(new GetCallerIdentityCommand({})))).toBe('granted');
    expect(await assume()).toMatch(/^InternalFailure/);
  });

  it('does not count a call that nobody is proven to have made', async () => {
    aws.faults.replace([{ service: 'sts', kind: 'throttle', times: 1 }]);
    const forged = aws.sts({ accessKeyId: 'AKIAADMINADMINADMIN1', secretAccessKey: 'b'.repeat(40) });
    await outcome(forged.send(new GetCallerIdentityCommand({})));

    expect(aws.faults.list()).toHaveLength(1);
  });
});

describe('DynamoDB', () => {
  const put = (id: string, timeoutMs = 10_000) =>
    outcome(
      aws.dynamodb().send(new PutItemCommand({ TableName: 'things', Item: { id: { S: id } } }), {
        abortSignal: AbortSignal.timeout(timeoutMs),
      }),
    );
  const exists = async (id: string) => {
    const { Item } = await aws
      .dynamodb()
      .send(new GetItemCommand({ TableName: 'things', Key: { id: { S: id } } }));
    return Item !== undefined;
  };

  it.each<readonly [FaultKind, RegExp, written: boolean]>([
    ['throttle', /^ProvisionedThroughputExceededException/, false],
    ['500', /^InternalServerError/, false],
    ['conditional', /^ConditionalCheckFailedException: The conditional request failed/, false],
    ['accessdenied', /^AccessDeniedException: User: /, false],
    ['reset', /ECONNRESET|socket hang up/, false],
    ['lost', /ECONNRESET|socket hang up/, true],
    ['timeout', /abort/i, false],
    ['malformed', /Error/, false],
    ['slow', /^granted$/, true],
  ])('%s: %s, written: %s', async (kind, expected, written) => {
    aws.faults.replace([
      {
        service: 'dynamodb',
        operation: 'PutItem',
        kind,
        times: 1,
        ...(kind === 'slow' ? { delayMs: 200 } : {}),
      },
    ]);

    expect(await put(kind, kind === 'timeout' ? 150 : 10_000)).toMatch(expected);
    expect(await exists(kind)).toBe(written);
  });

  it('answers nothing, with 200, for what it did not do', async () => {
    aws.faults.replace([{ service: 'dynamodb', kind: 'empty', times: 1 }]);

    // The SDK takes that for success: whoever writes has to look at what it got.
    expect(await put('empty')).toBe('granted');
    expect(await exists('empty')).toBe(false);
  });
});

describe('closing', () => {
  it('waits for nothing that is held, delayed or kept alive, and does not process what was delayed', async () => {
    let closing = await startTestAws(aWorld());
    const whoami = () => outcome(closing.sts().send(new GetCallerIdentityCommand({})));
    await whoami();
    closing.faults.replace([
      { service: 'sts', kind: 'timeout', times: 1 },
      { service: 'sts', kind: 'slow', times: 1, delayMs: 60_000 },
    ]);
    const held = [whoami(), whoami()];
    await eventually(async () => (closing.faults.list().length === 0 ? 1 : 0));
    closing = await closing.restart();

    expect((await Promise.all(held)).filter((result) => result === 'granted')).toEqual([]);
    expect(await closing.records()).toHaveLength(1);
    await closing.stop();
  });
});

/** The first number that isn't 0, within ten seconds. */
async function eventually(look: () => Promise<number>): Promise<number> {
  const end = Date.now() + 10_000;
  for (;;) {
    const value = await look();
    if (value !== 0 || Date.now() > end) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

import { IAMClient } from '@aws-sdk/client-iam';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '../../lambda/adapters/json-logger.ts';
import { createSdkAccessKeys } from '../../lambda/adapters/sdk-access-keys.ts';
import { createSdkKeyTester } from '../../lambda/adapters/sdk-key-tester.ts';
import { createSdkSecretVersions } from '../../lambda/adapters/sdk-secret-versions.ts';
import { createHandleRotationEvent } from '../../lambda/core/handle-rotation-event.ts';
import type { LongTermKey } from '../../lambda/core/ports.ts';
import { createRotateFederatorKey } from '../../lambda/core/rotate-federator-key.ts';
import { deactivationEvent, rotationSteps } from '../../lambda/core/rotation-event.ts';
import type { TestCredentials } from '../local/aws/an-embedded-aws.ts';
import { home } from '../local/aws/an-embedded-aws.ts';
import { type Federator, rotatorArn, startFederator, userName } from '../support/a-federator.ts';

/*
 * The rotation with the SDK's clients and the permissions of its role, against the embedded IAM, Secrets Manager and
 * STS. Pauses move the clocks on instead of taking their time.
 */
const hourMs = 3_600_000;
const functionTimeoutMs = 180_000;

/** How far the function's clock is ahead, and the embedded AWS's, which may be a quarter of an hour from the SDK's. */
let ahead: { functionMs: number; awsMs: number };
const now = () => Date.now() + ahead.functionMs;
let federator: Federator;
let rotator: TestCredentials;
let lines: string[];
const clients: { destroy(): void }[] = [];

beforeEach(async () => {
  ahead = { functionMs: 0, awsMs: 0 };
  lines = [];
  federator = await startFederator({ now: () => Date.now() + ahead.awsMs });
  rotator = await lambdaCredentials();
}, 20_000);
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy();
  await federator.stop();
});

async function lambdaCredentials(): Promise<TestCredentials> {
  const { uri, authorizationToken } = federator.aws.serviceCredentials(rotatorArn);
  const answer = await fetch(uri, { headers: { authorization: authorizationToken } });
  const given = (await answer.json()) as Readonly<
    Record<'AccessKeyId' | 'SecretAccessKey' | 'Token', string>
  >;
  return {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.Token,
  };
}

/** Called after each answer of AWS, before the function sees it. */
type Watch = (call: string) => Promise<void>;

interface Sender {
  send(...parameters: never[]): Promise<unknown>;
}

/** A process of the function: what it remembers ends with it. */
function aFunction(watch: Watch = async () => {}) {
  const watched = <Client extends Sender>(client: Client): Client => {
    const send = client.send.bind(client);
    client.send = async (...parameters: never[]) => {
      const [command] = parameters as readonly object[];
      try {
        return await send(...parameters);
      } finally {
        await watch(command?.constructor.name ?? '');
      }
    };
    return client;
  };
  const common = { endpoint: federator.aws.url, maxAttempts: 1 };
  const own = { ...common, credentials: { ...rotator } };
  const iam = new IAMClient({ ...own, region: 'us-east-1' });
  const secretsManager = new SecretsManagerClient({ ...own, region: 'eu-west-1' });
  clients.push(iam, secretsManager);
  const { secretArn } = federator;
  const rotate = createRotateFederatorKey({
    keys: createSdkAccessKeys({ client: watched(iam), userName, timeoutMs: 5000 }),
    secret: createSdkSecretVersions({ client: watched(secretsManager), secretArn, timeoutMs: 5000 }),
    tester: createSdkKeyTester({
      toClient: (key) =>
        watched(
          new STSClient({
            ...common,
            region: 'eu-west-1',
            credentials: { ...key },
          }),
        ),
      timeoutMs: 5000,
    }),
    owner: { partition: 'aws', accountId: home, userName },
    testSeconds: 60,
    now,
    pause: async (ms) => {
      await watch('pause');
      ahead.functionMs += ms;
    },
  });
  const logger = createLogger({ write: (line) => lines.push(line), now });
  const handle = createHandleRotationEvent({ secretArn, rotate, logger });
  return (event: object) => handle(event, now() + functionTimeoutMs);
}

type Handle = ReturnType<typeof aFunction>;

async function runSteps(handle: Handle, token: string): Promise<void> {
  for (const Step of rotationSteps) {
    await handle({ Step, SecretId: federator.secretArn, ClientRequestToken: token });
  }
}

async function rotate(): Promise<string> {
  const token = await federator.beginRotation();
  await runSteps(aFunction(), token);
  return token;
}

async function anHourLater(handle: Handle = aFunction()): Promise<void> {
  ahead.functionMs += hourMs;
  await handle(deactivationEvent);
}

const idsOf = (keys: readonly (LongTermKey | undefined)[]) => keys.map((key) => key?.accessKeyId);

/** Ends the process at that answer of AWS, and counts them; looks at AWS after each that changed something. */
function killAt(call: number, look: () => Promise<void>) {
  const seen: string[] = [];
  let isDead = false;
  const watch: Watch = async (name) => {
    if (!isDead && name !== 'pause') {
      if (/^(Create|Delete|Put|Update)/.test(name)) await look();
      seen.push(name);
      isDead = seen.length > call;
    }
    if (isDead) throw new Error('killed');
  };
  return { seen, watch };
}

describe('rotation of the federator key', () => {
  it('gives the secret its first key, which is the only one, and works', async () => {
    const token = await rotate();
    const key = await federator.keyOf('AWSCURRENT');

    expect(await federator.use(key)).toBe('granted');
    expect(await federator.keys()).toEqual({ [key?.accessKeyId ?? '']: 'Active' });
    expect((await federator.labels())[token]?.toSorted()).toEqual([
      'AWSCURRENT',
      'AWSPENDING',
      'DAYPASS_TESTED',
    ]);
  });

  it('replaces the key, deactivates the old one an hour later, and deletes it at the next rotation', async () => {
    await rotate();
    const first = await federator.keyOf('AWSCURRENT');
    await rotate();
    const second = await federator.keyOf('AWSCURRENT');
    const uses = [[await federator.use(first), await federator.use(second)]];
    await aFunction()(deactivationEvent);
    uses.push([await federator.use(first), await federator.use(second)]);
    await anHourLater();
    uses.push([await federator.use(first), await federator.use(second)]);
    const kept = Object.keys(await federator.keys());
    await rotate();
    const third = await federator.keyOf('AWSCURRENT');

    const invalid = 'InvalidClientTokenId: The security token included in the request is invalid.';
    expect(uses).toEqual([
      ['granted', 'granted'],
      ['granted', 'granted'],
      [invalid, 'granted'],
    ]);
    expect(kept).toEqual(idsOf([first, second]));
    expect(Object.keys(await federator.keys())).toEqual(idsOf([second, third]));
  });

  it('refuses no caller meanwhile, wherever it is killed and run again', async () => {
    await rotate();
    let calls: readonly string[] = [];
    for (let at = 0; ; at += 1) {
      const before = await federator.keyOf('AWSCURRENT');
      const look = async () => {
        // Who has read the secret now, and who has it cached.
        expect(await federator.use(await federator.keyOf('AWSCURRENT'))).toBe('granted');
        expect(await federator.use(before)).toBe('granted');
      };
      const token = await federator.beginRotation();
      const { seen, watch } = killAt(at, look);
      const isKilled = await runSteps(aFunction(watch), token).then(
        () => false,
        () => true,
      );
      // Some of the steps were done: the first that wasn't is asked for again, and so may the others be.
      await runSteps(aFunction(killAt(Infinity, look).watch), token);
      const after = await federator.keyOf('AWSCURRENT');

      expect(idsOf([after])).not.toEqual(idsOf([before]));
      expect(await federator.keys()).toEqual({
        [before?.accessKeyId ?? '']: 'Active',
        [after?.accessKeyId ?? '']: 'Active',
      });
      await killedHourLater();
      expect(await federator.keys()).toEqual({
        [before?.accessKeyId ?? '']: 'Inactive',
        [after?.accessKeyId ?? '']: 'Active',
      });
      calls = seen;
      if (!isKilled) break;
    }

    // Each of them was the last one once.
    expect(calls.filter((call) => call !== 'GetCallerIdentityCommand')).toEqual([
      'ListAccessKeysCommand',
      'DescribeSecretCommand',
      'GetSecretValueCommand',
      'GetSecretValueCommand',
      'GetSecretValueCommand',
      'DeleteAccessKeyCommand',
      'CreateAccessKeyCommand',
      'PutSecretValueCommand',
      'DescribeSecretCommand',
      'DescribeSecretCommand',
      'GetSecretValueCommand',
      'UpdateSecretVersionStageCommand',
      'DescribeSecretCommand',
      'GetSecretValueCommand',
      'UpdateSecretVersionStageCommand',
    ]);
    expectNoSecrets(await federator.keyOf('AWSCURRENT'), await federator.keyOf('AWSPREVIOUS'));
  }, 60_000);

  it('holds back while the new key is refused, and while it is refused now and then', async () => {
    await rotate();
    const before = await federator.keyOf('AWSCURRENT');
    await federator.setNewKeys({ delayMs: 20_000, waverMs: 40_000 });
    let asked = 0;
    const watch: Watch = async (call) => {
      if (call === 'GetCallerIdentityCommand') asked += 1;
      if (call === 'pause') ahead.awsMs += 6667;
      expect(idsOf([await federator.keyOf('AWSCURRENT')])).toEqual(idsOf([before]));
    };
    const token = await federator.beginRotation();
    const Step = { SecretId: federator.secretArn, ClientRequestToken: token };
    await aFunction(watch)({ Step: 'createSecret', ...Step });
    await aFunction(watch)({ Step: 'testSecret', ...Step });
    const steadyAfterMs = ahead.awsMs;
    const after = await federator.keyOf('AWSPENDING');
    const uses: string[] = [];
    await aFunction()({ Step: 'finishSecret', ...Step });
    for (const _use of [1, 2, 3]) uses.push(await federator.use(await federator.keyOf('AWSCURRENT')));

    // A minute without a refusal, after the minute with some.
    expect(steadyAfterMs).toBeGreaterThanOrEqual(100_000);
    expect(asked).toBeGreaterThan(15);
    expect(idsOf([await federator.keyOf('AWSCURRENT')])).toEqual(idsOf([after]));
    expect(uses).toEqual(['granted', 'granted', 'granted']);
  });

  it('gives up a test in time, without making the key current, and passes at a later try', async () => {
    await federator.setNewKeys({ delayMs: 600_000 });
    const token = await federator.beginRotation();
    await expect(runSteps(aFunction(), token)).rejects.toMatchObject({ code: 'not-steady' });
    const refused = { key: await federator.keyOf('AWSCURRENT'), spentMs: ahead.functionMs };
    ahead.awsMs += 600_000;
    await runSteps(aFunction(), token);

    expect(refused.key).toBeUndefined();
    expect(refused.spentMs).toBeLessThan(functionTimeoutMs);
    expect(await federator.use(await federator.keyOf('AWSCURRENT'))).toBe('granted');
  });

  it.each([
    ['iam', 'CreateAccessKey'],
    ['iam', 'ListAccessKeys'],
    ['iam', 'DeleteAccessKey'],
    ['secretsmanager', 'PutSecretValue'],
    ['secretsmanager', 'GetSecretValue'],
    ['secretsmanager', 'DescribeSecret'],
    ['secretsmanager', 'UpdateSecretVersionStage'],
  ] as const)('comes to its end after %s:%s failed in each way', async (service, operation) => {
    await rotate();
    await rotate();
    await anHourLater();
    const token = await federator.beginRotation();
    const before = await federator.keyOf('AWSCURRENT');
    for (const kind of ['throttle', '500', 'lost', 'malformed', 'empty', 'reset', 'accessdenied'] as const) {
      federator.aws.faults.replace([{ service, operation, kind, times: 1 }]);
      await runSteps(aFunction(), token).catch(() => undefined);
    }
    federator.aws.faults.clear();
    await runSteps(aFunction(), token);
    const after = await federator.keyOf('AWSCURRENT');

    expect(await federator.use(before)).toBe('granted');
    expect(await federator.use(after)).toBe('granted');
    expect(Object.keys(await federator.keys())).toEqual(idsOf([before, after]));
    expectNoSecrets(before, after);
  });
});

/** The schedule's task, killed at each of its calls, and then not. */
async function killedHourLater(): Promise<void> {
  ahead.functionMs += hourMs;
  for (let at = 0; at < 4; at += 1) {
    const isKilled = aFunction(killAt(at, async () => {}).watch)(deactivationEvent);
    await expect(isKilled).rejects.toThrow();
  }
  await aFunction()(deactivationEvent);
}

function expectNoSecrets(...keys: readonly (LongTermKey | undefined)[]): void {
  expect(lines.length).toBeGreaterThan(0);
  for (const key of keys) expect(lines.join('\n')).not.toContain(key?.secretAccessKey);
}

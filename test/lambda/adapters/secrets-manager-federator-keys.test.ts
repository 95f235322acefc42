import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { toSecretString } from '../../../lambda/adapters/federator-secret.ts';
import { createSecretsManagerFederatorKeys } from '../../../lambda/adapters/secrets-manager-federator-keys.ts';
import { FederatorKeyUnavailableError } from '../../../lambda/core/errors.ts';
import type { LongTermKey } from '../../../lambda/core/ports.ts';
import { admin, aWorld, startTestAws, type TestAws } from '../../local/aws/an-embedded-aws.ts';
import { secrets } from '../../support/an-issuance.ts';
import { type LoopbackServer, startLoopbackServer } from '../../support/loopback-server.ts';

const secretArn = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:federator-AbCdEf';

const aKey = (number: number): LongTermKey => ({
  accessKeyId: `AKIAFEDERATOR${String(number).padStart(7, '0')}`,
  secretAccessKey: secrets.secretAccessKey,
});

const [first, second, third] = [aKey(1), aKey(2), aKey(3)];

/** Secrets Manager, counted; a held call is answered once it's released, with what the secret held when it arrived. */
function aSecret() {
  const state = { value: toSecretString(first) as string | undefined, calls: 0, nowMs: 1_000_000 };
  let failure: Error | undefined;
  let gate: Promise<void> = Promise.resolve();
  const send = async ({ input }: { readonly input: object }) => {
    state.calls += 1;
    expect(input).toEqual({ SecretId: secretArn, VersionStage: 'AWSCURRENT' });
    const answer = { SecretString: state.value };
    const error = failure;
    await gate;
    if (error !== undefined) throw error;
    return answer;
  };
  const keys = createSecretsManagerFederatorKeys({
    client: { send } as never,
    secretArn,
    timeoutMs: 1000,
    now: () => state.nowMs,
  });
  return {
    keys,
    state,
    fail: (error: Error | undefined) => {
      failure = error;
    },
    hold: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return () => {
        gate = Promise.resolve();
        resolve();
      };
    },
    put: (key: LongTermKey) => {
      state.value = toSecretString(key);
    },
  };
}

describe("the federator's key", () => {
  it('is read once within its lifetime, and again at its end', async () => {
    const { keys, state, put } = aSecret();

    expect(await keys.current()).toEqual(first);
    put(second);
    state.nowMs += 299_999;
    expect(await keys.current()).toEqual(first);
    expect(state.calls).toBe(1);
    state.nowMs += 1;
    expect(await keys.current()).toEqual(second);
    expect(state.calls).toBe(2);
  });

  it('is as old as its question, not as its answer', async () => {
    const { keys, state, hold } = aSecret();
    const release = hold();
    const reading = keys.current();
    state.nowMs += 200_000;
    release();
    await reading;

    state.nowMs += 100_000;
    await keys.current();

    expect(state.calls).toBe(2);
  });

  it('is no younger for a clock that was set back', async () => {
    const { keys, state } = aSecret();
    await keys.current();

    state.nowMs -= 1;
    await keys.current();

    expect(state.calls).toBe(2);
  });

  it('is read once for all that ask at once', async () => {
    const { keys, state } = aSecret();

    const read = await Promise.all([keys.current(), keys.current(), keys.current()]);

    expect(read).toEqual([first, first, first]);
    expect(state.calls).toBe(1);
  });

  it('that cannot be read is asked for anew by the next', async () => {
    const { keys, state, fail } = aSecret();
    fail(new Error('no'));
    await expect(Promise.all([keys.current(), keys.current()])).rejects.toThrow(FederatorKeyUnavailableError);

    fail(undefined);
    expect(await keys.current()).toEqual(first);
    expect(state.calls).toBe(2);
  });

  it('does not serve beyond its lifetime where it cannot be read again', async () => {
    const { keys, state, fail } = aSecret();
    await keys.current();
    fail(new Error('no'));

    state.nowMs += 300_000;

    await expect(keys.current()).rejects.toMatchObject({ code: 'federator-key-unavailable', status: 503 });
  });

  it.each([
    undefined,
    '',
    'not rotated yet',
    '{}',
    '[]',
    'null',
    JSON.stringify({ accessKeyId: 'AKIAFEDERATOR0000001' }),
    JSON.stringify({ ...first, accessKeyId: 'ASIAFEDERATOR0000001' }),
    JSON.stringify({ ...first, secretAccessKey: 'Canary\nSecretAccessKey' }),
    JSON.stringify({ ...first, secretAccessKey: 7 }),
    `${toSecretString(first)}x`,
  ])('is none where the secret holds %j', async (value) => {
    const { keys, state } = aSecret();
    state.value = value;

    const error: unknown = await keys.current().catch((caught) => caught);

    expect(error).toMatchObject({
      code: 'federator-key-unavailable',
      retryAfterSeconds: 30,
      detail: "the federator's secret holds no access key: it has not been rotated yet",
    });
    expect(JSON.stringify([error, String(error), Object(error).cause])).not.toMatch(/Canary|AKIA|ASIA/);
  });
});

describe("the renewal of the federator's key", () => {
  it('finds another, which serves from then on', async () => {
    const { keys, state, put } = aSecret();
    await keys.current();
    put(second);

    expect(await keys.renew(first.accessKeyId)).toBe(true);
    expect(await keys.current()).toEqual(second);
    expect(state.calls).toBe(2);
  });

  it('finds the same, having asked', async () => {
    const { keys, state } = aSecret();
    await keys.current();

    expect(await keys.renew(first.accessKeyId)).toBe(false);
    expect(state.calls).toBe(2);
  });

  it('of a key that another call replaced asks nobody', async () => {
    const { keys, state, put } = aSecret();
    await keys.current();
    put(second);

    const found = [await keys.renew(first.accessKeyId), await keys.renew(first.accessKeyId)];

    expect(found).toEqual([true, true]);
    expect(state.calls).toBe(2);
  });

  it('of both keys in turn knows which of them was refused', async () => {
    const { keys, put } = aSecret();
    await keys.current();
    put(second);
    await keys.renew(first.accessKeyId);

    expect(await keys.renew(second.accessKeyId)).toBe(false);
    put(third);
    expect(await keys.renew(second.accessKeyId)).toBe(true);
    expect(await keys.current()).toEqual(third);
  });

  it('is one for all that were refused at once', async () => {
    const { keys, state, put } = aSecret();
    await keys.current();
    put(second);

    const { accessKeyId } = first;
    const found = await Promise.all([
      keys.renew(accessKeyId),
      keys.renew(accessKeyId),
      keys.renew(accessKeyId),
    ]);

    expect(found).toEqual([true, true, true]);
    expect(state.calls).toBe(2);
  });

  it('does not take a read for its own that began before the key was replaced', async () => {
    const { keys, state, hold, put } = aSecret();
    const release = hold();
    const early = keys.current();
    put(second);
    const renewal = keys.renew(first.accessKeyId);
    release();

    expect(await early).toEqual(first);
    expect(await renewal).toBe(true);
    expect(state.calls).toBe(2);
  });

  it('rejects where the secret cannot be read, and the key that was held is held still', async () => {
    const { keys, fail } = aSecret();
    await keys.current();
    fail(Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' }));

    await expect(keys.renew(first.accessKeyId)).rejects.toMatchObject({
      code: 'federator-key-unavailable',
      detail: 'ThrottlingException: Rate exceeded',
    });
    expect(await keys.current()).toEqual(first);
  });
});

describe('Secrets Manager, answering the broker', () => {
  let server: LoopbackServer;
  beforeAll(async () => {
    server = await startLoopbackServer();
  });
  afterAll(() => server.close());

  const keysOf = (maxAttempts = 1) =>
    createSecretsManagerFederatorKeys({
      client: new SecretsManagerClient({
        region: 'eu-west-1',
        endpoint: server.url,
        maxAttempts,
        credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x'.repeat(40) },
      }),
      secretArn,
      timeoutMs: 400,
      now: Date.now,
    });

  const json = { 'content-type': 'application/x-amz-json-1.1' };
  const answer = JSON.stringify({ ARN: secretArn, SecretString: toSecretString(first) });

  it('is asked for the current version of the one secret', async () => {
    server.respond((response) => response.writeHead(200, json).end(answer));

    expect(await keysOf().current()).toEqual(first);
    expect(server.requests).toMatchObject([
      {
        body: JSON.stringify({ SecretId: secretArn, VersionStage: 'AWSCURRENT' }),
        headers: { 'x-amz-target': 'secretsmanager.GetSecretValue' },
      },
    ]);
  });

  it.each([
    ['half an answer', 200, answer.slice(0, -30)],
    ['what is no JSON at the secret', 200, `{"SecretString":${secrets.secretAccessKey}}`],
    ['text', 200, toSecretString(first).slice(1)],
    ['an answer in an error', 400, answer],
    ['half an answer in an error', 500, answer.slice(0, -30)],
    ['a value of another type', 200, JSON.stringify({ SecretString: { secretAccessKey: 'Canary' } })],
    ['an empty answer', 200, ''],
    ['a denial', 400, JSON.stringify({ __type: 'AccessDeniedException', Message: 'not authorized' })],
  ])('with %s and %i gives no key, and nothing of it is quoted', async (_, status, body) => {
    server.respond((response) => response.writeHead(status, json).end(body));

    const error: unknown = await keysOf()
      .current()
      .catch((caught) => caught);

    expect(error).toBeInstanceOf(FederatorKeyUnavailableError);
    expect(error).toMatchObject({ detail: expect.stringMatching(/./) });
    // As the log shows it: with the messages of its causes.
    expect(JSON.stringify([error, String(error), String(Object(error).cause)])).not.toMatch(/Canary|AKIA/);
  });

  it('is not waited for beyond the timeout, its repeats included', async () => {
    server.respond(() => undefined);

    await expect(keysOf(3).current()).rejects.toMatchObject({
      detail: expect.stringMatching(/Timeout|Abort/),
    });
  });

  it('is asked again by the SDK where it fails once', async () => {
    let calls = 0;
    server.respond((response) => {
      calls += 1;
      if (calls === 1) response.writeHead(500, json).end('{"__type":"InternalServiceError"}');
      else response.writeHead(200, json).end(answer);
    });

    expect(await keysOf(3).current()).toEqual(first);
  });
});

describe('the secret of the embedded AWS', () => {
  let aws: TestAws;
  let client: SecretsManagerClient;
  let arn: string;

  beforeAll(async () => {
    aws = await startTestAws(aWorld());
    client = new SecretsManagerClient({
      endpoint: aws.url,
      region: 'eu-west-1',
      maxAttempts: 1,
      credentials: { ...admin },
    });
    const { ARN } = await client.send(
      new CreateSecretCommand({ Name: 'federator', SecretString: 'not rotated yet' }),
    );
    arn = ARN ?? '';
  });
  afterEach(() => aws.faults.clear());
  afterAll(async () => {
    client.destroy();
    await aws.stop();
  });

  it('gives a key once it was rotated, and the next one by renewal; a pending one is nobody’s', async () => {
    const keys = createSecretsManagerFederatorKeys({
      ...{ client, secretArn: arn, timeoutMs: 2000, now: Date.now },
    });
    const put = (key: LongTermKey, stage = 'AWSCURRENT') =>
      client.send(
        new PutSecretValueCommand({
          SecretId: arn,
          SecretString: toSecretString(key),
          VersionStages: [stage],
        }),
      );

    await expect(keys.current()).rejects.toMatchObject({
      detail: expect.stringContaining('not been rotated'),
    });
    await put(first);
    expect(await keys.current()).toEqual(first);
    await put(second, 'AWSPENDING');
    expect(await keys.renew(first.accessKeyId)).toBe(false);
    await put(second);
    expect(await keys.renew(first.accessKeyId)).toBe(true);
    expect(await keys.current()).toEqual(second);
    expect((await client.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString).toBe(
      toSecretString(second),
    );
  });

  it.each(['throttle', 'accessdenied', '500', 'reset', 'malformed', 'empty'] as const)(
    'that meets %s gives none, and nothing of it is quoted',
    async (kind) => {
      const keys = createSecretsManagerFederatorKeys({
        ...{ client, secretArn: arn, timeoutMs: 2000, now: Date.now },
      });
      aws.faults.replace([{ service: 'secretsmanager', kind, times: 1 }]);

      const error: unknown = await keys.current().catch((caught) => caught);

      expect(error).toMatchObject({ code: 'federator-key-unavailable', detail: expect.stringMatching(/./) });
      expect(JSON.stringify([error, String(error)])).not.toMatch(/Canary/);
    },
  );
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RotateSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type EmbeddedAws, startEmbeddedAws } from '../../../../local/aws/embedded-aws.ts';
import type { InitialSecret } from '../../../../local/aws/secretsmanager/rotations.ts';
import { createFaults } from '../../../../local/faults.ts';
import { admin, aWorld, home, policy } from '../an-embedded-aws.ts';

interface Step {
  readonly Step: string;
  readonly SecretId: string;
  readonly ClientRequestToken: string;
}

const functionArn = `arn:aws:lambda:eu-west-1:${home}:function:rotation`;
const arn = `arn:aws:secretsmanager:eu-west-1:${home}:secret:key-abc123`;
const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'];

const secret: InitialSecret = {
  arn,
  name: 'key',
  value: 'none yet',
  rotationFunctionArn: functionArn,
  rotationRules: { AutomaticallyAfterDays: 30 },
  resourcePolicy: policy({
    Sid: 'DenyOtherReaders',
    Effect: 'Deny',
    Principal: '*',
    Action: 'secretsmanager:GetSecretValue',
    Resource: '*',
    Condition: { ArnNotEquals: { 'aws:PrincipalArn': `arn:aws:iam::${home}:user/rotator` } },
  }),
};

const rotator = { accessKeyId: 'AKIAROTATOR000000000', secretAccessKey: 'r'.repeat(40) };
const world = () =>
  aWorld({
    [home]: {
      users: {
        rotator: {
          ...rotator,
          policies: [policy({ Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' })],
        },
      },
    },
  });

let dataDirectory: string;
let aws: EmbeddedAws;
let invoked: Step[];
/** Fails at this step. */
let failsAt: string | undefined;

beforeEach(async () => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'daypass-rotations-'));
  invoked = [];
  failsAt = undefined;
  aws = await start();
});

afterEach(async () => {
  await aws.close();
  rmSync(dataDirectory, { recursive: true });
});

const start = () =>
  startEmbeddedAws({
    ...{ world: world(), port: 0, dataDirectory, faults: createFaults(), secrets: [secret] },
    invokeFunction: async (called, event) => {
      expect(called).toBe(functionArn);
      await carryOut(event as Step);
    },
  });

/** The least that a rotation function does. */
async function carryOut(event: Step): Promise<void> {
  invoked.push(event);
  if (event.Step === failsAt) throw new Error('the function failed');
  const { SecretId, ClientRequestToken } = event;
  const secrets = client(rotator);
  if (event.Step === 'createSecret') {
    const VersionStages = ['AWSPENDING'];
    const SecretString = `value of ${ClientRequestToken}`;
    await secrets.send(
      new PutSecretValueCommand({ SecretId, ClientRequestToken, SecretString, VersionStages }),
    );
  }
  if (event.Step !== 'finishSecret') return;
  const current = await secrets.send(new GetSecretValueCommand({ SecretId }));
  await secrets.send(
    new UpdateSecretVersionStageCommand({
      ...{ SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId: ClientRequestToken },
      RemoveFromVersionId: current.VersionId,
    }),
  );
}

const client = (credentials: typeof rotator) =>
  new SecretsManagerClient({
    ...{ endpoint: aws.url, region: 'eu-west-1', maxAttempts: 1 },
    credentials: { ...credentials },
  });
const read = async () =>
  (await client(rotator).send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;
const describeIt = () => client(rotator).send(new DescribeSecretCommand({ SecretId: arn }));

describe('a secret of the stack', () => {
  it('is there with its first value, and with its first rotation open', async () => {
    expect(await read()).toBe('none yet');
    expect(await describeIt()).toMatchObject({
      ARN: arn,
      Name: 'key',
      RotationEnabled: true,
      RotationLambdaARN: functionArn,
      RotationRules: { AutomaticallyAfterDays: 30 },
    });
    expect(invoked).toEqual([]);
  });

  it('goes through the steps in their order, with one token', async () => {
    await aws.resumeRotations();

    expect(invoked.map(({ Step }) => Step)).toEqual(steps);
    expect(new Set(invoked.map(({ ClientRequestToken }) => ClientRequestToken)).size).toBe(1);
    expect(invoked.every(({ SecretId }) => SecretId === arn)).toBe(true);
    expect(await read()).toBe(`value of ${invoked[0]?.ClientRequestToken}`);
  });

  it('is not rotated again when it has been, after a restart either', async () => {
    await aws.resumeRotations();
    const value = await read();
    await aws.resumeRotations();
    await aws.close();
    aws = await start();
    await aws.resumeRotations();

    expect(invoked).toHaveLength(4);
    expect(await read()).toBe(value);
  });

  it.each(steps)('is taken through all steps again, with the same token, after %s failed', async (step) => {
    failsAt = step;
    await expect(aws.resumeRotations()).rejects.toThrow('the function failed');
    expect(invoked.at(-1)?.Step).toBe(step);
    const [token] = invoked.map(({ ClientRequestToken }) => ClientRequestToken);

    failsAt = undefined;
    await aws.close();
    aws = await start();
    invoked.length = 0;
    await aws.resumeRotations();

    expect(invoked.map(({ Step }) => Step)).toEqual(steps);
    expect(invoked[0]?.ClientRequestToken).toBe(token);
    expect(await read()).toBe(`value of ${token}`);
  });

  it('is rotated once when it is asked for twice at the same time', async () => {
    await Promise.all([aws.resumeRotations(), aws.resumeRotations()]);

    expect(invoked).toHaveLength(4);
  });

  it('has the function called by RotateSecret', async () => {
    await aws.resumeRotations();
    invoked.length = 0;

    const { VersionId } = await client(rotator).send(new RotateSecretCommand({ SecretId: arn }));
    await aws.resumeRotations();

    expect(invoked.map(({ Step, ClientRequestToken }) => [Step, ClientRequestToken])).toEqual(
      steps.map((step) => [step, VersionId]),
    );
    expect(await read()).toBe(`value of ${VersionId}`);
  });

  it('is kept from readers whom its policy denies, whatever they may otherwise', async () => {
    const reading = client(admin).send(new GetSecretValueCommand({ SecretId: arn }));

    await expect(reading).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(/explicit deny in a resource-based policy/),
    });
    const { ARN } = await client(admin).send(new DescribeSecretCommand({ SecretId: arn }));
    expect(ARN).toBe(arn);
  });
});

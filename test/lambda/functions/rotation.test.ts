import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { rotationSteps } from '../../../lambda/core/rotation-event.ts';
import { environment } from '../../../lambda/functions/environment.ts';
import { type Federator, rotatorArn, startFederator, userName } from '../../support/a-federator.ts';

/*
 * The whole function, with the permissions of its role and no others, on the embedded AWS, which knows a new key at
 * once: there is no minute to wait for.
 */
type Handler = (event: unknown, context: { getRemainingTimeInMillis(): number }) => Promise<void>;

let federator: Federator;
let variables: Readonly<Record<string, string>>;
let lines: string[];
let handler: Handler;
const context = { getRemainingTimeInMillis: () => 120_000 };
const hourMs = 3_600_000;

beforeAll(async () => {
  federator = await startFederator();
  const { uri, authorizationToken } = federator.aws.serviceCredentials(rotatorArn);
  variables = {
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: federator.aws.url,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: uri,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: authorizationToken,
    [environment.stage]: 'prod',
    [environment.federatorSecretArn]: federator.secretArn,
    [environment.federatorUserName]: userName,
    [environment.keyTestSeconds]: '0',
  };
  Object.assign(process.env, variables);
  handler = await coldStart();
}, 20_000);
afterAll(async () => {
  for (const name of Object.keys(variables)) delete process.env[name];
  jest.restoreAllMocks();
  await federator.stop();
});
beforeEach(() => {
  lines = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(String(line));
    return true;
  });
});

/** Of a function whose clock, and not the SDK's, is so many milliseconds ahead. */
async function coldStart(aheadMs = 0): Promise<Handler> {
  jest.resetModules();
  const now = Date.now;
  Date.now = () => now() + aheadMs;
  try {
    return (await import('../../../lambda/functions/rotation.ts')).handler;
  } finally {
    Date.now = now;
  }
}

async function rotate(): Promise<string> {
  const ClientRequestToken = await federator.beginRotation();
  for (const Step of rotationSteps) {
    await handler({ Step, SecretId: federator.secretArn, ClientRequestToken }, context);
  }
  return ClientRequestToken;
}

const logged = () => lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);

describe('rotation function', () => {
  it('rotates with the permissions that it has, and writes a line for each step', async () => {
    const token = await rotate();
    const key = await federator.keyOf('AWSCURRENT');

    expect(await federator.use(key)).toBe('granted');
    expect(logged()).toEqual(
      [
        { task: 'createSecret', outcome: 'created', accessKeyId: key?.accessKeyId, deletedAccessKeyIds: [] },
        { task: 'setSecret', outcome: 'nothing-to-do' },
        { task: 'testSecret', outcome: 'tested', accessKeyId: key?.accessKeyId },
        { task: 'finishSecret', outcome: 'made-current', accessKeyId: key?.accessKeyId },
      ].map((fields) => ({
        timestamp: expect.any(String),
        level: 'INFO',
        message: 'rotation',
        versionId: token,
        ...fields,
      })),
    );
    expect(lines.join('')).not.toContain(key?.secretAccessKey);
  });

  it('deactivates the key before, an hour later, and deletes it at the next rotation', async () => {
    const first = await federator.keyOf('AWSCURRENT');
    await rotate();
    const second = await federator.keyOf('AWSCURRENT');
    await handler({ task: 'deactivate-previous-key' }, context);
    const uses = [await federator.use(first)];
    await (await coldStart(hourMs))({ task: 'deactivate-previous-key' }, context);
    uses.push(await federator.use(first), await federator.use(second));
    await rotate();
    const third = await federator.keyOf('AWSCURRENT');

    expect(uses).toEqual(['granted', expect.stringContaining('InvalidClientTokenId'), 'granted']);
    expect(Object.keys(await federator.keys())).toEqual([second?.accessKeyId, third?.accessKeyId]);
    expect(
      logged().flatMap(({ task, outcome }) => (task === 'deactivate-previous-key' ? [outcome] : [])),
    ).toEqual(['too-early', 'deactivated']);
  });

  it.each([
    [null, 'malformed-event'],
    ['createSecret', 'malformed-event'],
    [{ Step: 'deleteSecret', SecretId: 'x', ClientRequestToken: 'x'.repeat(32) }, 'malformed-event'],
    [{ Step: 'createSecret', SecretId: 'another', ClientRequestToken: 'x'.repeat(32) }, 'foreign-secret'],
  ])('refuses %j, and calls nobody', async (event, code) => {
    const before = await federator.keys();

    await expect(handler(event, context)).rejects.toMatchObject({ code });
    expect(await federator.keys()).toEqual(before);
    expect(logged()).toMatchObject([
      { level: 'ERROR', message: 'rotation failed', error: [{ name: 'RotationError', code }] },
    ]);
  });

  it.each([
    [environment.keyTestSeconds, 'a minute'],
    [environment.keyTestSeconds, ''],
    [environment.federatorSecretArn, 'daypass/prod/federator'],
    [environment.federatorUserName, ''],
  ])('does not start with %s=%j', async (name, value) => {
    const before = process.env[name];
    process.env[name] = value;
    try {
      await expect(coldStart()).rejects.toThrow(TypeError);
    } finally {
      process.env[name] = before;
    }
  });
});

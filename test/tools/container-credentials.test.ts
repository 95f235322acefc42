import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aws, awsIdentity, boto3Identity, boto3s, currentPython, startBoto3 } from '../support/aws-tools.ts';
import { call, fetchToken } from '../support/daypass-client.ts';
import { writeHourlyConfiguration } from '../support/hourly-profile.ts';
import { type RunningDaypass, startDaypass } from '../support/running-daypass.ts';

let daypass: RunningDaypass;
let home: string;
let token: string;
let developerToken: string;
let proof: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'daypass-tools-'));
  daypass = await startDaypass('--config', writeHourlyConfiguration(home));
  token = await fetchToken(daypass, 'sre');
  developerToken = await fetchToken(daypass, 'developer');
  proof = await fetchToken(daypass, 'partner', 'partner');
});

afterAll(async () => {
  await daypass.stop();
  rmSync(home, { recursive: true, force: true });
});

/** All that a program is told of the broker. */
const environment = (authorization: string, profile = 'prod-readonly') => ({
  HOME: home,
  AWS_CONTAINER_CREDENTIALS_FULL_URI: `${daypass.broker}/v1/profiles/${profile}/container-credentials`,
  AWS_CONTAINER_AUTHORIZATION_TOKEN: authorization,
});

function withTokenFile(text: string, profile?: string) {
  const file = join(mkdtempSync(join(home, 'token-')), 'token');
  writeFileSync(file, text, { mode: 0o600 });
  const { AWS_CONTAINER_AUTHORIZATION_TOKEN: _, ...rest } = environment('', profile);
  return { ...rest, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file };
}

const readOnly = /^arn:aws:sts::222222222222:assumed-role\/ReadOnly\/sre@example\.com-/;

describe.each(boto3s)('$name', ({ python }) => {
  it.each([
    ['a bare token', () => token],
    ['a Bearer token', () => `Bearer ${token}`],
  ])('is the assumed role when its environment has %s', async (_what, toText) => {
    const identity = await boto3Identity(python, daypass.aws, environment(toText()));

    expect(identity).toMatchObject({ arn: expect.stringMatching(readOnly), method: 'container-role' });
    expect(Date.parse(identity.expiration)).toBeGreaterThan(Date.now());
  });

  // botocore wants new credentials from fifteen minutes before the end: that is always, with sessions of fifteen.
  it.each([
    ['prod-readonly', 'issued anew for each call of a session of 900 s', 3],
    ['hourly', 'issued once for the calls of a session of 3600 s', 1],
  ])('with %s is %s', async (profile, _what, sessions) => {
    const application = startBoto3(python, daypass.aws, environment(token, profile));

    const answers = [
      await application.ask('call'),
      await application.ask('call'),
      await application.ask('call'),
    ];
    await application.end();

    expect(new Set(answers.map(({ arn }) => arn)).size).toBe(sessions);
    expect(answers.every(({ arn }) => readOnly.test(arn))).toBe(true);
  });

  it('has a good session after one that expired, when it asks again', async () => {
    const application = startBoto3(python, daypass.aws, environment(token));
    const first = await application.ask('call');
    await expire(first.arn);

    const next = await application.ask('call');
    await application.end();

    expect(next.arn).toMatch(readOnly);
    expect(next.arn).not.toBe(first.arn);
  });

  it('is refused as AWS refuses when a session of an hour has expired', async () => {
    const application = startBoto3(python, daypass.aws, environment(token, 'hourly'));
    await expire((await application.ask('call')).arn);

    const refused = await application.ask('call');
    await application.end();

    expect(refused).toMatchObject({ error: 'ClientError', message: expect.stringMatching(/ExpiredToken/) });
  });
});

/** Ends the session that a caller's ARN names, as its time would. */
async function expire(arn: string): Promise<void> {
  const id = /-([0-9A-Z]{26})-/.exec(arn)?.[1];
  const { json } = await call(daypass, { token, path: `/v1/issuances/${id}` });
  const answer = await fetch(`${daypass.aws}/_local/credentials/${json.accessKeyId}/expire`, {
    method: 'POST',
  });
  expect(answer.status).toBe(204);
}

describe('the AWS CLI', () => {
  it.each([
    ['a bare token', () => token],
    ['a Bearer token', () => `Bearer ${token}`],
  ])('is the assumed role when its environment has %s', async (_what, toText) => {
    expect((await awsIdentity(daypass.aws, environment(toText()))).Arn).toMatch(readOnly);
  });

  it('is another session for each command', async () => {
    const arns = [
      (await awsIdentity(daypass.aws, environment(token, 'hourly'))).Arn,
      (await awsIdentity(daypass.aws, environment(token, 'hourly'))).Arn,
    ];

    expect(new Set(arns).size).toBe(2);
  });
});

interface Refused {
  readonly what: string;
  readonly env: () => Readonly<Record<string, string>>;
  readonly code: string;
  readonly message: string;
}

const refusals: readonly Refused[] = [
  {
    what: 'a profile that its caller may not have',
    env: () => environment(developerToken),
    code: 'access-denied',
    message: 'no profile prod-readonly that you may use',
  },
  {
    what: 'a forged token',
    env: () => environment(`${token}x`),
    code: 'unauthenticated',
    message: 'the request has no valid token',
  },
  {
    what: 'a token that is good for one issuance',
    env: () => environment(proof, 'partner-drop'),
    code: 'single-use-proof',
    message: 'AWS SDKs ask this route several times with one token',
  },
];

/** The error that a user of each tool reads. */
const tools: readonly {
  readonly name: string;
  readonly error: (env: Readonly<Record<string, string>>) => Promise<string>;
}[] = [
  ...boto3s.map(({ name, python }) => ({
    name,
    error: async (env: Readonly<Record<string, string>>) => {
      const { error, message } = await boto3Identity(python, daypass.aws, env);
      return `${error}: ${message}`;
    },
  })),
  {
    name: 'the AWS CLI',
    error: async (env) => {
      const { code, stderr } = await aws(daypass.aws, ['sts', 'get-caller-identity'], env);
      return `${code}: ${stderr}`;
    },
  },
];

describe('refused', () => {
  const errors = new Map<string, string>();

  // All at once: botocore asks three times, a second apart.
  beforeAll(async () => {
    const asked = tools.flatMap(({ name, error }) =>
      refusals.map(async ({ what, env }) => errors.set(`${name}, ${what}`, await error(env()))),
    );
    await Promise.all(asked);
  });

  it.each(tools.flatMap(({ name }) => refusals.map((refused) => ({ ...refused, name }))))(
    '$name shows Code and Message for $what',
    ({ name, what, code, message }) => {
      const error = errors.get(`${name}, ${what}`);

      expect(error).toMatch(/^(CredentialRetrievalError|255): /);
      expect(error).toContain(`"Code":"${code}"`);
      expect(error).toContain(`"Message":"${message}`);
    },
  );
});

// Debian's botocore is older than AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE.
(currentPython === undefined ? describe.skip : describe)('a current boto3 with a token file', () => {
  const identity = (text: string) => boto3Identity(currentPython ?? '', daypass.aws, withTokenFile(text));

  it.each([
    ['bare, as the kubelet writes it', () => token],
    ['with Bearer', () => `Bearer ${token}`],
  ])('is the assumed role when the token is %s', async (_what, toText) => {
    expect((await identity(toText())).arn).toMatch(readOnly);
  });

  it('asks with the token that is then in the file', async () => {
    const env = withTokenFile(token, 'team-data');
    const application = startBoto3(currentPython ?? '', daypass.aws, env);
    const before = await application.ask('call');
    writeFileSync(env.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, developerToken);

    const after = await application.ask('call');
    await application.end();

    expect([before.arn, after.arn]).toEqual([
      expect.stringMatching(/TeamData\/sre@/),
      expect.stringMatching(/TeamData\/developer@/),
    ]);
  });

  it.each([
    ['a line feed', '\n'],
    ['a carriage return and a line feed', '\r\n'],
  ])('refuses the file by itself when it ends with %s', async (_what, end) => {
    expect(await identity(`${token}${end}`)).toEqual({
      error: 'ValueError',
      message: 'Auth token value is not a legal header value',
    });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, call, fetchToken } from '../support/daypass-client.ts';
import { writeHourlyConfiguration } from '../support/hourly-profile.ts';
import { type Conversation, converse } from '../support/run-program.ts';
import { node, type RunningDaypass, startDaypass } from '../support/running-daypass.ts';

/*
 * The AWS SDK for JavaScript in a process of its own, which is told of the broker by its environment alone, as in a
 * container.
 */
const script = new URL('../support/sdk-caller.ts', import.meta.url).pathname;
const minuteMs = 60_000;

let daypass: RunningDaypass;
let directory: string;
let token: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'daypass-sdk-'));
  daypass = await startDaypass('--config', writeHourlyConfiguration(directory));
  token = await fetchToken(daypass, 'sre');
});

afterAll(async () => {
  await daypass.stop();
  rmSync(directory, { recursive: true, force: true });
});

interface Application {
  /** @default prod-readonly */
  readonly profile?: string;
  readonly token?: { readonly text: string } | { readonly file: string };
  /** @default chain, as when the application says nothing of credentials */
  readonly source?: 'chain' | 'fromHttp';
}

async function withApplication<T>(
  { profile = 'prod-readonly', token: given = { text: token }, source = 'chain' }: Application,
  use: (application: Conversation) => Promise<T>,
): Promise<T> {
  const application = converse(node, [script, daypass.aws, source], {
    env: {
      HOME: directory,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${daypass.broker}/v1/profiles/${profile}/container-credentials`,
      ...('file' in given
        ? { AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: writeToken(given.file) }
        : { AWS_CONTAINER_AUTHORIZATION_TOKEN: given.text }),
    },
  });
  try {
    return await use(application);
  } finally {
    await application.end();
  }
}

function writeToken(text: string): string {
  const file = join(mkdtempSync(join(directory, 'token-')), 'token');
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

const callOnce = (application: Application) => withApplication(application, ({ ask }) => ask('call'));

describe('the AWS SDK for JavaScript', () => {
  it.each([
    ['a bare token in its environment', () => ({ text: token })],
    ['a Bearer token in its environment', () => ({ text: `Bearer ${token}` })],
    ['a bare token in a file, as the kubelet writes it', () => ({ file: token })],
    ['a Bearer token in a file', () => ({ file: `Bearer ${token}` })],
  ])('is the assumed role when it has %s', async (_what, given) => {
    const { arn, expiration } = await callOnce({ token: given() });

    expect(arn).toMatch(/^arn:aws:sts::222222222222:assumed-role\/ReadOnly\/sre@example\.com-/);
    expect(Date.parse(expiration)).toBeGreaterThan(Date.now() + 10 * minuteMs);
  });

  it.each(['chain', 'fromHttp'] as const)(
    'keeps its session from its %s for nine minutes of fifteen, and has another when they are over',
    async (source) => {
      const [first, later, last] = await withApplication({ source }, async ({ ask }) => {
        const answers = [await ask('call')];
        await ask(`advance ${9 * minuteMs}`);
        answers.push(await ask('call'));
        await ask(`advance ${16 * minuteMs}`);
        return [...answers, await ask('call')];
      });

      expect(later.accessKeyId).toBe(first.accessKeyId);
      expect(last.arn).toMatch(/ReadOnly/);
      expect(last.accessKeyId).not.toBe(first.accessKeyId);
    },
  );

  it('is refused with an expired session, and is the role again once its hour is over', async () => {
    const [expired, renewed] = await withApplication({ profile: 'hourly' }, async ({ ask }) => {
      const { accessKeyId } = await ask('call');
      await fetch(`${daypass.aws}/_local/credentials/${accessKeyId}/expire`, { method: 'POST' });
      const refusal = await ask('call');
      await ask(`advance ${61 * minuteMs}`);
      return [refusal, await ask('call')];
    });

    expect(expired).toMatchObject({ error: 'ExpiredToken' });
    expect(renewed.arn).toMatch(/ReadOnly/);
  });
});

describe('the AWS SDK for JavaScript, refused', () => {
  const refused = {
    profile: async () => ({ token: { text: await fetchToken(daypass, 'developer') } }),
    token: async () => ({ token: { text: `${token}x` } }),
    proof: async () => ({
      profile: 'partner-drop',
      token: { text: await fetchToken(daypass, 'partner', 'partner') },
    }),
    lineFeed: async () => ({ token: { file: `${token}\n` } }),
    lineEnd: async () => ({ token: { file: `${token}\r\n` } }),
    unknownToAll: async () => ({ token: { text: `${token}x` }, source: 'chain' as const }),
  } as const satisfies Readonly<Record<string, () => Promise<Application>>>;
  let answers: Readonly<Record<string, Answer['json']>>;

  // All at once: after each refusal the SDK waits a second, and it asks four times.
  beforeAll(async () => {
    const asked = Object.entries(refused).map(async ([name, toApplication]) => {
      const application = await toApplication();
      return [name, await callOnce({ source: 'fromHttp', ...application })];
    });
    answers = Object.fromEntries(await Promise.all(asked));
  });

  it.each<[string, keyof typeof refused, string, RegExp]>([
    ['a profile that its caller may not have', 'profile', 'access-denied', /no profile prod-readonly/],
    ['a forged token', 'token', 'unauthenticated', /no valid token/],
    [
      'a token that is good for one issuance',
      'proof',
      'single-use-proof',
      /POST \/v1\/profiles\/\{profile\}\/credentials/,
    ],
  ])('shows Code and Message for %s', (_what, name, code, message) => {
    expect(answers[name]).toMatchObject({
      error: 'CredentialsProviderError',
      Code: code,
      Message: expect.stringMatching(message),
    });
  });

  it.each<[string, keyof typeof refused, RegExp]>([
    ['a line feed', 'lineFeed', /invalid character/i],
    ['a carriage return and a line feed', 'lineEnd', /invalid .* sequence/i],
  ])('by itself sends no token of a file that ends with %s', (_what, name, message) => {
    expect(answers[name]).toMatchObject({
      error: 'CredentialsProviderError',
      message: expect.stringMatching(message),
    });
  });

  it('keeps the reason to itself when the application does not name fromHttp', () => {
    expect(answers['unknownToAll']).toEqual({
      error: 'CredentialsProviderError',
      message: 'Could not load credentials from any providers',
    });
  });

  it('is a row for each time that it asked for a profile it may not have', async () => {
    const { json } = await call(daypass, { token, path: '/v1/issuances?state=DENIED&profile=prod-readonly' });

    expect(json.issuances).toHaveLength(4);
  });
});

import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  type GetSessionTokenCommandInput,
} from '@aws-sdk/client-sts';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { signedCall } from '../../../support/signed-request.ts';
import { home, outcome, type TestCredentials } from '../an-embedded-aws.ts';
import {
  createMfaAws,
  neighbour,
  otherSecret,
  owner,
  SerialNumber,
  wrongCode,
  wrongDevice,
} from './an-mfa-user.ts';

const mfa = createMfaAws();
const { aws, assume, attempt, code, get, moveClock, now, restart, session, withMfa } = mfa;
beforeEach(mfa.toNextCode);
afterAll(mfa.stop);

const validation = (value: string, name: string, must: string) =>
  `ValidationError: 1 validation error detected: Value ${value} at '${name}' failed to satisfy constraint: Member must ${must}`;
const onlyOne =
  'AccessDenied: MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code. ';

describe('GetSessionToken', () => {
  it('gives a session that is the user', async () => {
    expect(
      await aws()
        .sts(await session())
        .send(new GetCallerIdentityCommand({})),
    ).toMatchObject({
      Arn: `arn:aws:iam::${home}:user/owner`,
      Account: home,
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
    });
  });

  it.each([
    [undefined, 43_200],
    [900, 900],
    [129_600, 129_600],
  ])('lasts, when %d seconds are asked for, %d', async (DurationSeconds, seconds) => {
    const before = Math.floor(now() / 1000) * 1000;
    const { Credentials } = await get({ DurationSeconds });
    const lasts = (Credentials?.Expiration?.getTime() ?? 0) - before;

    expect(lasts).toBeGreaterThanOrEqual(seconds * 1000);
    expect(lasts).toBeLessThan((seconds + 10) * 1000);
  });

  it.each<readonly [string, GetSessionTokenCommandInput, string]>([
    ['899 seconds', { DurationSeconds: 899 }, validation("'899'", 'durationSeconds', 'have value greater')],
    [
      '129601 seconds',
      { DurationSeconds: 129_601 },
      validation("'129601'", 'durationSeconds', 'have value less'),
    ],
    [
      'a serial number of eight characters',
      { SerialNumber: 'a'.repeat(8), TokenCode: '123456' },
      validation("'aaaaaaaa'", 'serialNumber', 'have length greater'),
    ],
    [
      'one of 257',
      { SerialNumber: 'a'.repeat(257), TokenCode: '123456' },
      validation(`'${'a'.repeat(257)}'`, 'serialNumber', 'have length less'),
    ],
    [
      'one with a blank',
      { SerialNumber: 'GAHT 12345678', TokenCode: '123456' },
      validation("'GAHT 12345678'", 'serialNumber', 'satisfy regular expression'),
    ],
    [
      'a code of five digits',
      { SerialNumber, TokenCode: '12345' },
      validation("'12345'", 'tokenCode', 'have length greater'),
    ],
    [
      'a code of seven',
      { SerialNumber, TokenCode: '1234567' },
      validation("'1234567'", 'tokenCode', 'have length less'),
    ],
    [
      'a code of letters',
      { SerialNumber, TokenCode: 'abcdef' },
      validation("'abcdef'", 'tokenCode', 'satisfy regular expression'),
    ],
    ['a device without a code', { SerialNumber }, onlyOne],
    ['a code without a device', { TokenCode: '123456' }, onlyOne],
    [
      'the shortest serial number, of no device',
      { SerialNumber: 'a'.repeat(9), TokenCode: '123456' },
      wrongDevice,
    ],
    ['the longest', { SerialNumber: 'a'.repeat(256), TokenCode: '123456' }, wrongDevice],
  ])('refuses %s', async (_name, input, expected) => {
    expect(await attempt(input)).toContain(expected);
  });

  it('refuses temporary credentials of any kind', async () => {
    const role = await aws().assume(
      { RoleArn: `arn:aws:iam::${home}:role/Plain`, RoleSessionName: 'session' },
      owner,
    );

    for (const credentials of [await session(), await withMfa(), role]) {
      await expect(get({}, credentials)).rejects.toMatchObject({
        name: 'AccessDenied',
        message: 'Cannot call GetSessionToken with session credentials',
        $metadata: { httpStatusCode: 403 },
      });
    }
  });
});

describe('an MFA code', () => {
  it.each([-1, 0, 1])('is taken %d steps off', async (steps) => {
    expect(await attempt({ SerialNumber, TokenCode: code(steps) })).toBe('granted');
  });

  it.each([-2, 2])('is refused %d steps off', async (steps) => {
    expect(await attempt({ SerialNumber, TokenCode: code(steps) })).toBe(wrongCode);
  });

  it('is refused a second time', async () => {
    const input = { SerialNumber, TokenCode: code() };

    expect(await attempt(input)).toBe('granted');
    expect(await attempt(input)).toBe(wrongCode);
    expect(await assume(owner, 'Mfa', input)).toBe(wrongCode);
  });

  it('is refused a second time after a restart', async () => {
    const input = { SerialNumber, TokenCode: code() };

    expect(await attempt(input)).toBe('granted');
    await restart();
    expect(await attempt(input)).toBe(wrongCode);
    expect(await attempt({ SerialNumber, TokenCode: code(1) })).toBe('granted');
  });

  it('is taken once of several calls at the same time', async () => {
    const input = { SerialNumber, TokenCode: code() };
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => attempt(input)));

    expect(outcomes.filter((it) => it === 'granted')).toHaveLength(1);
    expect(outcomes.filter((it) => it === wrongCode)).toHaveLength(7);
  });

  it('is refused when a later one was taken', async () => {
    expect(await attempt({ SerialNumber, TokenCode: code(1) })).toBe('granted');
    expect(await attempt({ SerialNumber, TokenCode: code(0) })).toBe(wrongCode);
    expect(await attempt({ SerialNumber, TokenCode: code(-1) })).toBe(wrongCode);
  });

  it('is used up by a call that is refused after it', async () => {
    const input = { SerialNumber, TokenCode: code() };
    const nowhere = { ...input, RoleArn: `arn:aws:iam::${home}:role/Nowhere` };

    expect(await assume(owner, 'Plain', nowhere)).toMatch(/^AccessDenied: User: .* sts:AssumeRole/);
    expect(await attempt(input)).toBe(wrongCode);
  });

  it('is not used up by a wrong guess', async () => {
    const wrong = code() === '000000' ? '000001' : '000000';

    expect(await attempt({ SerialNumber, TokenCode: wrong })).toBe(wrongCode);
    expect(await attempt({ SerialNumber, TokenCode: code() })).toBe('granted');
  });

  it('is of its own device alone', async () => {
    const spare = `arn:aws:iam::${home}:mfa/spare`;

    expect(await attempt({ SerialNumber: spare, TokenCode: code() })).toBe(wrongCode);
    expect(await attempt({ SerialNumber, TokenCode: code(0, otherSecret) })).toBe(wrongCode);
    expect(await attempt({ SerialNumber: spare, TokenCode: code(0, otherSecret) })).toBe('granted');
    expect(await attempt({ SerialNumber, TokenCode: code() })).toBe('granted');
  });

  it('is of its own user alone', async () => {
    expect(await attempt({ SerialNumber, TokenCode: code() }, neighbour)).toBe(wrongDevice);
    expect(await attempt({ SerialNumber: neighbour.mfaDevices[0]?.serialNumber, TokenCode: code() })).toBe(
      wrongDevice,
    );
    expect(await attempt({ SerialNumber, TokenCode: code() })).toBe('granted');
  });
});

describe('the session of a user', () => {
  const may = async (credentials: TestCredentials, TableName: string) =>
    (await outcome(aws().dynamodb(credentials).send(new DescribeTableCommand({ TableName })))).startsWith(
      'ResourceNotFoundException',
    );
  const tables = ['any', 'true', 'false', 'absent', 'if-exists', 'fresh', 'owner', 'token'];
  const allowed = async (credentials: TestCredentials) => {
    const answers = await Promise.all(tables.map((name) => may(credentials, name)));
    return tables.filter((_name, index) => answers[index]);
  };

  it('with a code says so to policies, and how old the code is', async () => {
    const credentials = await withMfa();

    expect(await allowed(credentials)).toEqual(['any', 'true', 'if-exists', 'fresh', 'owner', 'token']);
    moveClock(61_000);
    expect(await allowed(credentials)).toEqual(['any', 'true', 'if-exists', 'owner', 'token']);
  });

  it('without says that there was none', async () => {
    expect(await allowed(await session())).toEqual(['any', 'false', 'owner', 'token']);
  });

  it('is not what long-term keys are, which say nothing of it', async () => {
    expect(await allowed(owner)).toEqual(['any', 'absent', 'if-exists', 'owner']);
  });

  const callIam = async (credentials: TestCredentials) =>
    signedCall(aws().url, {
      ...{ credentials, service: 'iam', region: 'us-east-1', method: 'POST', path: '/' },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=ListAccessKeys&Version=2010-05-08',
    });

  it('may call IAM with a code alone', async () => {
    const without = await callIam(await session());

    expect(without.status).toBe(403);
    expect(without.text).toContain('<Code>InvalidClientTokenId</Code>');
    expect((await callIam(await withMfa())).status).toBe(200);
    expect((await callIam(owner)).status).toBe(200);
  });

  it('may call of STS AssumeRole and GetCallerIdentity alone', async () => {
    for (const credentials of [await session(), await withMfa()]) {
      const client = aws().sts(credentials);
      expect(await assume(credentials, 'Plain')).toBe('granted');
      expect(await outcome(client.send(new GetCallerIdentityCommand({})))).toBe('granted');
      const AccessKeyId = owner.accessKeyId;
      expect(await outcome(client.send(new GetAccessKeyInfoCommand({ AccessKeyId })))).toBe(
        `AccessDenied: User: arn:aws:iam::${home}:user/owner is not authorized to perform: sts:GetAccessKeyInfo on resource: *`,
      );
      expect(await outcome(client.send(new GetFederationTokenCommand({ Name: 'Bob' })))).toBe(
        'AccessDenied: Cannot call GetFederationToken with session credentials',
      );
    }
    expect(
      await outcome(
        aws()
          .sts(owner)
          .send(new GetAccessKeyInfoCommand({ AccessKeyId: owner.accessKeyId })),
      ),
    ).toBe('granted');
  });

  it('assumes roles for an hour at most, as every session does', async () => {
    const credentials = await session();

    expect(await assume(credentials, 'Plain', { DurationSeconds: 3600 })).toBe('granted');
    expect(await assume(credentials, 'Plain', { DurationSeconds: 3601 })).toMatch(
      /^ValidationError: The requested DurationSeconds exceeds the 1 hour session limit/,
    );
    expect(await assume(owner, 'Plain', { DurationSeconds: 43_200 })).toBe('granted');
  });
});

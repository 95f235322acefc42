import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runProgram } from '../../../bin/daypass/program.ts';
import { aDaypassUser, type DaypassUser, daypassScript } from '../../support/a-daypass-user.ts';
import { startCommand } from '../../support/a-running-command.ts';
import { aTerminal } from '../../support/a-terminal.ts';
import { mfaCode, userCredentials } from '../../support/aws-identities.ts';
import { type Answer, callerIdentity, fetchToken, issue } from '../../support/daypass-client.ts';
import { toFacts, toObjects, toRows } from '../../support/read-output.ts';
import { runCommand } from '../../support/run-command.ts';
import { node, type RunningDaypass, startDaypass } from '../../support/running-daypass.ts';
import { runScript } from '../../support/third-party-engineer.ts';

let daypass: RunningDaypass;
let sreToken: string;
let sre: DaypassUser;
let developer: DaypassUser;

beforeAll(async () => {
  daypass = await startDaypass();
  sreToken = await fetchToken(daypass, 'sre');
  const login = (token: string) => aDaypassUser({ DAYPASS_URL: daypass.broker, DAYPASS_TOKEN: token });
  sre = login(sreToken);
  developer = login(await fetchToken(daypass, 'developer'));
}, 120_000);

afterAll(async () => {
  sre.remove();
  developer.remove();
  await daypass.stop();
});

/** Without a process of its own: the others show that one ends and prints the same. */
const asSre = (...args: readonly string[]) => runCommand(sre.env, ...args);
const asDeveloper = (...args: readonly string[]) => runCommand(developer.env, ...args);

async function issueOne(profile = 'prod-readonly', reason?: string): Promise<Answer['json']> {
  const answer = await issue(daypass, sreToken, profile, reason === undefined ? {} : { reason });
  return answer.json;
}

/** By a client whose name for itself a terminal would obey. */
async function issueAs(userAgent: string): Promise<void> {
  const request = httpRequest(`${daypass.broker}/v1/profiles/prod-readonly/credentials`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sreToken}`, 'user-agent': userAgent },
  });
  const [response] = await once(request.end(), 'response');
  response.resume();
  await once(response, 'end');
}

describe('daypass audit', () => {
  it('lists the newest first, up to its limit, and says that there are more', async () => {
    await issueOne('prod-readonly', 'first');
    const { IssuanceId, Credentials } = await issueOne('prod-readonly', 'second');

    const ended = await asSre('audit', '--profile', 'prod-readonly', '--limit', '1', '--since', '1h');

    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('--all') });
    expect(toRows(ended)).toEqual([
      [
        expect.stringMatching(/^2\d{3}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
        ...['ISSUED', 'okta.sre@example.com', 'prod-readonly', IssuanceId, Credentials.AccessKeyId],
        ...['', '127.0.0.1', 'second'],
      ],
    ]);
  });

  it('reads all pages with --all, each row once, as JSON', async () => {
    await Promise.all(Array.from({ length: 5 }, () => issueOne()));

    const all = toObjects(await asSre('audit', '--all', '--json', '--principal', 'okta.sre@example.com'));
    const paged = toObjects(await asSre('audit', '--limit', '3', '--json'));

    const ids = all.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual([...ids].sort().reverse());
    expect(paged.map(({ id }) => id)).toEqual(ids.slice(0, 3));
  });

  it('says whose key it is, why they got it, and what ends it', async () => {
    const { IssuanceId, Credentials } = await issueOne('prod-readonly', 'incident 42');

    const ended = await sre.run('audit', 'key', Credentials.AccessKeyId);

    const facts = toFacts(ended);
    expect(Object.fromEntries(facts)).toMatchObject({
      ...{ issuance: IssuanceId, state: 'ISSUED', principal: 'okta.sre@example.com', for: 'prod-readonly' },
      ...{ statement: 'SiteReliabilityEngineers', reason: 'incident 42' },
      ...{ from: expect.stringMatching(/^127\.0\.0\.1, /), 'source identity': 'okta.sre@example.com' },
      ...{
        roles: 'arn:aws:iam::222222222222:role/daypass/ReadOnly',
        // As whole minutes, of a quarter of an hour that has begun.
        until: expect.stringMatching(/\(in 1[45] min\)$/),
      },
      ...{ 'session name': expect.stringContaining(IssuanceId), CloudTrail: expect.any(String) },
      ...{ 'to end it': `daypass revoke ${IssuanceId} --reason …` },
      'to stop more': 'daypass suspend --principal okta.sre@example.com --reason …',
    });
    expect(ended.stdout).not.toContain(Credentials.SecretAccessKey);
    const shown = await asSre('audit', 'key', Credentials.AccessKeyId, '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({ id: IssuanceId });
  });

  it('tells nothing of others’ keys', async () => {
    const { Credentials, IssuanceId } = await issueOne();

    const key = await developer.run('audit', 'key', Credentials.AccessKeyId);
    const shown = await asDeveloper('audit', 'show', IssuanceId);

    expect(key).toMatchObject({ code: 1, stdout: '' });
    expect(key.stderr).toContain('your own');
    expect(shown).toMatchObject({ code: 1, stdout: '' });
  });

  it('shows what callers wrote, and obeys none of it', async () => {
    // As bytes of a header come, U+009B begins an escape sequence.
    await issueAs('\u009b2J\u009b31mroot\tISSUED');

    const lines = await asSre('audit', '--limit', '1', '--json');
    const [row] = toObjects(lines);
    const shown = await asSre('audit', 'show', row.id);

    for (const { stdout } of [lines, shown]) expect(stdout).not.toMatch(/[^\P{C}\t\n]/u);
    expect(shown.stdout).toContain('31mroot');
  });

  const follow = (interval: string) =>
    startCommand(node, [daypassScript, 'audit', '--follow', '--json', '--interval', interval], sre.env);

  it('follows: each row once, until Ctrl-C', async () => {
    const { IssuanceId: before } = await issueOne();
    const following = follow('1s');

    await following.shows(new RegExp(before));
    const { IssuanceId: during } = await issueOne();
    await following.shows(new RegExp(during));
    following.signal('SIGINT');
    const ended = await following.ended;

    expect(ended).toMatchObject({ code: 130, stderr: '' });
    const seen = toObjects(ended).map(({ id }) => id);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('ends at once while it waits for the next look', async () => {
    const { IssuanceId } = await issueOne();
    const following = follow('1h');

    await following.shows(new RegExp(`${IssuanceId}.*\n`));
    following.signal('SIGINT');

    expect(await following.ended).toMatchObject({ code: 130, stderr: '' });
  });
});

describe('daypass findings', () => {
  it('lists them for auditors, and tells nobody else that there are any', async () => {
    expect(await asSre('findings', '--severity', 'critical', '--json')).toMatchObject({
      code: 0,
      stdout: '',
    });
    expect(await asDeveloper('findings')).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('daypass session-token', () => {
  const user = '222222222222/developer';
  const { accessKeyId, secretAccessKey } = userCredentials(user);
  const run = (more: Readonly<Record<string, string>>, ...args: readonly string[]) =>
    developer.runWith(
      {
        env: {
          ...{ AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
          ...{ AWS_ENDPOINT_URL_STS: daypass.aws, AWS_EC2_METADATA_DISABLED: 'true', ...more },
        },
      },
      ...['session-token', ...args],
    );

  it('gives a session with MFA of the very user, whose key nobody else sees', async () => {
    const { serialNumber, tokenCode } = mfaCode(user);
    const flags = [
      '--mfa-serial',
      serialNumber,
      '--code',
      tokenCode,
      '--duration',
      '15m',
      '--format',
      'json',
    ];

    const first = await run({}, ...flags);
    const again = await run({}, ...flags);

    expect(first.code).toBe(0);
    const { Credentials, IssuanceId } = JSON.parse(first.stdout);
    expect(await callerIdentity(daypass, Credentials)).toBe('arn:aws:iam::222222222222:user/developer');
    expect(first.stderr).toBe(`issuance ${IssuanceId}\n`);
    expect(again).toMatchObject({ code: 4, stdout: '' });
    expect(`${again.stderr}${daypass.logs()}`).not.toContain(secretAccessKey);
    expect(`${again.stderr}${daypass.logs()}`).not.toContain(tokenCode);
  });

  it.each([
    ['with a session instead of a key', { AWS_SESSION_TOKEN: 't' }, 'long-term key'],
    ['for another STS than the broker asks', { AWS_ENDPOINT_URL_STS: '' }, 'AWS_ENDPOINT_URL_STS'],
  ])('ends with 2 %s', async (_, env, said) => {
    const flags = ['--mfa-serial', 'arn:aws:iam::222222222222:mfa/developer', '--code', '123456'];

    const ended = await run(env, ...flags);

    expect(ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(said) });
  });
});

describe('daypass decode', () => {
  it('pretty prints what stands in a message, of all of an error too', async () => {
    const answer = await fetch(`${daypass.aws}/_local/authorization-messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        principal: 'arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-issuer',
        action: 'ec2:StopInstances',
        resource: 'arn:aws:ec2:eu-west-1:111111111111:instance/i-0',
      }),
    });
    const { encodedMessage = '' } = (await answer.json()) as { readonly encodedMessage?: string };
    const input = `An error occurred (UnauthorizedOperation): You are not authorized. Encoded authorization failure message: ${encodedMessage}\n`;

    const whole = await sre.runWith({ input }, 'decode', '-');
    const broken = await asSre('decode', encodedMessage.replace(/^.{20}/, '$&\n  '));

    expect(whole).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(whole.stdout)).toMatchObject({
      allowed: false,
      context: { action: 'ec2:StopInstances' },
    });
    expect(whole.stdout.split('\n').length).toBeGreaterThan(5);
    expect(broken.stdout).toBe(whole.stdout);
    expect(await sre.runWith({ input: ' \n' }, 'decode', '-')).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('daypass web-identity-token', () => {
  it('prints the token and nothing else', async () => {
    const ended = await asSre(
      'web-identity-token',
      'partner-token',
      '--audience',
      'https://api.partner.example',
    );

    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const [, claims = ''] = ended.stdout.trimEnd().split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      aud: 'https://api.partner.example',
    });
  });

  it('names the audiences where there are several', async () => {
    const ended = await asSre('web-identity-token', 'partner-token');

    expect(ended).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('https://files.partner.example'),
    });
  });
});

describe('daypass suspend', () => {
  it('stops issuing until it is lifted', async () => {
    const suspended = await asSre('suspend', '--profile', 'team-data', '--reason', 'freeze');
    const denied = await issue(daypass, sreToken, 'team-data');
    const listed = await asSre('suspensions');
    const lifted = await asSre('lift', 'profile.team-data', '--reason', 'done');
    const allowed = await issue(daypass, sreToken, 'team-data');

    expect(suspended).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('daypass lift profile.team-data'),
    });
    expect([denied.status, allowed.status]).toEqual([403, 200]);
    expect(toRows(listed)).toEqual([
      [
        expect.any(String),
        ...['SUSPENDED', 'profile team-data', 'profile.team-data', 'okta.sre@example.com', 'freeze'],
      ],
    ]);
    expect(toRows(lifted)[0]).toContain('LIFTED');
    expect(await asSre('suspensions')).toMatchObject({ code: 0, stdout: '' });
  });

  it('of everything wants to be sure', async () => {
    const unsure = await asSre('suspend', '--everything', '--reason', 'x');
    const before = await issue(daypass, sreToken, 'team-data');
    const sure = await asSre('suspend', '--everything', '--yes', '--reason', 'x');
    const after = await issue(daypass, sreToken, 'team-data');
    await asSre('lift', 'everything', '--reason', 'done');

    expect(unsure).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--yes') });
    expect(sure.code).toBe(0);
    expect([before.status, after.status]).toEqual([200, 403]);
  });

  it('is not for everybody', async () => {
    const ended = await asDeveloper('suspend', '--profile', 'team-data', '--reason', 'x');

    expect(ended).toMatchObject({ code: 4, stdout: '' });
  });
});

describe('daypass revoke', () => {
  it('prints the policy that ends the session where the broker applies none', async () => {
    const { IssuanceId } = await issueOne();

    const ended = await asSre('revoke', IssuanceId, '--reason', 'leaked');
    const listed = await asSre('revocations');

    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('nothing has ended yet') });
    const command = ended.stdout.split('\n').find((line) => line.startsWith('aws iam put-role-policy'));
    expect(command).toContain(IssuanceId);
    expect(ended.stdout).toContain('does not end:');
    expect(toRows(listed)[0]).toEqual([
      ...[expect.any(String), `issuance ${IssuanceId}`, 'PRINTED', IssuanceId],
      ...['okta.sre@example.com', 'leaked'],
    ]);
  });

  it('ends all sessions of a principal up to now, as the broker has it', async () => {
    const slow = aTerminal({ env: sre.env, now: () => 0 });
    const { Credentials } = await issueOne();

    await runProgram(['revoke', '--principal', 'okta.sre@example.com', '--reason', 'stolen', '--json'], slow);

    const { principal, before, policies } = JSON.parse(slow.printed());
    expect(principal).toEqual({ issuer: 'okta', subject: 'sre@example.com' });
    expect(Date.parse(before)).toBeGreaterThan(Date.parse(Credentials.Expiration) - 960_000);
    expect(policies).not.toEqual([]);
  });

  it('ends with 1 where a policy could not be applied', async () => {
    const ended = await asSre(
      ...['revoke', '--role', 'arn:aws:iam::111111111111:role/daypass/Nobody', '--reason', 'x'],
    );

    expect(ended.code).toBe(1);
    expect(ended.stdout).toContain('NOT applied');
    expect(ended.stdout).toContain('aws iam put-role-policy');
  });
});

describe('daypass integrations', () => {
  const roleArn = 'arn:aws:iam::444444444444:role/vendors/DaypassInvoices';
  const run = (...args: readonly string[]) => asSre('integrations', ...args);

  it('makes one, hands out its kit, proves it, and changes what was read', async () => {
    const file = join(sre.home, 'acme.yaml');
    const trust = '[{ Effect: Allow, Principal: { Federated: okta } }]';
    writeFileSync(file, `description: Invoices\nowner: partners@example.com\ntrust: ${trust}\n`);

    const created = await run('create', 'invoices', '--file', file, '--role-arn', roleArn);
    const unproven = await run('verify', 'invoices');
    const kit = await run('onboard', 'invoices', '--format', 'cli');
    await runScript(daypass, '444444444444', kit.stdout);
    const proven = await run('verify', 'invoices');
    const listed = await run('list');

    expect(toFacts(created).get('state')).toBe('CREATED');
    expect(unproven).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('role-does-not-trust-the-broker'),
    });
    expect(proven).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^invoices: PASSED/) });
    expect(toRows(listed)).toEqual([
      ['invoices', 'VERIFIED', roleArn, 'PASSED', 'partners@example.com', 'Invoices'],
    ]);
  });

  it('refuses a change of what somebody else has changed', async () => {
    const file = join(sre.home, 'shown.json');
    writeFileSync(file, (await run('show', 'invoices', '--json')).stdout);

    const changed = await run('update', 'invoices', '--max-duration', '30m', '--reason', 'agreed');
    const stale = await run('update', 'invoices', '--file', file, '--description', 'Mine');
    const rotated = await run('rotate', 'invoices', '--if-version', '1');

    expect(toFacts(changed).get('duration')).toBe('900 s, at most 1800 s');
    for (const ended of [stale, rotated])
      expect(ended).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('show invoices') });
    expect(toFacts(await run('show', 'invoices')).get('description')).toBe('Invoices');
  });

  it('never sends a private key', async () => {
    const input = JSON.stringify({ keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', d: 'private' }] });

    // To be refused by a broker it would have to get there.
    const env = { DAYPASS_URL: 'http://127.0.0.1:1' };
    const ended = await sre.runWith({ input, env }, 'integrations', 'keys', 'invoices', '--file', '-');

    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).not.toContain('"d"');
  });

  it('suspends, resumes, deletes once somebody is sure, and keeps the history', async () => {
    const suspended = await run('suspend', 'invoices', '--reason', 'drift');
    const resumed = await run('resume', 'invoices');
    const unsure = await run('delete', 'invoices');
    const deleted = await run('delete', 'invoices', '--yes', '--reason', 'contract ended');
    const history = toRows(await run('history', 'invoices'));

    expect(toFacts(suspended).get('suspended')).toContain('drift');
    expect(toFacts(resumed).get('state')).toBe('CREATED');
    expect(unsure).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') });
    expect(toFacts(deleted).get('state')).toBe('DELETED');
    expect(history.map(([, , operation]) => operation)).toEqual(
      expect.arrayContaining(['delete', 'resume', 'suspend', 'update', 'verify', 'create']),
    );
    expect(history[0]?.[5]).toBe('contract ended');
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import type { Credentials } from '../../local/create-tables.ts';
import { readWorld } from '../../local/world.ts';
import {
  assumeRole,
  getFederationToken,
  getSessionToken,
  mfaCode,
  userCredentials,
  worldFile,
} from '../support/aws-identities.ts';
import { call, callerIdentity, fetchToken, readAssumeRoles, readTrail } from '../support/daypass-client.ts';
import { type RunningDaypass, startDaypass } from '../support/running-daypass.ts';
import {
  presign,
  type SignedCall,
  send,
  sign,
  signedCall,
  type WireRequest,
} from '../support/signed-request.ts';

// biome-ignore lint/suspicious/noExplicitAny: documents that the tests add to
type Json = any;

const runner = 'arn:aws:iam::222222222222:role/ci/Runner';
const reserved = 'aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_PlatformAdmin_0123456789abcdef';
const administrator = `arn:aws:iam::222222222222:role/${reserved}`;
const lookalike = `arn:aws:iam::333333333333:role/${reserved}`;

let daypass: RunningDaypass;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'daypass-iam-'));
  daypass = await startDaypass('--config', writeConfiguration(), '--world', writeWorld());
});

afterAll(async () => {
  await daypass.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** The demo's issuers of people and of AWS, and profiles for roles, for Identity Center's people, and one that MFA alone reaches. */
function writeConfiguration(): string {
  const root = new URL('../../', import.meta.url).pathname;
  const document: Json = parse(readFileSync(join(root, 'config/daypass.yaml'), 'utf8'));
  const { okta, aws } = document.issuers;
  document.issuers = { okta, aws: { ...aws, mfa: { ...aws.mfa, profiles: ['guarded'] } } };
  const profile = (Condition: object, more: object = {}) => ({
    description: 'for a test',
    mechanism: 'assume-role',
    roleArn: 'arn:aws:iam::222222222222:role/daypass/ReadOnly',
    trust: [{ Sid: 'Test', Effect: 'Allow', Principal: { Federated: 'aws' }, Condition }],
    ...more,
  });
  document.profiles = {
    'by-role': profile({ ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::222222222222:role/Runner' } }),
    'by-account': profile({ StringEquals: { 'aws:PrincipalAccount': '222222222222' } }),
    'by-person': profile({
      StringEquals: { 'claims:permissionSet': 'PlatformAdmin', 'claims:user': 'jane@example.com' },
      Bool: { 'daypass:MultiFactorAuthPresent': 'true' },
    }),
    guarded: profile({ Bool: { 'daypass:MultiFactorAuthPresent': 'true' } }),
  };
  const file = join(directory, 'daypass.yaml');
  writeFileSync(file, stringify(document));
  return file;
}

const allow = (Action: string | readonly string[], Resource = '*') => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource }],
});

/** The demo's, with an Identity Center role's name in an account that the configuration doesn't list. */
function writeWorld(): string {
  const document: Json = parse(readFileSync(worldFile, 'utf8'));
  const { roles, users } = document.accounts['222222222222'];
  const user = 'arn:aws:iam::222222222222:user/identity-center';
  document.accounts['333333333333'].roles[reserved] = roles[reserved];
  users['identity-center'].policies.push(allow('sts:AssumeRole', lookalike));
  const policies = [allow(['sts:GetFederationToken', 'execute-api:Invoke'])];
  users.federator = { accessKeyId: 'AKIAFEDERATOREXAMPLE', secretAccessKey: 'f'.repeat(40), policies };
  expect(roles[reserved].trust.Statement[0].Principal.AWS).toBe(user);
  const file = join(directory, 'world.yaml');
  writeFileSync(file, stringify(document, { aliasDuplicateObjects: false }));
  return file;
}

const developer = userCredentials('222222222222/developer');
const acme = userCredentials('444444444444/reporter');
const asRunner = (sessionName: string) =>
  assumeRole(daypass, { as: developer, roleArn: runner, sessionName });
const asPerson = (sessionName: string, roleArn = administrator) =>
  assumeRole(daypass, { as: userCredentials('222222222222/identity-center'), roleArn, sessionName });

const ask = (credentials: Credentials, more: Partial<SignedCall> = {}) =>
  signedCall(daypass.broker, { credentials, path: '/iam/v1/whoami', ...more });
const issue = (credentials: Credentials, profile: string, body?: object) =>
  ask(credentials, {
    method: 'POST',
    path: `/iam/v1/profiles/${profile}/credentials`,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });

describe('whoami under /iam/v1', () => {
  it('is the user when its long-term keys sign', async () => {
    const answer = await ask(developer);

    expect(answer).toMatchObject({
      status: 200,
      json: {
        issuer: 'aws',
        subject: 'arn:aws:iam::222222222222:user/developer',
        claims: { principalType: 'User' },
        aws: {
          PrincipalArn: 'arn:aws:iam::222222222222:user/developer',
          PrincipalAccount: '222222222222',
          PrincipalOrgID: 'o-exampleorg1',
        },
        mfa: false,
      },
    });
  });

  it('is the role when a session of it signs, whatever its holder calls the session', async () => {
    const answers = await Promise.all(
      ['build-1', 'root', 'jane@example.com'].map(async (name) => (await ask(await asRunner(name))).json),
    );

    expect(answers.map(({ subject }) => subject)).toEqual(
      Array(3).fill('arn:aws:iam::222222222222:role/Runner'),
    );
    expect(answers.map(({ claims }) => claims)).toEqual([
      { principalType: 'AssumedRole', sessionName: 'build-1' },
      { principalType: 'AssumedRole', sessionName: 'root' },
      { principalType: 'AssumedRole', sessionName: 'jane@example.com' },
    ]);
    expect(answers[0].selfAsserted).toEqual(['sessionName']);
  });

  it('is a person of Identity Center in an account that is listed for it', async () => {
    const { json } = await ask(await asPerson('jane@example.com'));

    expect(json).toMatchObject({
      subject: 'arn:aws:iam::222222222222:role/AWSReservedSSO_PlatformAdmin_0123456789abcdef',
      claims: { permissionSet: 'PlatformAdmin', user: 'jane@example.com' },
      mfa: true,
    });
  });

  it('is a role like any other where the account is not listed', async () => {
    const { json } = await ask(await asPerson('jane@example.com', lookalike));

    expect(json).toMatchObject({ aws: { PrincipalAccount: '333333333333' }, mfa: false });
    expect(json.claims).toEqual({ principalType: 'AssumedRole', sessionName: 'jane@example.com' });
  });

  it('is the user, whose session of GetSessionToken signs', async () => {
    const plain = await ask(developer);
    const session = await ask(await getSessionToken(daypass, { as: developer }));

    expect(session).toMatchObject({ status: 200, json: { mfa: false } });
    expect(session.json.subject).toBe(plain.json.subject);
    expect(session.json.claims).toEqual(plain.json.claims);
  });

  it('is a federated user by its name, within what its session may', async () => {
    const policy = allow('execute-api:Invoke');
    const federator = userCredentials('222222222222/federator', readWorld(join(directory, 'world.yaml')));
    const answer = await ask(await getFederationToken(daypass, { as: federator, name: 'jane', policy }));

    expect(answer).toMatchObject({
      status: 200,
      json: {
        subject: 'arn:aws:sts::222222222222:federated-user/jane',
        claims: { principalType: 'FederatedUser' },
        aws: { PrincipalAccount: '222222222222' },
        mfa: false,
      },
    });
    const without = await ask(await getFederationToken(daypass, { as: federator, name: 'jane' }));
    expect(without).toMatchObject({ status: 403, json: { code: 'refused-by-gateway' } });
  });

  it('is refused before the function to an account outside of the organization', async () => {
    const answer = await ask(acme);

    expect(answer).toMatchObject({ status: 403, json: { code: 'refused-by-gateway' } });
  });

  it('refuses a signature in the query, though API Gateway takes it: whoever has the URL would have it', async () => {
    const credentials = await asRunner('build-1');
    const wire = await presign(daypass.broker, { credentials, path: '/iam/v1/whoami' });

    const { status, json } = await send(daypass.broker, wire);

    expect(status).toBe(401);
    expect(json).toMatchObject({ code: 'unauthenticated' });
    expect(json.detail).toContain('in the Authorization header');
  });
});

describe('an issuance under /iam/v1', () => {
  it('gives credentials that AWS recognises, and a row that names role and account', async () => {
    const credentials = await asRunner('build-1');
    const answer = await issue(credentials, 'by-role', { reason: 'release 7' });

    expect(answer.status).toBe(200);
    const { IssuanceId, Credentials: given } = answer.json;
    expect(await callerIdentity(daypass, given)).toMatch(
      new RegExp(`^arn:aws:sts::222222222222:assumed-role/ReadOnly/.*${IssuanceId}`),
    );
    const row = await ask(credentials, { path: `/iam/v1/issuances/${IssuanceId}` });
    expect(row.json).toMatchObject({
      state: 'ISSUED',
      reason: 'release 7',
      principal: { issuer: 'aws', subject: 'arn:aws:iam::222222222222:role/Runner' },
    });
  });

  it('is one principal’s whatever the session is called', async () => {
    const { json } = await issue(await asRunner('one'), 'by-role');
    const { json: seen } = await ask(await asRunner('two'), { path: `/iam/v1/issuances/${json.IssuanceId}` });

    expect(seen.id).toBe(json.IssuanceId);
    const other = await ask(developer, { path: `/iam/v1/issuances/${json.IssuanceId}` });
    expect(other.status).toBe(404);
  });

  it('is for the person whom Identity Center names, and for nobody who takes the name', async () => {
    const statuses = [
      await asPerson('jane@example.com'),
      await asPerson('joe@example.com'),
      await asPerson('jane@example.com', lookalike),
      await asRunner('jane@example.com'),
    ].map(async (credentials) => (await issue(credentials, 'by-person')).status);

    expect(await Promise.all(statuses)).toEqual([200, 403, 403, 403]);
  });

  it('leaves a row for what policy refuses', async () => {
    const answer = await issue(developer, 'by-role');

    expect(answer).toMatchObject({ status: 403, json: { code: 'access-denied' } });
    const { json } = await ask(developer, { path: '/iam/v1/issuances', query: { state: 'DENIED' } });
    expect(json.issuances[0]).toMatchObject({
      profile: 'by-role',
      principal: { subject: 'arn:aws:iam::222222222222:user/developer' },
    });
  });

  it('shows the profiles that the caller may use', async () => {
    const { json } = await ask(await asRunner('build-1'), { path: '/iam/v1/profiles' });

    const names = json.profiles.map(({ name }: Json) => name);
    expect(names).toEqual(expect.arrayContaining(['by-account', 'by-role']));
    expect(names).not.toContain('by-person');
  });

  it.each([
    'guarded',
    'guard%65d',
    '%67uarded',
    'GUARDED',
    'guarded%2e',
    './guarded',
    'by-role/../guarded',
    '/guarded',
  ])('of a profile for MFA alone is refused without MFA, with %s in its path', async (spelling) => {
    const before = await readAssumeRoles(daypass);

    const session = await getSessionToken(daypass, { as: developer });
    const callers = [developer, session, await asRunner('build-1'), await asPerson('jane@example.com')];
    for (const credentials of callers) {
      const answer = await issue(credentials, spelling);
      expect([400, 403]).toContain(answer.status);
      expect(answer.json).not.toHaveProperty('Credentials');
    }

    expect(await readAssumeRoles(daypass)).toHaveLength(before.length);
  });

  it('of that profile is given to a session that was got with an MFA code', async () => {
    const mfa = mfaCode('222222222222/developer');
    const credentials = await getSessionToken(daypass, { as: developer, mfa });

    const answer = await issue(credentials, 'guarded');

    expect(answer.status).toBe(200);
    expect(await callerIdentity(daypass, answer.json.Credentials)).toMatch(
      /^arn:aws:sts::222222222222:assumed-role\/ReadOnly\//,
    );
    const path = '/iam/v1/profiles/guarded/container-credentials';
    expect((await ask(credentials, { path })).status).toBe(200);
    const row = await ask(credentials, { path: `/iam/v1/issuances/${answer.json.IssuanceId}` });
    expect(row.json).toMatchObject({
      state: 'ISSUED',
      principal: { subject: 'arn:aws:iam::222222222222:user/developer' },
    });
  });

  it('of that profile is stopped by the resource policy, before the function', async () => {
    expect((await issue(developer, 'guarded')).json.code).toBe('refused-by-gateway');
    const path = '/iam/v1/profiles/guarded/container-credentials';
    expect((await ask(developer, { path })).json.code).toBe('refused-by-gateway');
  });
});

describe('a signature that proves nothing', () => {
  const header = (name: string, value: string) => (wire: WireRequest) => ({
    ...wire,
    headers: { ...wire.headers, [name]: value },
  });

  it.each<[string, Partial<SignedCall>, (wire: WireRequest) => WireRequest]>([
    ['for another profile', {}, (wire) => ({ ...wire, path: '/iam/v1/profiles/by-account/credentials' })],
    ['for another method', { method: 'GET' }, (wire) => ({ ...wire, method: 'POST' })],
    [
      'for another body',
      { body: '{"durationSeconds":900}' },
      (wire) => ({ ...wire, body: '{"durationSeconds":3600}' }),
    ],
    [
      'for another query',
      { query: { format: 'sts' } },
      (wire) => ({ ...wire, path: wire.path.replace('sts', 'ini') }),
    ],
    ['for another host', {}, header('host', 'daypass.example.com')],
    ['for another time', {}, header('x-amz-date', '20261121T000000Z')],
    ['for another token', {}, header('x-amz-security-token', 'x')],
    ['for STS', { service: 'sts' }, (wire) => wire],
    ['for another region', { region: 'us-east-1' }, (wire) => wire],
    ['six minutes ago', { signedAt: new Date(Date.now() - 360_000) }, (wire) => wire],
  ])('is 403 without STS call or row when it was made %s', async (_name, changes, tamper) => {
    const credentials = await asRunner('build-1');
    const trail = await readTrail(daypass);
    const path = '/iam/v1/profiles/by-role/credentials';

    const wire = await sign(daypass.broker, { credentials, method: 'POST', path, ...changes });
    const answer = await send(daypass.broker, tamper(wire));

    expect(answer.status).toBe(403);
    expect(['invalid-signature', 'refused-by-gateway']).toContain(answer.json.code);
    expect(await readTrail(daypass)).toHaveLength(trail.length);
  });

  it('is 403 once the session is declared expired', async () => {
    const credentials = await asRunner('build-1');
    await fetch(`${daypass.aws}/_local/credentials/${credentials.accessKeyId}/expire`, { method: 'POST' });

    expect(await ask(credentials)).toMatchObject({ status: 403, json: { code: 'expired-credentials' } });
  });
});

describe('the path decides', () => {
  it('that a bearer token is nothing under /iam/v1', async () => {
    const token = await fetchToken(daypass, 'sre');

    expect((await call(daypass, { token, path: '/v1/whoami' })).status).toBe(200);
    expect(await call(daypass, { token, path: '/iam/v1/whoami' })).toMatchObject({
      status: 403,
      json: { code: 'invalid-signature' },
    });
  });

  it('that a signature is nothing under /v1', async () => {
    expect(await ask(developer, { path: '/v1/whoami' })).toMatchObject({
      status: 401,
      json: { code: 'unauthenticated' },
    });
    const wire = await presign(daypass.broker, { credentials: developer, path: '/v1/whoami' });
    expect((await send(daypass.broker, wire)).status).toBe(401);
  });

  it('and that a token beside a signature in the query is not a second caller', async () => {
    const token = await fetchToken(daypass, 'sre');
    const wire = await presign(daypass.broker, { credentials: developer, path: '/iam/v1/whoami' });

    const answer = await send(daypass.broker, {
      ...wire,
      headers: { ...wire.headers, authorization: `Bearer ${token}` },
    });

    expect(answer.status).toBe(403);
  });

  it('so that nobody is another by what stands in headers', async () => {
    const headers = { userArn: 'arn:aws:iam::222222222222:role/Runner', 'x-amzn-caller': 'AROA:x' };

    expect((await ask(developer, { headers })).json.subject).toBe('arn:aws:iam::222222222222:user/developer');
  });

  it('so that a principal in the query is an unknown parameter', async () => {
    const query = { userArn: 'arn:aws:iam::222222222222:role/Runner' };

    expect(await ask(developer, { query })).toMatchObject({ status: 400, json: { code: 'invalid-request' } });
  });

  it('so that a principal in the body is an unknown member', async () => {
    const identity = { userArn: 'arn:aws:iam::222222222222:role/Runner', accountId: '222222222222' };
    const answer = await issue(developer, 'by-role', { requestContext: { identity } });

    expect(answer.status).toBe(400);
  });
});

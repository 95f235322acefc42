import {
  AssumeRoleWithWebIdentityCommand,
  GetWebIdentityTokenCommand,
  type GetWebIdentityTokenCommandInput,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { aWorld, away, home, outcome, policy, startTestAws, type TestAws } from '../an-embedded-aws.ts';

const role = (name: string, account = home) => `arn:aws:iam::${account}:role/${name}`;
const trust = policy({
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${home}:user/admin` },
  Action: ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'],
});
const allow = (Action: string | readonly string[], Condition?: object) => ({
  trust,
  policies: [
    policy({ Effect: 'Allow', Action, Resource: '*', ...(Condition === undefined ? {} : { Condition }) }),
  ],
});
const get = 'sts:GetWebIdentityToken';
const both = [get, 'sts:TagGetWebIdentityToken'];

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws(
    aWorld({
      [home]: {
        organizationId: 'o-exampleorg1',
        outboundWebIdentityFederation: true,
        roles: {
          'data/Data': { ...allow(both), tags: { environment: 'production' } },
          Untagged: allow(get),
          Silent: { trust },
          OneAudience: allow(both, {
            'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': 'api' },
            NumericLessThanEquals: { 'sts:DurationSeconds': '300' },
            StringEquals: { 'sts:SigningAlgorithm': 'ES384' },
          }),
        },
      } as object,
      [away]: { roles: { Data: allow(both) } },
    }),
  );
});
afterAll(() => aws?.stop());

const session = async (RoleArn: string, input: object = {}, region = 'eu-west-1') =>
  aws.sts(await aws.assume({ RoleArn, RoleSessionName: 'job-1', ...input }), region);

const send = async (input: Partial<GetWebIdentityTokenCommandInput>, RoleArn = role('data/Data')) =>
  (await session(RoleArn)).send(
    new GetWebIdentityTokenCommand({ Audience: ['api'], SigningAlgorithm: 'RS256', ...input }),
  );

const tags = (count: number, value = 'v') =>
  Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: value }));

describe('GetWebIdentityToken', () => {
  it.each(['RS256', 'ES384'])('signs with %s what the served discovery and key set verify', async (alg) => {
    const answer = await send({ SigningAlgorithm: alg });
    const token = answer.WebIdentityToken ?? '';
    const issuer = `${aws.url}/_local/web-identity/${home}`;
    const discovery = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as {
      issuer: string;
      jwks_uri: string;
    };
    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL(discovery.jwks_uri)), {
      issuer,
      audience: 'api',
      algorithms: [alg],
    });

    expect(discovery.issuer).toBe(issuer);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg, typ: 'JWT' });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
    expect(answer.Expiration?.getTime()).toBe((payload.exp ?? 0) * 1000);
  });

  it('says who calls: the role, its account and organization, tags, source identity and end of the session', async () => {
    const client = await session(role('data/Data'), {
      SourceIdentity: 'alice',
      Tags: [{ Key: 'team', Value: 'data' }],
      DurationSeconds: 3600,
    });
    const { WebIdentityToken = '' } = await client.send(
      new GetWebIdentityTokenCommand({
        Audience: ['api', 'web'],
        SigningAlgorithm: 'RS256',
        DurationSeconds: 60,
        Tags: [{ Key: 'job-id', Value: '7' }],
      }),
    );

    expect(decodeJwt(WebIdentityToken)).toEqual({
      iss: `${aws.url}/_local/web-identity/${home}`,
      aud: ['api', 'web'],
      sub: role('data/Data'),
      iat: expect.any(Number),
      exp: expect.any(Number),
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'https://sts.amazonaws.com/': {
        aws_account: home,
        source_region: 'eu-west-1',
        org_id: 'o-exampleorg1',
        principal_id: role('data/Data'),
        principal_tags: { environment: 'production', team: 'data' },
        source_identity: 'alice',
        original_session_exp: expect.stringMatching(/Z$/),
        request_tags: { 'job-id': '7' },
      },
    });
  });

  it('keeps its keys over a restart', async () => {
    const keys = async (url: string) =>
      (await fetch(`${url}/_local/web-identity/${home}/.well-known/jwks.json`)).json();
    await send({});
    const before = await keys(aws.url);
    aws = await aws.restart();

    expect(await keys(aws.url)).toEqual(before);
    expect(JSON.stringify(before)).not.toMatch(/"d":|"p":/);
  });

  it.each<readonly [string, Partial<GetWebIdentityTokenCommandInput>, string | RegExp]>([
    ['no audience', { Audience: [] }, /'audience'.*not be null/],
    ['ten audiences', { Audience: tags(10).map(({ Key }) => Key) }, 'granted'],
    ['eleven audiences', { Audience: tags(11).map(({ Key }) => Key) }, /less than or equal to 10/],
    ['an empty audience', { Audience: [''] }, /greater than or equal to 1/],
    ['an audience of 1000', { Audience: ['a'.repeat(1000)] }, 'granted'],
    ['an audience of 1001', { Audience: ['a'.repeat(1001)] }, /less than or equal to 1000/],
    ['59 seconds', { DurationSeconds: 59 }, /greater than or equal to 60/],
    ['60 seconds', { DurationSeconds: 60 }, 'granted'],
    ['3601 seconds', { DurationSeconds: 3601 }, /less than or equal to 3600/],
    ['no algorithm', { SigningAlgorithm: undefined }, /'signingAlgorithm'.*not be null/],
    ['an algorithm of four', { SigningAlgorithm: 'RS25' }, /greater than or equal to 5/],
    ['another algorithm', { SigningAlgorithm: 'ES256' }, /must be one of RS256, ES384/],
    ['fifty tags', { Tags: tags(50) }, 'granted'],
    ['51 tags', { Tags: tags(51) }, /less than or equal to 50/],
    [
      'one tag in two cases',
      {
        Tags: [
          { Key: 'a', Value: '' },
          { Key: 'A', Value: '' },
        ],
      },
      /Duplicate tag keys/,
    ],
    ['tags beyond the payload', { Tags: tags(50, 'v'.repeat(256)) }, /^JWTPayloadSizeExceededException/],
  ])('%s', async (_name, input, expected) => {
    const result = await outcome(send(input));

    if (typeof expected === 'string') expect(result).toBe(expected);
    else expect(result).toMatch(expected);
  });

  it('lives as long as the session at most', async () => {
    const client = await session(role('data/Data'), { DurationSeconds: 900 });
    const ask = (DurationSeconds: number) =>
      outcome(
        client.send(
          new GetWebIdentityTokenCommand({ Audience: ['api'], SigningAlgorithm: 'RS256', DurationSeconds }),
        ),
      );

    expect(await ask(880)).toBe('granted');
    expect(await ask(910)).toMatch(/^SessionDurationEscalationException/);
  });

  it.each<readonly [string, string, Partial<GetWebIdentityTokenCommandInput>, string | RegExp]>([
    ['without the permission', role('Silent'), {}, /^AccessDenied: .*sts:GetWebIdentityToken/],
    [
      'with tags and without their permission',
      role('Untagged'),
      { Tags: tags(1) },
      /^AccessDenied: .*sts:TagGetWebIdentityToken/,
    ],
    ['without tags and their permission', role('Untagged'), {}, 'granted'],
    [
      'for the audience and algorithm of its policy',
      role('OneAudience'),
      { SigningAlgorithm: 'ES384' },
      'granted',
    ],
    [
      'for another audience beside',
      role('OneAudience'),
      { SigningAlgorithm: 'ES384', Audience: ['api', 'web'] },
      /^AccessDenied/,
    ],
    ['by another algorithm', role('OneAudience'), {}, /^AccessDenied/],
    ['for longer', role('OneAudience'), { SigningAlgorithm: 'ES384', DurationSeconds: 301 }, /^AccessDenied/],
  ])('for a role %s', async (_name, RoleArn, input, expected) => {
    const result = await outcome(send(input, RoleArn));

    if (typeof expected === 'string') expect(result).toBe(expected);
    else expect(result).toMatch(expected);
  });

  it('is refused in an account that has not switched it on', async () => {
    expect(await outcome(send({}, role('Data', away)))).toMatch(
      /^OutboundWebIdentityFederationDisabledException/,
    );
  });

  it('is not on the global endpoint', async () => {
    const client = await session(role('data/Data'), {}, 'us-east-1');
    const command = new GetWebIdentityTokenCommand({ Audience: ['api'], SigningAlgorithm: 'RS256' });

    expect(await outcome(client.send(command))).toMatch(/not supported on the global STS endpoint/);
  });

  it('gives a token that AssumeRoleWithWebIdentity of the same partition refuses', async () => {
    const { WebIdentityToken = '' } = await send({ Audience: ['sts.amazonaws.com'] });
    const command = new AssumeRoleWithWebIdentityCommand({
      RoleArn: role('data/Data'),
      RoleSessionName: 'job-1',
      WebIdentityToken,
    });

    expect(await outcome(aws.sts().send(command))).toBe(
      'InvalidIdentityTokenException: Tokens that AWS STS issued are not accepted in the same partition',
    );
  });

  it('is in the trail without the token', async () => {
    const { WebIdentityToken = '' } = await send({ Audience: ['trail'], DurationSeconds: 120 });

    const record = (await aws.records()).at(-1);
    expect(record).toMatchObject({
      eventName: 'GetWebIdentityToken',
      recipientAccountId: home,
      requestParameters: { audience: ['trail'], durationSeconds: 120, signingAlgorithm: 'RS256' },
    });
    expect(JSON.stringify(record)).not.toContain(WebIdentityToken.split('.')[2]);
  });

  it('has no documents for an account that is none', async () => {
    const answer = await fetch(`${aws.url}/_local/web-identity/999999999999/.well-known/jwks.json`);

    expect(answer.status).toBe(404);
  });
});

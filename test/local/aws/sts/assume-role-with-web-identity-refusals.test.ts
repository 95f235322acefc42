import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto';
import type { AssumeRoleWithWebIdentityCommandInput } from '@aws-sdk/client-sts';
import { describe, expect, it } from '@jest/globals';
import { home, outcome } from '../an-embedded-aws.ts';

import {
  attempt,
  audience,
  badSignature,
  claims,
  foreign,
  idp,
  invalid,
  key,
  noKey,
  replacePart,
  roleArn,
  send,
  sign,
  sourceIdentity,
  tags,
} from './web-identity-world.ts';

describe('AssumeRoleWithWebIdentity refuses a token', () => {
  const list: readonly (readonly [string, Readonly<Record<string, unknown>>, string | RegExp])[] = [
    ['for another audience', { aud: 'sts.amazon.com' }, invalid('Incorrect token audience')],
    ['of no audience', { aud: undefined }, invalid('Missing a required claim: aud')],
    ['of an empty list of audiences', { aud: [] }, invalid('Missing a required claim: aud')],
    ['whose audience is a number', { aud: 1 }, invalid('Missing a required claim: aud')],
    ['of another client for our audience', { azp: 'web' }, invalid('Incorrect token audience')],
    ['whose client is a list', { azp: [audience] }, invalid('Incorrect token audience')],
    ['of nobody', { sub: undefined }, invalid('Missing a required claim: sub')],
    ['of an empty subject', { sub: '' }, invalid('Missing a required claim: sub')],
    ['of a subject that is a list', { sub: ['alice'] }, invalid('Missing a required claim: sub')],
    ['of no issuer', { iss: undefined }, invalid('Missing a required claim: iss')],
    ['that never expires', { exp: undefined }, invalid('Missing a required claim: exp')],
    ['that expires at half a second', { exp: 1e10 + 0.5 }, invalid('The claim exp is not an integer')],
    ['that expires as text', { exp: '9999999999' }, invalid('The claim exp is not an integer')],
    ['without iat', { iat: undefined }, invalid('Missing a required claim: iat')],
    [
      'of the future',
      { iat: 9_999_999_998, exp: 9_999_999_999 },
      /^InvalidIdentityTokenException: Token is not valid before/,
    ],
    ['not valid yet', { nbf: 9_999_999_998 }, /^InvalidIdentityTokenException: Token is not valid before/],
    [
      'that has expired',
      { exp: 1_600_000_000 },
      /^ExpiredTokenException: Token expired: current date\/time \d+ must be before/,
    ],
    [
      'of an issuer nobody registered',
      { iss: 'https://other.example' },
      invalid('No OpenIDConnect provider found in your account for https://other.example'),
    ],
    [
      'of an issuer that only looks alike',
      { iss: 'HTTPS://idp.example/tenant' },
      /No OpenIDConnect provider/,
    ],
    ['of an issuer beyond loopback', { iss: 'https://unserved.example' }, noKey],
    [
      'of an issuer that is down',
      { iss: 'http://127.0.0.1:1' },
      'IDPCommunicationErrorException: The identity provider could not be reached',
    ],
    ['with tags that are text', { 'https://aws.amazon.com/tags': 'Team=web' }, /tags is malformed/],
    ['with a tag that is a number', tags({ Team: [1] }), /tags is malformed/],
    ['with a tag of two values', tags({ Team: ['a', 'b'] }), /exactly one value/],
    ['with a tag of no value', tags({ Team: [] }), /principalTags.value/],
    ['with one tag in two cases', tags({ Team: ['a'], TEAM: ['b'] }), /Duplicate tag keys/],
    ['with a reserved tag', tags({ 'aws:team': ['a'] }), /reserved for system use/],
    ['with a tag key of 129 characters', tags({ ['k'.repeat(129)]: ['a'] }), /less than or equal to 128/],
    ['with a tag value of 257 characters', tags({ k: ['v'.repeat(257)] }), /less than or equal to 256/],
    ['with a tag that STS has no characters for', tags({ k: ['a;b'] }), /regular expression pattern/],
    [
      'with 51 tags',
      tags(Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`k${i}`, ['v']]))),
      /At most 50/,
    ],
    ['with a transitive tag that is none', tags({ Team: ['web'] }, ['Cost']), /transitive tag key/],
    [
      'with tags beyond the packed size',
      tags(Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`k${i}`, ['v'.repeat(200)]]))),
      /^PackedPolicyTooLargeException/,
    ],
    ['with a source identity of one character', sourceIdentity('a'), /Source Identity must match/],
    ['with a source identity of 65 characters', sourceIdentity('a'.repeat(65)), /Source Identity must match/],
    [
      'with a source identity that begins with aws:',
      sourceIdentity('aws:alice'),
      /Source Identity must match/,
    ],
    ['with a source identity that is a list', sourceIdentity(['alice']), /source_identity is malformed/],
  ];
  it.each(list)('%s', async (_name, payload, expected) => {
    const result = await attempt(payload);

    if (typeof expected === 'string') expect(result).toBe(expected);
    else expect(result).toMatch(expected);
  });

  it.each<readonly [string, () => Promise<string>, string]>([
    ['that another key with the same id signed', () => sign(claims(), { signer: foreign }), badSignature],
    ['with a key id that the issuer has not', () => sign(claims(), { header: { kid: 'two' } }), badSignature],
    [
      'with a changed payload',
      async () => replacePart(await sign(claims()), 1, claims({ sub: 'bob' })),
      badSignature,
    ],
    ['that says alg none', async () => replacePart(await sign(claims()), 0, { alg: 'none' }), badSignature],
    ['without a signature', async () => (await sign(claims())).replace(/[^.]*$/, ''), badSignature],
    [
      'that is no JWT',
      async () => 'opaque',
      invalid(
        'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
      ),
    ],
    [
      'that names its subject twice',
      () => sign(JSON.stringify(claims()).replace('{', '{"sub":"bob",')),
      invalid(
        'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
      ),
    ],
  ])('%s', async (_name, token, expected) => {
    expect(await outcome(send({ WebIdentityToken: await token() }))).toBe(expected);
  });

  it('whose MAC is made with the public key', async () => {
    const secret = createPublicKey({ key: key.jwk as JsonWebKey, format: 'jwk' }).export({
      format: 'pem',
      type: 'spki',
    });
    const input = [{ alg: 'HS256', kid: 'one' }, claims()]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    const token = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;

    expect(await outcome(send({ WebIdentityToken: token }))).toBe(badSignature);
  });

  it('when the discovery document is of another issuer', async () => {
    idp.answer('/.well-known/openid-configuration', (_request, response) => {
      response.end(JSON.stringify({ issuer: 'https://else.example', jwks_uri: `${idp.url}/jwks` }));
    });

    expect(await attempt({})).toBe(noKey);
  });

  it('when the key set is beyond loopback', async () => {
    idp.answer('/.well-known/openid-configuration', (_request, response) => {
      response.end(JSON.stringify({ issuer: idp.url, jwks_uri: 'https://keys.example/jwks' }));
    });

    expect(await attempt({})).toBe(noKey);
  });

  it.each([
    [404, '{}'],
    [200, 'no JSON'],
    [200, '{"keys":1}'],
  ])('when the key set is answered with %s %s', async (status, body) => {
    idp.answer('/jwks', (_request, response) => {
      response.writeHead(status).end(body);
    });

    expect(await attempt({})).toBe(noKey);
  });

  it('in an account that has not the provider', async () => {
    expect(await attempt({}, { RoleArn: roleArn('Plain', home) })).toBe(
      invalid(`No OpenIDConnect provider found in your account for ${idp.url}`),
    );
  });
});

describe('the limits of AssumeRoleWithWebIdentity', () => {
  it.each<readonly [string, Partial<AssumeRoleWithWebIdentityCommandInput>, string | RegExp]>([
    ['899 seconds', { DurationSeconds: 899 }, /greater than or equal to 900/],
    ['900 seconds', { DurationSeconds: 900 }, 'granted'],
    ['43200 seconds', { DurationSeconds: 43_200 }, 'granted'],
    ['43201 seconds', { DurationSeconds: 43_201 }, /less than or equal to 43200/],
    ["the role's maximum", { RoleArn: roleArn('Hour'), DurationSeconds: 3600 }, 'granted'],
    [
      "more than the role's maximum",
      { RoleArn: roleArn('Hour'), DurationSeconds: 3601 },
      /exceeds the MaxSessionDuration/,
    ],
    ['a session name of 1', { RoleSessionName: 'a' }, /greater than or equal to 2/],
    ['a session name of 2', { RoleSessionName: 'ab' }, 'granted'],
    ['a session name of 64', { RoleSessionName: 'a'.repeat(64) }, 'granted'],
    ['a session name of 65', { RoleSessionName: 'a'.repeat(65) }, /less than or equal to 64/],
    [
      'a token of 3',
      { WebIdentityToken: 'abc' },
      /Value '\*\*\*' at 'webIdentityToken'.*greater than or equal to 4/,
    ],
    ['a token of 4', { WebIdentityToken: 'abcd' }, /not a valid JWT/],
    ['a token of 20000', { WebIdentityToken: 'a'.repeat(20_000) }, /not a valid JWT/],
    [
      'a token of 20001',
      { WebIdentityToken: 'a'.repeat(20_001) },
      /Value '\*\*\*' at 'webIdentityToken'.*less than or equal to 20000/,
    ],
    ['no role', { RoleArn: undefined }, /'roleArn'.*not be null/],
    ['a malformed policy', { Policy: '{' }, /^MalformedPolicyDocumentException/],
    [
      'an unknown managed policy',
      { PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/None' }] },
      /does not exist/,
    ],
    ['a provider id', { ProviderId: 'www.amazon.com' }, /^NotImplemented/],
  ])('%s', async (_name, input, expected) => {
    const result = await outcome(send({ WebIdentityToken: await sign(claims()), ...input }));

    if (typeof expected === 'string') expect(result).toBe(expected);
    else expect(result).toMatch(expected);
  });
});

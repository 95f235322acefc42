import type { AssumeRoleWithSAMLCommandInput } from '@aws-sdk/client-sts';
import { describe, expect, it } from '@jest/globals';
import type { SamlResponseFields } from '../../../support/saml-response.ts';
import { algorithms, rsaWith, signSaml } from '../../../support/saml-signing.ts';
import { home, outcome } from '../an-embedded-aws.ts';

import {
  at,
  attempt,
  attribute,
  denied,
  encode,
  invalid,
  key,
  pair,
  providerArn,
  response,
  roleArn,
  send,
  signIn,
} from './saml-world.ts';

describe('AssumeRoleWithSAML refuses a response', () => {
  it.each<readonly [string, Partial<SamlResponseFields>, object, string | RegExp]>([
    ['for Daypass', { recipient: 'https://broker.example/v1/saml/acs' }, {}, /Recipient is not/],
    [
      'for the sign-in of another region',
      { recipient: 'https://us-west-2.signin.aws.amazon.com/saml' },
      {},
      /Recipient is not/,
    ],
    [
      'for another audience',
      { audiences: [['https://broker.example']] },
      {},
      invalid('Response does not contain the required audience.'),
    ],
    ['of no audience', { audiences: [] }, {}, invalid('Response does not contain the required audience.')],
    [
      'of which one restriction is for another',
      { audiences: [[signIn], ['https://broker.example']] },
      {},
      invalid('Response does not contain the required audience.'),
    ],
    [
      'that no bearer may bring',
      { method: 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key' },
      {},
      /Recipient is not/,
    ],
    [
      'of an issuer the provider is not',
      { issuer: 'https://else.example', responseIssuer: 'https://else.example' },
      {},
      invalid('Issuer not present in specified provider'),
    ],
    [
      'issued more than five minutes ago',
      { issueInstant: at(-302) },
      {},
      'ExpiredTokenException: Token must be redeemed within 5 minutes of issuance',
    ],
    [
      'whose confirmation has ended',
      { confirmationNotOnOrAfter: at(-1) },
      {},
      'ExpiredTokenException: The assertion has expired',
    ],
    [
      'whose conditions have ended',
      { notOnOrAfter: at(-1) },
      {},
      'ExpiredTokenException: The assertion has expired',
    ],
    [
      'whose session is over',
      { sessionNotOnOrAfter: at(-1) },
      {},
      'ExpiredTokenException: The assertion has expired',
    ],
    ['without an end', { confirmationNotOnOrAfter: undefined }, {}, /NotOnOrAfter is required/],
    ['not valid yet', { notBefore: at(120) }, {}, /not valid yet/],
    ['of nobody', { nameId: undefined }, {}, /Subject is required/],
    [
      'that says it failed',
      { statusCode: 'urn:oasis:names:tc:SAML:2.0:status:Requester' },
      {},
      /^IDPRejectedClaimException/,
    ],
    ['for another role', {}, { [attribute('Role')]: [pair('Hour')] }, denied()],
    ['for another provider', {}, { [attribute('Role')]: [pair('Plain', providerArn('Ec'))] }, denied()],
    ['with half a pair', {}, { [attribute('Role')]: [roleArn('Plain')] }, denied()],
    ['with a pair of three', {}, { [attribute('Role')]: [`${pair('Plain')},x`] }, denied()],
    ['for no role', {}, { [attribute('Role')]: [] }, denied()],
    [
      'without a session name',
      {},
      { [attribute('RoleSessionName')]: [] },
      invalid('RoleSessionName is required in AuthnResponse'),
    ],
    [
      'with a session name of one character',
      {},
      { [attribute('RoleSessionName')]: ['a'] },
      /RoleSessionName in AuthnResponse must match/,
    ],
    [
      'with a session name of 65 characters',
      {},
      { [attribute('RoleSessionName')]: ['a'.repeat(65)] },
      /RoleSessionName in AuthnResponse must match/,
    ],
    [
      'with a session name with a space',
      {},
      { [attribute('RoleSessionName')]: ['a b'] },
      /RoleSessionName in AuthnResponse must match/,
    ],
    [
      'with a source identity with a colon',
      {},
      { [attribute('SourceIdentity')]: ['a:b'] },
      /Source Identity must match/,
    ],
    ['with two source identities', {}, { [attribute('SourceIdentity')]: ['alice', 'bob'] }, /exactly one/],
    ['with a tag of two values', {}, { [attribute('PrincipalTag:Team')]: ['a', 'b'] }, /exactly one/],
    [
      'with a transitive tag that is none',
      {},
      { [attribute('TransitiveTagKeys')]: ['Team'] },
      /transitive tag key/,
    ],
  ])('%s', async (_name, changes, attributes, expected) => {
    const result = await attempt(changes, attributes);

    if (typeof expected === 'string') expect(result).toBe(expected);
    else expect(result).toMatch(expected);
  });

  it.each<readonly [string, () => string, string]>([
    ['that nobody signed', () => response('Plain'), 'Response signature invalid'],
    [
      'changed after it was signed',
      () => signSaml(response('Plain'), key).replace('role/Plain', 'role/Hours'),
      'Response signature invalid',
    ],
    [
      'with a signature over SHA-1',
      () =>
        signSaml(response('Plain'), key, {
          signatureAlgorithm: algorithms.rsaSha1,
          digestAlgorithm: algorithms.sha1,
        }),
      'Response signature invalid',
    ],
    ['with a DOCTYPE', () => `<!DOCTYPE x>${signSaml(response('Plain'), key)}`, 'Invalid SAML response'],
    ['that is no XML', () => 'hello', 'Invalid SAML response'],
  ])('%s', async (_name, xml, expected) => {
    expect(await outcome(send(encode(xml())))).toBe(invalid(expected));
  });

  it('that is no base64', async () => {
    const encoded = encode(signSaml(response('Plain'), key));

    expect(await outcome(send(`${encoded}*`))).toBe(invalid('Invalid base64 SAMLResponse'));
    expect(await outcome(send(encoded.replace(/(.{76})/g, '$1\r\n')))).toBe('granted');
  });

  it('of a provider in another account than the role, though the role trusts it', async () => {
    const PrincipalArn = providerArn('Idp', home);
    const attributes = { [attribute('Role')]: [pair('ForeignProvider', PrincipalArn)] };
    const xml = signSaml(response('ForeignProvider', {}, attributes), key);

    expect(await outcome(send(encode(xml), { RoleArn: roleArn('ForeignProvider'), PrincipalArn }))).toBe(
      denied(),
    );
  });

  it('signed over the response, taken; with SHA-384 and SHA-512, taken', async () => {
    for (const options of [
      { over: 'Response' as const },
      { signatureAlgorithm: rsaWith('sha384') },
      { signatureAlgorithm: rsaWith('sha512') },
    ]) {
      expect(await outcome(send(encode(signSaml(response('Plain'), key, options))))).toBe('granted');
    }
  });
});

describe('the limits of AssumeRoleWithSAML', () => {
  it.each<readonly [string, Partial<AssumeRoleWithSAMLCommandInput>, string | RegExp]>([
    ['899 seconds', { DurationSeconds: 899 }, /greater than or equal to 900/],
    ['900 seconds', { DurationSeconds: 900 }, 'granted'],
    ['43200 seconds', { DurationSeconds: 43_200 }, 'granted'],
    ['43201 seconds', { DurationSeconds: 43_201 }, /less than or equal to 43200/],
    [
      'an assertion of 3',
      { SAMLAssertion: 'abc' },
      /Value '\*\*\*' at 'sAMLAssertion'.*greater than or equal to 4/,
    ],
    ['an assertion of 4', { SAMLAssertion: 'abcd' }, /Invalid/],
    ['an assertion of 100000', { SAMLAssertion: 'abcd'.repeat(25_000) }, /Invalid/],
    [
      'an assertion of 100001',
      { SAMLAssertion: 'a'.repeat(100_001) },
      /Value '\*\*\*' at 'sAMLAssertion'.*less than or equal to 100000/,
    ],
    ['no provider', { PrincipalArn: undefined }, /'principalArn'.*not be null/],
    ['an ARN that is no role', { RoleArn: providerArn() }, /Request ARN is invalid/],
  ])('%s', async (_name, input, expected) => {
    const result = await attempt({}, {}, input);

    if (typeof expected === 'string') expect(result).toBe(expected);
    else expect(result).toMatch(expected);
  });

  it("the role's maximum and more", async () => {
    const ask = (DurationSeconds: number) =>
      outcome(send(encode(signSaml(response('Hour'), key)), { RoleArn: roleArn('Hour'), DurationSeconds }));

    expect(await ask(3600)).toBe('granted');
    expect(await ask(3601)).toMatch(/exceeds the MaxSessionDuration/);
  });
});

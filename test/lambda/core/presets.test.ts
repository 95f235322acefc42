import { beforeAll, describe, expect, it } from '@jest/globals';
import { createJoseTokenVerifier } from '../../../lambda/adapters/jose-token-verifier.ts';
import { createAuthenticate } from '../../../lambda/core/authenticate.ts';
import { TokenRefusedError } from '../../../lambda/core/authentication-errors.ts';
import type { SigningAlgorithm } from '../../../lambda/core/configuration.ts';
import { oidcPresetNames } from '../../../lambda/core/oidc-presets.ts';
import { parseConfiguration } from '../../../lambda/core/parse-configuration.ts';
import { aConfigurationDocument, aProfileDocument } from '../../support/a-configuration.ts';
import { audience, cognitoIdToken, type PresetToken, presetTokens } from '../../support/preset-tokens.ts';
import { aRecordingLogger } from '../../support/recording-logger.ts';
import { aSigningKey, nowMs, nowSeconds, type SigningKey, sign } from '../../support/tokens.ts';

const algorithms: readonly SigningAlgorithm[] = ['RS256', 'ES256', 'ES384'];
const keys = new Map<SigningAlgorithm, SigningKey>();
const foreignKeys = new Map<SigningAlgorithm, SigningKey>();

beforeAll(async () => {
  for (const algorithm of algorithms) {
    keys.set(algorithm, await aSigningKey('one', algorithm));
    foreignKeys.set(algorithm, await aSigningKey('one', algorithm));
  }
});

function keyOf(algorithm: SigningAlgorithm, of = keys): SigningKey {
  const key = of.get(algorithm);
  if (key === undefined) throw new TypeError(`no key for ${algorithm}`);
  return key;
}

/** A configuration whose one issuer is the token's, with its key in it: nothing is fetched. */
const aDocument = ({ preset, algorithm, settings }: PresetToken, changes: object = {}) =>
  aConfigurationDocument({
    issuers: {
      workloads: {
        type: 'oidc',
        preset,
        jwks: { keys: [keyOf(algorithm).publicJwk] },
        ...settings,
        ...changes,
      },
    },
    profiles: {},
  });

function authenticateWith(document: unknown) {
  const { issuers } = parseConfiguration(document);
  const fetch = () => Promise.reject(new Error('nothing is to be fetched'));
  const now = () => nowMs;
  const verifier = createJoseTokenVerifier({ issuers, fetch, now, logger: aRecordingLogger() });
  const authenticate = createAuthenticate({ issuers, verifier, now });
  return (compact: string) =>
    authenticate(compact).catch((error: unknown) => {
      if (error instanceof TokenRefusedError) return error.reason;
      throw error;
    });
}

const signed = (token: PresetToken, claims: object = {}, header: object = {}) =>
  sign(keyOf(token.algorithm), { ...token.claims, ...claims }, { ...token.header, ...header });

function tokenOf(name: string): PresetToken {
  const token = presetTokens.find((each) => each.name === name);
  if (token === undefined) throw new TypeError(`no token is called ${name}`);
  return token;
}

describe('a preset', () => {
  it('exists for each kind of token that the tests have, and the other way round', () => {
    expect(new Set(presetTokens.map(({ preset }) => preset))).toEqual(new Set(oidcPresetNames));
  });

  it.each(presetTokens)('takes $name', async (token) => {
    const authenticate = authenticateWith(aDocument(token));

    expect(await authenticate(await signed(token))).toEqual({
      issuer: 'workloads',
      subject: token.proves.subject,
      claims: token.proves.claims,
      mfa: token.proves.mfa ?? false,
      ...(token.proves.authTime === undefined ? {} : { authTime: token.proves.authTime }),
      issuedAt: token.claims['iat'],
      expiresAt: token.claims['exp'],
    });
  });

  it.each(presetTokens)('refuses a forged one: $name', async (token) => {
    const authenticate = authenticateWith(aDocument(token));
    const { algorithm, claims, header } = token;

    expect(await authenticate(await sign(keyOf(algorithm, foreignKeys), claims, header))).toBe('signature');
  });

  it.each(presetTokens)('refuses one for somebody else: $name', async (token) => {
    const authenticate = authenticateWith(aDocument(token));
    const elsewhere = { aud: 'sts.amazonaws.com', client_id: 'another-client' };

    expect(await authenticate(await signed(token, elsewhere))).toBe('audience');
    const both = [audience, 'sts.amazonaws.com'];
    expect(await authenticate(await signed(token, { aud: both, client_id: both }))).toBe('audience');
  });

  it.each(presetTokens)('refuses one of a day ago: $name', async (token) => {
    const times = { iat: nowSeconds - 90_000, nbf: nowSeconds - 90_000, exp: nowSeconds };

    expect(await authenticateWith(aDocument(token))(await signed(token, times))).toBe('expired');
  });

  it.each(presetTokens)('gives claims that a trust statement can name: $name', (token) => {
    const trust = Object.entries(token.proves.claims).map(([name, value]) => ({
      Effect: 'Allow',
      Principal: { Federated: 'workloads' },
      Condition: {
        [typeof value === 'string' ? 'StringEquals' : 'ForAnyValue:StringEquals']: {
          [`claims:${name}`]: value,
        },
      },
    }));
    const profiles = { reports: aProfileDocument({ trust }) };

    expect(() => parseConfiguration({ ...aDocument(token), profiles })).not.toThrow();
  });
});

const nearMisses: readonly (readonly [miss: string, token: string, claims: object, reason: string])[] = [
  [
    'the repository of another owner',
    'GitHub Actions, a push',
    { repository_owner_id: '1234568' },
    'not-admitted',
  ],
  [
    'an owner who took the name over',
    'GitHub Actions, a push',
    { repository_owner_id: '99' },
    'not-admitted',
  ],
  [
    'an owner id that begins alike',
    'GitHub Actions, a push',
    { repository_owner_id: '12345678' },
    'not-admitted',
  ],
  ['an owner id that is a number', 'GitHub Actions, a push', { repository_owner_id: 1234567 }, 'claim'],
  ['no owner id', 'GitHub Actions, a push', { repository_owner_id: undefined }, 'not-admitted'],
  [
    'a subject that names the owner alone',
    'GitHub Actions, a push',
    { repository_owner_id: '9', sub: 'repo:example/shop:ref:refs/heads/main' },
    'not-admitted',
  ],
  [
    'the issuer of an enterprise',
    'GitHub Actions, a push',
    { iss: 'https://token.actions.githubusercontent.com/example' },
    'unknown-issuer',
  ],
  [
    'GitHub.com at a server of its own',
    'GitHub Enterprise Server',
    { iss: 'https://token.actions.githubusercontent.com' },
    'unknown-issuer',
  ],
  ['the default audience', 'GitHub Actions, a push', { aud: 'https://github.com/example' }, 'audience'],
  ['an environment that is null', 'GitHub Actions, a push', { environment: null }, 'claim'],
  ['another namespace', 'GitLab.com', { namespace_id: '73' }, 'not-admitted'],
  [
    'a subgroup called as the namespace',
    'GitLab.com',
    { namespace_id: '721', namespace_path: 'example/payments' },
    'not-admitted',
  ],
  [
    'GitLab.com at an instance of its own',
    'GitLab on a host of its own, which needs no admit',
    { iss: 'https://gitlab.com' },
    'unknown-issuer',
  ],
  ['a flag that is no string', 'GitLab.com', { ref_protected: true }, 'claim'],
  [
    'another cluster of the account',
    'EKS',
    { iss: 'https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLF' },
    'unknown-issuer',
  ],
  [
    'another region',
    'EKS',
    { iss: 'https://oidc.eks.eu-west-2.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE' },
    'unknown-issuer',
  ],
  ['the token for the API server', 'EKS', { aud: ['https://kubernetes.default.svc'] }, 'audience'],
  ['the API server beside us', 'EKS', { aud: [audience, 'https://kubernetes.default.svc'] }, 'audience'],
  ['a token that lives for a year', 'EKS', { exp: nowSeconds + 31_536_000 }, 'lifetime'],
  ['a token without end, as secrets once held', 'EKS', { exp: undefined }, 'malformed-token'],
  ['a token without a beginning', 'EKS', { iat: undefined }, 'malformed-token'],
  ['a namespace that is no string', 'EKS', { 'kubernetes.io': { namespace: ['payments'] } }, 'claim'],
  [
    'an ID token',
    'Cognito, the access token of a user',
    { ...cognitoIdToken, client_id: undefined },
    'audience',
  ],
  [
    'an ID token that also names the client',
    'Cognito, the access token of a user',
    cognitoIdToken,
    'required-claim',
  ],
  ['a token of no use', 'Cognito, the access token of a user', { token_use: undefined }, 'required-claim'],
  [
    'a token of several uses',
    'Cognito, the access token of a user',
    { token_use: ['access'] },
    'required-claim',
  ],
  [
    'another client of the pool',
    'Cognito, the access token of a user',
    { client_id: '2example23456789abcdefghij' },
    'audience',
  ],
  [
    'another pool',
    'Cognito, the access token of a user',
    { iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE13' },
    'unknown-issuer',
  ],
  [
    'an identity pool',
    'Cognito, the access token of a user',
    { iss: 'https://cognito-identity.amazonaws.com' },
    'unknown-issuer',
  ],
  ['groups that are one string', 'Cognito, the access token of a user', { 'cognito:groups': 'sre' }, 'claim'],
  [
    'another tenant',
    'Entra ID, an access token of version 2.0',
    { iss: 'https://login.microsoftonline.com/8f1c2a7e-0000-4000-8000-5a4b3c2d1e0e/v2.0' },
    'unknown-issuer',
  ],
  [
    'the other version',
    'Entra ID, an access token of version 2.0',
    { iss: 'https://sts.windows.net/8f1c2a7e-0000-4000-8000-5a4b3c2d1e0f/' },
    'unknown-issuer',
  ],
  [
    'version 1.0 without its slash',
    'Entra ID, an access token of version 1.0 with MFA',
    { iss: 'https://sts.windows.net/8f1c2a7e-0000-4000-8000-5a4b3c2d1e0f' },
    'unknown-issuer',
  ],
  [
    'Microsoft Graph',
    'Entra ID, an access token of version 2.0',
    { aud: '00000003-0000-0000-c000-000000000000' },
    'audience',
  ],
  ['no object id', 'Entra ID, an access token of version 2.0', { oid: undefined }, 'subject'],
  [
    'too many groups in their other form',
    'Entra ID, an access token of version 2.0',
    { groups: 'src1' },
    'claim',
  ],
  ['another domain', 'Google, the ID token of a person', { hd: 'example.org' }, 'not-admitted'],
  ['an address of ours in no domain', 'Google, the ID token of a person', { hd: undefined }, 'not-admitted'],
  [
    'the issuer without https',
    'Google, the ID token of a person',
    { iss: 'accounts.google.com' },
    'unknown-issuer',
  ],
  [
    'another service account',
    'Google, a service account on a virtual machine',
    { sub: '117000000000000000002' },
    'not-admitted',
  ],
  ['a flag that is a string', 'Google, the ID token of a person', { email_verified: 'true' }, 'claim'],
  [
    'another account',
    'AWS, a Lambda function',
    { iss: 'https://00000000-7b0d-4f6e-9a51-2c4d6e8f0a1b.tokens.sts.global.api.aws' },
    'unknown-issuer',
  ],
  [
    'the account as a number',
    'AWS, a Lambda function',
    { 'https://sts.amazonaws.com/': { aws_account: 222222222222 } },
    'claim',
  ],
];

describe('a preset, at a near miss', () => {
  it.each(nearMisses)('refuses %s: %s', async (_miss, name, claims, reason) => {
    const token = tokenOf(name);

    expect(await authenticateWith(aDocument(token))(await signed(token, claims))).toBe(reason);
  });

  it.each(presetTokens)('refuses a logout token and a token of the broker: $name', async (token) => {
    const authenticate = authenticateWith(aDocument(token));

    expect(await authenticate(await signed(token, {}, { typ: 'logout+jwt' }))).toBe('token-type');
    expect(await authenticate(await signed(token, {}, { typ: 'daypass+jwt' }))).toBe('token-type');
  });

  it('refuses an algorithm that is none of the preset's', async () => {
    const token = tokenOf('EKS');
    const es384 = keyOf('ES384');
    const compact = await sign(es384, token.claims);

    expect(await authenticateWith(aDocument(token))(compact)).toBe('algorithm');
  });
});

describe('a preset, by what is written beside it', () => {
  const google = tokenOf('Google, the ID token of a person');
  const unverified = { email_verified: false };

  it('carries an unverified address of Google as such, and admits it as policy says', async () => {
    const compact = await signed(google, unverified);
    const verifiedAlone = [
      {
        Effect: 'Allow',
        Condition: {
          StringEquals: { 'claims:hostedDomain': 'example.com' },
          Bool: { 'claims:emailVerified': 'true' },
        },
      },
    ];

    const open = await authenticateWith(aDocument(google))(compact);
    const strict = await authenticateWith(aDocument(google, { admit: verifiedAlone }))(compact);

    expect(open).toMatchObject({ claims: { emailVerified: 'false' } });
    expect(strict).toBe('not-admitted');
  });

  it('keeps what a kind of token must say when more is required', async () => {
    const token = tokenOf('Cognito, the access token of a user');
    const requiredClaims = { '/username': 'alice' };
    const authenticate = authenticateWith(aDocument(token, { requiredClaims }));

    expect(await authenticate(await signed(token))).toMatchObject({ claims: { username: 'alice' } });
    expect(await authenticate(await signed(token, { username: 'bob' }))).toBe('required-claim');
    expect(await authenticate(await signed(token, { token_use: 'id' }))).toBe('required-claim');
  });

  it('takes ID tokens of Cognito where the configuration says so', async () => {
    const token = tokenOf('Cognito, the access token of a user');
    const settings = { requiredClaims: { '/token_use': 'id' }, audienceClaim: '/aud' };
    const authenticate = authenticateWith(aDocument(token, settings));

    expect(await authenticate(await sign(keyOf('RS256'), cognitoIdToken))).toMatchObject({
      subject: cognitoIdToken.sub,
    });
    expect(await authenticate(await signed(token))).toBe('audience');
  });

  it('adds claims, replaces one of the same name, and leaves the others', async () => {
    const token = tokenOf('GitHub Actions, a push');
    const claims = {
      ref: { claim: '/head_ref', type: 'string' },
      run: { claim: '/run_id', type: 'string' },
    };

    expect(await authenticateWith(aDocument(token, { claims }))(await signed(token))).toMatchObject({
      claims: { ...token.proves.claims, ref: '', run: '9876543210' },
    });
  });

  it('makes the repository the subject where the configuration says so', async () => {
    const token = tokenOf('GitHub Actions, a customized subject');

    expect(
      await authenticateWith(aDocument(token, { subjectClaim: '/repository_id' }))(await signed(token)),
    ).toMatchObject({ subject: '7654321' });
  });

  it('finds MFA where Entra ID says it, and nowhere else', async () => {
    const token = tokenOf('Entra ID, an access token of version 1.0 with MFA');
    const authenticate = authenticateWith(aDocument(token));

    expect(await authenticate(await signed(token, { amr: ['pwd'] }))).toMatchObject({ mfa: false });
    expect(await authenticate(await signed(token, { amr: 'mfa' }))).toMatchObject({ mfa: false });
    const without = { mfa: { amr: [] } };
    expect(await authenticateWith(aDocument(token, without))(await signed(token))).toMatchObject({
      mfa: false,
    });
  });

  it('means nothing to an issuer of another type', () => {
    const issuers = { aws: { type: 'iam', preset: 'aws', accounts: ['111111111111'] } };

    expect(() => parseConfiguration(aConfigurationDocument({ issuers, profiles: {} }))).toThrow(
      'issuers.aws.preset: "preset" is not allowed',
    );
  });
});

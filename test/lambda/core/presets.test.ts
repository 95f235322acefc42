import { beforeAll, describe, expect, it } from '@jest/globals';
import { createJoseTokenVerifier } from '../../../lambda/adapters/jose-token-verifier.ts';
import { createAuthenticate } from '../../../lambda/core/authenticate.ts';
import { TokenRefusedError } from '../../../lambda/core/authentication-errors.ts';
import type { SigningAlgorithm } from '../../../lambda/core/configuration.ts';
import { oidcPresetNames } from '../../../lambda/core/oidc-presets.ts';
import { parseConfiguration } from '../../../lambda/core/parse-configuration.ts';
import { aConfigurationDocument, aProfileDocument } from '../../support/a-configuration.ts';
import { audience, cognitoIdToken, type PresetToken, presetTokens } from '../../support/preset-tokens.ts';
import { issuerLines } from '../../support/problems-of.ts';
import { aRecordingLogger } from '../../support/recording-logger.ts';
import { aSigningKey, nowMs, nowSeconds, type SigningKey, sign } from '../../support/tokens.ts';
import { presetNearMisses } from './tables/preset-near-misses.ts';

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

describe('a preset, at a near miss', () => {
  it.each(presetNearMisses)('refuses %s: %s', async (_miss, name, claims, reason) => {
    const token = tokenOf(name);

    expect(await authenticateWith(aDocument(token))(await signed(token, claims))).toBe(reason);
  });

  it.each(presetTokens)('refuses a logout token and a token of the broker: $name', async (token) => {
    const authenticate = authenticateWith(aDocument(token));

    expect(await authenticate(await signed(token, {}, { typ: 'logout+jwt' }))).toBe('token-type');
    expect(await authenticate(await signed(token, {}, { typ: 'daypass+jwt' }))).toBe('token-type');
  });

  it("refuses an algorithm that is none of the preset's", async () => {
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
    const aws = { type: 'iam', preset: 'aws', accounts: ['111111111111'] };

    expect(issuerLines({ aws })).toEqual([
      'issuers.aws.preset: "preset" is not allowed; allowed: one of the keys type, accounts, organizationId, identityCenter, mfa, admit',
    ]);
  });
});

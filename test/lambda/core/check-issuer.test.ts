import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { aConfigurationDocument, aProfileDocument } from '../../support/a-configuration.ts';
import { issuerLines, linesOf } from '../../support/problems-of.ts';
import { aSigningKey } from '../../support/tokens.ts';

const url = 'https://idp.example';
const oidc = { type: 'oidc', issuer: url, audience: 'daypass' };
const iam = { type: 'iam', accounts: ['111111111111', '222222222222'] };
const typesAllowed = 'oidc, iam, saml or integration';

describe('an issuer', () => {
  it.each([
    ['of another type', { type: 'OIDC' }, `issuers.a.type: "OIDC" is not allowed; allowed: ${typesAllowed}`],
    ['of two types', { type: ['oidc'] }, `issuers.a.type: ["oidc"] is not allowed; allowed: ${typesAllowed}`],
    ['without type', { issuer: url }, `issuers.a.type: is missing; allowed: ${typesAllowed}`],
    [
      'that is a word',
      'oidc',
      `issuers.a: "oidc" is not allowed; allowed: an object with a type: ${typesAllowed}`,
    ],
    [
      'that is nothing',
      null,
      `issuers.a: null is not allowed; allowed: an object with a type: ${typesAllowed}`,
    ],
  ])('%s is refused', (_name, issuer, line) => {
    expect(issuerLines({ a: issuer })).toEqual([line]);
  });

  it.each([
    ['kubernetes', 'https://oidc.eks.<region>.amazonaws.com/id/<id>'],
    ['cognito', 'https://cognito-idp.<region>.amazonaws.com/<user pool id>'],
    [
      'entra',
      'https://login.microsoftonline.com/<tenant id>/v2.0, or https://sts.windows.net/<tenant id>/ for version 1.0 tokens',
    ],
    ['aws', 'https://<id>.tokens.sts.global.api.aws'],
  ])('by the preset %s without its URL is told what that looks like', (preset, form) => {
    const lines = issuerLines({ a: { type: 'oidc', preset, audience: 'daypass' } });

    expect(lines).toEqual([expect.stringMatching(/^issuers\.a\.issuer: is missing; allowed: /)]);
    expect(lines[0]).toContain(form);
  });

  it('without URL and preset is told of both', () => {
    expect(issuerLines({ a: { type: 'oidc', audience: 'daypass' } })).toEqual([
      'issuers.a.issuer: is missing; allowed: an https URL without credentials, query or fragment (http for a loopback host only), or a preset that sets it',
    ]);
  });

  it('by a preset that is none is told of that alone', () => {
    expect(issuerLines({ a: { type: 'oidc', preset: 'github', audience: 'daypass' } })).toEqual([
      'issuers.a.preset: "github" is not allowed; allowed: github-actions, gitlab, kubernetes, cognito, entra, google, aws',
    ]);
  });

  it('by a preset is told of its own mistakes', () => {
    const broken = {
      type: 'oidc',
      preset: 'cognito',
      issuer: 'cognito',
      audience: 'daypass',
      claims: { Groups: { claim: '/custom:groups', type: 'list' }, scope: { claim: 'scope', type: 'text' } },
      requiredClaims: { token_use: 'id' },
    };

    expect(issuerLines({ a: broken })).toEqual([
      expect.stringMatching(/^issuers\.a\.issuer: "cognito" is not allowed; allowed: an https URL/),
      'issuers.a.requiredClaims.token_use: "token_use" is not allowed; allowed: a JSON pointer into the token, such as /groups',
      'issuers.a.claims.scope.claim: "scope" is not allowed; allowed: a JSON pointer into the token, such as /groups',
      'issuers.a.claims.scope.type: "text" is not allowed; allowed: string, number, boolean or list',
    ]);
    const claims = { Groups: { claim: '/custom:groups', type: 'list' } };
    expect(issuerLines({ a: { ...broken, issuer: url, requiredClaims: {}, claims } })).toEqual([
      'issuers.a.claims.Groups: "Groups" is not allowed; allowed: a name of its own, case apart',
    ]);
  });

  it.each(['claims', 'requiredClaims'])('by a preset with %s that are no object is told so', (key) => {
    const lines = issuerLines({ a: { ...oidc, preset: 'cognito', [key]: ['x'] } });

    expect(lines).toEqual([expect.stringMatching(`^issuers\\.a\\.${key}: \\["x"\\] is not allowed`)]);
  });

  it.each([
    ['https://kubernetes.default.svc.cluster.local', 1],
    ['https://kubernetes.default.svc', 1],
    ['https://kubernetes.default.svc.cluster.local.example.com', 0],
    ['https://svc.example.com', 0],
  ])('at %s needs its keys', (issuer, count) => {
    const lines = issuerLines({ a: { ...oidc, preset: 'kubernetes', issuer } });

    expect(lines).toEqual(
      Array.from({ length: count }, () => expect.stringMatching(/^issuers\.a\.jwks: is missing; allowed: /)),
    );
  });
});

describe('two issuers', () => {
  it('may not have one URL, by a preset either', () => {
    const admit = [{ Effect: 'Allow', Condition: { StringEquals: { 'claims:owner': '1' } } }];
    const a = { type: 'oidc', preset: 'github-actions', audience: 'a', admit };
    const b = { ...a, preset: undefined, issuer: 'https://token.actions.githubusercontent.com' };
    const claims = { owner: { claim: '/repository_owner_id', type: 'string' } };

    expect(issuerLines({ a, b: JSON.parse(JSON.stringify({ ...b, claims })) })).toEqual([
      'issuers.b.issuer: "https://token.actions.githubusercontent.com" is not allowed; allowed: a URL of its own: a has this one',
    ]);
  });

  it("may not have the broker's own URL between them", () => {
    const deployment = { accountId: '111111111111', region: 'eu-west-1', url: 'https://daypass.example.com' };
    const issuers = { a: { ...oidc, issuer: 'https://daypass.example.com' } };

    expect(linesOf(aConfigurationDocument({ deployment, issuers, profiles: {} }))).toEqual([
      'issuers.a.issuer: "https://daypass.example.com" is not allowed; allowed: a URL of its own: the broker itself has this one',
    ]);
    expect(issuerLines(issuers)).toEqual([]);
  });

  it('may not both be of type iam', () => {
    expect(issuerLines({ a: iam, b: iam })).toEqual([
      'issuers.b.type: "iam" is not allowed; allowed: one issuer of type iam: a has this one',
    ]);
  });
});

describe('an issuer of type iam', () => {
  const organizationId = 'o-exampleorg1';

  it.each([
    ['accounts', iam],
    ['an organization', { type: 'iam', organizationId }],
    ['both', { ...iam, organizationId }],
    ['Identity Center in one of its accounts', { ...iam, identityCenter: { accounts: ['222222222222'] } }],
    [
      'Identity Center in accounts of its organization',
      {
        type: 'iam',
        organizationId,
        identityCenter: { accounts: ['333333333333'] },
        mfa: { permissionSets: ['Operators'] },
      },
    ],
  ])('takes %s', (_name, issuer) => {
    expect(issuerLines({ a: issuer })).toEqual([]);
  });

  it.each([
    [
      'no limits',
      { type: 'iam' },
      'issuers.a.accounts: is missing; allowed: a list of account ids, organizationId beside it or in its place: without either every AWS identity in the world is heard',
    ],
    [
      'an empty list of accounts',
      { type: 'iam', accounts: [] },
      'issuers.a.accounts: [] is not allowed; allowed: at least one account id',
    ],
    [
      'an account that is a number',
      { type: 'iam', accounts: [111111111111] },
      'issuers.a.accounts[0]: 111111111111 is not allowed; allowed: an account id of 12 digits, in quotes',
    ],
    [
      'an account of 11 digits',
      { type: 'iam', accounts: ['11111111111'] },
      'issuers.a.accounts[0]: "11111111111" is not allowed; allowed: an account id of 12 digits, in quotes',
    ],
    [
      'any account',
      { type: 'iam', accounts: ['*'] },
      'issuers.a.accounts[0]: "*" is not allowed; allowed: an account id of 12 digits, in quotes',
    ],
    [
      'an organization that is none, and says no more',
      { type: 'iam', organizationId: 'exampleorg1' },
      'issuers.a.organizationId: "exampleorg1" is not allowed; allowed: an organization id such as o-a1b2c3d4e5',
    ],
    [
      'Identity Center outside its accounts',
      { ...iam, identityCenter: { accounts: ['222222222222', '333333333333'] } },
      'issuers.a.identityCenter.accounts[1]: "333333333333" is not allowed; allowed: one of accounts: 111111111111, 222222222222',
    ],
    [
      'permission sets that nobody vouches for',
      { ...iam, mfa: { permissionSets: ['Operators'] } },
      'issuers.a.mfa.permissionSets: ["Operators"] is not allowed; allowed: permission sets only beside identityCenter.accounts, which say where they are believed',
    ],
    [
      'a permission set of 33 characters',
      { ...iam, identityCenter: { accounts: ['111111111111'] }, mfa: { permissionSets: ['a'.repeat(33)] } },
      `issuers.a.mfa.permissionSets[0]: "${'a'.repeat(33)}" is not allowed; allowed: a permission set name of 1–32 characters`,
    ],
    [
      'an audience',
      { ...iam, audience: 'daypass' },
      'issuers.a.audience: "audience" is not allowed; allowed: one of the keys type, accounts, organizationId, identityCenter, mfa, admit',
    ],
  ])('refuses %s', (_name, issuer, line) => {
    expect(issuerLines({ a: issuer })).toEqual([line]);
  });

  const reports = aProfileDocument({ trust: [{ Effect: 'Allow', Principal: { Federated: 'a' } }] });

  it('enforces MFA for profiles that there are', () => {
    expect(issuerLines({ a: { ...iam, mfa: { profiles: ['reports'] } } }, { reports })).toEqual([]);
    expect(issuerLines({ a: { ...iam, mfa: { profiles: ['report'] } } }, { reports })).toEqual([
      'issuers.a.mfa.profiles[0]: "report" is not allowed; allowed: one of the profiles: reports',
    ]);
    expect(issuerLines({ a: { ...iam, mfa: { profiles: ['reports', 'reports'] } } }, { reports })).toEqual([
      'issuers.a.mfa.profiles[1]: "reports" is not allowed; allowed: each profile once',
    ]);
  });

  it('says nothing of a profile that is there and in error', () => {
    const lines = issuerLines(
      { a: { ...iam, mfa: { profiles: ['reports'] } } },
      { reports: { ...reports, roleArn: 'x' } },
    );

    expect(lines).toEqual([expect.stringMatching(/^profiles\.reports\.roleArn: /)]);
  });
});

describe('an issuer of type saml', () => {
  const certificateAllowed =
    'one X.509 certificate, in PEM or its base64 alone, and nothing beside it, with an RSA key of 2048–8192 bits or an EC key of P-256, P-384 or P-521';

  it('needs metadata, or what metadata says', () => {
    const allowed = 'metadataFile, or entityId, singleSignOnUrl and certificates';

    expect(issuerLines({ a: { type: 'saml' } })).toEqual([
      `issuers.a.entityId: is missing; allowed: ${allowed}`,
      `issuers.a.singleSignOnUrl: is missing; allowed: ${allowed}`,
      `issuers.a.certificates: is missing; allowed: ${allowed}`,
    ]);
    expect(issuerLines({ a: { type: 'saml', metadataFile: 5 } })).toEqual([
      'issuers.a.metadataFile: 5 is not allowed; allowed: 1–512 printable characters',
    ]);
  });

  it.each([
    ['no certificate at all', 'A'.repeat(200)],
    [
      'a key',
      generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' }),
    ],
    [
      'a private key',
      generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
    ],
  ])('refuses %s as a certificate, and does not show it', (_name, certificate) => {
    const a = { type: 'saml', entityId: 'x', singleSignOnUrl: `${url}/sso`, certificates: [certificate] };

    expect(issuerLines({ a })).toEqual([
      `issuers.a.certificates[0]: "certificate 0" is not allowed; allowed: ${certificateAllowed}`,
    ]);
  });

  it('does not show a certificate that has no such form', () => {
    const a = { type: 'saml', entityId: 'x', singleSignOnUrl: `${url}/sso`, certificates: ['MIIsecret'] };

    expect(issuerLines({ a })).toEqual([
      'issuers.a.certificates[0]: "a value of type string" is not allowed; allowed: an X.509 certificate in PEM, or its base64 alone',
    ]);
  });
});

describe('the keys of an issuer', () => {
  const publicKeyAllowed =
    'a public JWK: RSA of 2048–8192 bits, EC P-256 or P-384, or OKP Ed25519, without private members';
  const kidAllowed = 'a key id of 1–256 characters, of its own where there are several keys';
  const keys: Record<string, JWK> = {};
  const secrets: string[] = [];

  beforeAll(async () => {
    for (const algorithm of ['RS256', 'ES256', 'ES384', 'EdDSA'] as const) {
      keys[algorithm] = (await aSigningKey(algorithm, algorithm)).publicJwk;
    }
    for (const [name, algorithm] of [
      ['rsa', 'RS256'],
      ['ec', 'ES256'],
      ['okp', 'EdDSA'],
    ] as const) {
      const pair = await generateKeyPair(algorithm, { extractable: true });
      keys[`private ${name}`] = await exportJWK(pair.privateKey);
    }
    keys['P-521'] = await exportJWK((await generateKeyPair('ES512')).publicKey);
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
    keys['RSA of 1024 bits'] = weak.export({ format: 'jwk' }) as JWK;
    keys['a shared secret'] = { kty: 'oct', k: randomUUID() };
    keys['half of an EC key'] = { kty: 'EC', crv: 'P-256', x: String(keys['ES256']?.x) };
    keys['nothing'] = {};
    secrets.push(...Object.values(keys).flatMap(({ d, k }) => [d, k].flatMap((text) => text ?? [])));
  });

  const integration = (...names: string[]) => ({
    type: 'integration',
    audience: 'daypass',
    algorithms: ['RS256', 'ES256', 'ES384', 'EdDSA'],
    jwks: { keys: names.map((name) => keys[name]) },
  });
  const withJwks = (jwks: unknown) => ({ ...integration(), jwks });

  it.each(['RS256', 'ES256', 'ES384', 'EdDSA'])('may be one for %s', (name) => {
    expect(issuerLines({ a: integration(name) })).toEqual([]);
    const { algorithms, jwks } = integration(name);
    expect(issuerLines({ a: { ...oidc, algorithms, jwks } })).toEqual([]);
  });

  it('may be several, each with its own id', () => {
    expect(issuerLines({ a: integration('RS256', 'ES256', 'ES384', 'EdDSA') })).toEqual([]);
    expect(issuerLines({ a: integration('RS256', 'RS256') })).toEqual([
      `issuers.a.jwks.keys[1].kid: "RS256" is not allowed; allowed: ${kidAllowed}`,
    ]);
    const { kid, ...unnamed } = keys['ES256'] ?? {};
    expect(issuerLines({ a: withJwks({ keys: [unnamed] }) })).toEqual([]);
    expect(issuerLines({ a: withJwks({ keys: [keys['RS256'], unnamed] }) })).toEqual([
      `issuers.a.jwks.keys[1].kid: is missing; allowed: ${kidAllowed}`,
    ]);
    expect(issuerLines({ a: withJwks({ keys: [{ ...unnamed, kid: 5 }] }) })).toEqual([
      `issuers.a.jwks.keys[0].kid: 5 is not allowed; allowed: ${kidAllowed}`,
    ]);
  });

  it.each([
    ...['private rsa', 'private ec', 'private okp', 'P-521', 'RSA of 1024 bits', 'a shared secret'],
    ...['half of an EC key', 'nothing'],
  ])('may not be %s, which no message shows', (name) => {
    const lines = issuerLines({ a: integration(name) });

    expect(lines).toEqual([`issuers.a.jwks.keys[0]: "key 0" is not allowed; allowed: ${publicKeyAllowed}`]);
    for (const secret of secrets) expect(lines.join()).not.toContain(secret.slice(0, 8));
  });

  it('may not be those that no algorithm of the issuer can use', () => {
    const jwks = { keys: [keys['ES384']] };
    const allowed = "a key for signatures of the issuer's algorithms: RS256, ES256";

    expect(issuerLines({ a: { type: 'integration', audience: 'daypass', jwks } })).toEqual([
      `issuers.a.jwks.keys[0]: "key 0" is not allowed; allowed: ${allowed}`,
    ]);
    for (const change of [{ use: 'enc' }, { alg: 'RS256' }, { key_ops: ['sign'] }, { key_ops: 'verify' }]) {
      expect(issuerLines({ a: withJwks({ keys: [{ ...keys['ES384'], ...change }] }) })).toHaveLength(1);
    }
  });

  it('are no such set in another form, and none is shown', () => {
    const secret = keys['private ec'];
    const forms: readonly unknown[] = [
      secret,
      [secret],
      JSON.stringify(secret),
      { keys: JSON.stringify(secret) },
      { keys: [JSON.stringify(secret)] },
      { keys: [[secret]] },
      { keys: Array.from({ length: 11 }, () => secret) },
      { keys: [] },
      { keys: {} },
      null,
    ];

    for (const form of forms) {
      const lines = issuerLines({ a: withJwks(form) });
      expect(lines.length).toBeGreaterThan(0);
      expect(lines.join()).toMatch(/^issuers\.a\.jwks/);
      for (const text of secrets) expect(lines.join()).not.toContain(text.slice(0, 8));
    }
  });
});

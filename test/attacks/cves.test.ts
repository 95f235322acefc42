import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createFetchOidcKeys } from '../../lambda/adapters/fetch-oidc-keys.ts';
import { toSourceIdentity } from '../../lambda/core/source-identity.ts';
import { anEvent } from '../support/an-event.ts';
import { discoveryPath, json, startLoopbackIssuer } from '../support/loopback-issuer.ts';
import { anOidcIssuer } from '../support/tokens.ts';
import { type AttackWorld, startAttackWorld, tokenOf } from './attack-world.ts';
import { compact, hmacSigner, signer, toBase64url } from './forge.ts';
import { createIssuerHandler } from './issuer-handler.ts';
import { createSourceAuthorizers } from './source-authorizer.ts';

/*
 * What went wrong with tokens in software of this kind, each as far as there is such a surface here. The table of bad
 * tokens has the forms of each in breadth; what concerns requests is in cves-of-requests.test.ts.
 */
let world: AttackWorld;
let authorizers: ReturnType<typeof createSourceAuthorizers>;

beforeAll(async () => {
  world = await startAttackWorld();
  authorizers = createSourceAuthorizers(world);
}, 30_000);

afterAll(async () => {
  authorizers.close();
  await world.close();
});

describe('CVE-2020-16251 (Vault: machine claims in a token of somebody else’s key)', () => {
  it.each([
    ['a third party that registered its own key', 'globex'],
    ['another cloud', 'google'],
    ['a person’s identity provider', 'okta'],
  ] as const)('the key of %s does not speak for the cluster', async (_who, name) => {
    const { attempt } = authorizers.start();
    const token = () => tokenOf(world, 'cluster', { signer: signer(world.issuers[name].key) });

    expect(await attempt({ token })).toEqual({
      answer: 'Unauthorized',
      reason: 'signature',
      issuer: 'cluster',
    });
  });

  it('claims of the cluster in a good token of another issuer are nothing', async () => {
    const { authorize } = authorizers.start();
    const { 'kubernetes.io': kubernetes } = world.issuers.cluster.claims;
    const sub = 'system:serviceaccount:web:api';

    const result = await authorize({
      token: () => tokenOf(world, 'okta', { claims: { sub, 'kubernetes.io': kubernetes } }),
    });

    const principal = JSON.parse(result.context.principal);
    expect(principal).toMatchObject({ issuer: 'okta', subject: sub });
    expect(Object.keys(principal.claims).sort()).toEqual(['groups', 'level', 'team']);
  });
});

describe('CVE-2025-52477 (octo-sts: requests to where the token says)', () => {
  it.each([
    'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
    'http://[fd00:ec2::254]/',
    'http://localhost:9001/2018-06-01/runtime/invocation/next',
    'file:///proc/self/environ',
    'https://token.actions.githubusercontent.com.evil.example',
    'https://token.actions.githubusercontent.com@evil.example',
    'gopher://127.0.0.1:6379/_FLUSHALL',
  ])('nothing is fetched for iss %s', async (iss) => {
    const { attempt, fetched } = authorizers.start();

    const { reason } = await attempt({ token: () => tokenOf(world, 'okta', { claims: { iss } }) });

    expect(reason).toBe('unknown-issuer');
    expect(fetched).toEqual([]);
  });

  it.each([
    ['another host', (url: string) => url.replace('127.0.0.1', '169.254.169.254')],
    ['a public host', () => 'https://keys.evil.example/jwks'],
    ['a file', () => 'file:///etc/passwd'],
    ['a host behind credentials', (url: string) => url.replace('//', '//user:password@')],
    ['a list', (url: string) => [url]],
  ])('no key set is fetched from %s that the discovery document of an issuer names', async (_what, toUri) => {
    const issuer = await startLoopbackIssuer();
    const fetched: string[] = [];
    issuer.answer(discoveryPath, json({ issuer: issuer.url, jwks_uri: toUri(`${issuer.url}/jwks`) }));
    const fetchKeys = createFetchOidcKeys({
      issuer: anOidcIssuer({ issuer: issuer.url }),
      fetch: (input, init) => {
        fetched.push(String(input));
        return fetch(input, init);
      },
      timeoutMs: 2000,
    });

    await expect(fetchKeys()).rejects.toThrow('jwks_uri');
    await issuer.close();

    expect(fetched).toEqual([`${issuer.url}${discoveryPath}`]);
  });

  it.each([discoveryPath, '/jwks'] as const)('no redirect of %s is followed', async (path) => {
    const issuer = await startLoopbackIssuer();
    const before = world.attackerRequests().length;
    issuer.answer(path, (_request, response) => {
      response.writeHead(302, { location: `${world.attacker.url}${path}` }).end();
    });
    const fetchKeys = createFetchOidcKeys({
      issuer: anOidcIssuer({ issuer: issuer.url }),
      fetch,
      timeoutMs: 2000,
    });

    await expect(fetchKeys()).rejects.toThrow();
    await issuer.close();

    expect(world.attackerRequests()).toHaveLength(before);
  });
});

describe('CVE-2023-48223, CVE-2026-34950 (fast-jwt), CVE-2024-54150 (cjwt), CVE-2026-44699 (LibJWT), GHSA-5739-39v2-5754 (web-token)', () => {
  const pem = () => world.issuers.okta.key.publicKey.export({ type: 'spki', format: 'pem' }) as string;

  it.each([
    ['the public key in PEM', (key: string) => key],
    ['a line end before the PEM', (key: string) => `\n${key}`],
    ['spaces around the PEM', (key: string) => `  ${key}  `],
    ['an empty key', () => ''],
  ])('an HMAC with %s is no signature, whatever alg says', async (_what, toSecret) => {
    for (const [alg, hash] of [
      ['HS256', 'sha256'],
      ['HS384', 'sha384'],
      ['HS512', 'sha512'],
      ['RS256', 'sha256'],
    ] as const) {
      const { attempt } = authorizers.start();
      const token = () =>
        tokenOf(world, 'okta', { header: { alg }, signer: hmacSigner(toSecret(pem()), hash) });

      expect(await attempt({ token })).toMatchObject({
        answer: 'Unauthorized',
        reason: alg === 'RS256' ? 'signature' : 'algorithm',
      });
    }
  });

  it('an alg outside what is signed is not read', async () => {
    const { attempt } = authorizers.start();
    const { claims, key } = world.issuers.okta;
    const [, payload = '', signature = ''] = compact({}, claims, signer(key)).split('.');
    const flattened = { payload, signature, header: { alg: 'RS256', kid: 'one' } };

    expect(
      await attempt({ token: () => `${toBase64url('{"kid":"one"}')}.${payload}.${signature}` }),
    ).toMatchObject({
      reason: 'malformed-token',
    });
    expect(await attempt({ token: () => JSON.stringify(flattened) })).toMatchObject({
      reason: 'authorization-header',
    });
  });
});

describe('API Gateway’s remapped authorization header and cached decisions (2023)', () => {
  const good = (token: string) => ({ Authorization: [`Bearer ${token}`] });

  it.each([
    [
      'x-amzn-remapped-authorization',
      (token: string) => ({ 'x-amzn-remapped-authorization': [`Bearer ${token}`] }),
    ],
    [
      'X-Amzn-Remapped-Authorization',
      (token: string) => ({ 'X-Amzn-Remapped-Authorization': [`Bearer ${token}`] }),
    ],
    ['x-amzn-remapped-host', (token: string) => ({ 'x-amzn-remapped-host': [token] })],
  ])('a token in %s is none', async (_name, toHeaders) => {
    const { attempt } = authorizers.start();
    const row = {
      token: () => tokenOf(world, 'okta'),
      sent: (token: string) => ({ headers: toHeaders(token) }),
    };

    expect(await attempt(row)).toMatchObject({ answer: 'Unauthorized', reason: 'authorization-header' });
  });

  it('a remapped header beside the real one changes nothing', async () => {
    const { authorize } = authorizers.start();
    const other = tokenOf(world, 'contractors');
    const sent = (token: string) => ({
      headers: { 'x-amzn-remapped-authorization': [`Bearer ${other}`], ...good(token) },
    });

    const { context } = await authorize({ token: () => tokenOf(world, 'okta'), sent });

    expect(JSON.parse(context.principal).issuer).toBe('okta');
  });

  it('no two issuers and subjects make one principal id, however they are parted', async () => {
    const { authorize } = authorizers.start();
    const idOf = async (name: 'okta' | 'contractors', sub: string) =>
      (await authorize({ token: () => tokenOf(world, name, { claims: { sub } }) })).principalId;

    const ids = await Promise.all([
      idOf('okta', 'alice'),
      idOf('contractors', 'alice'),
      idOf('okta', 'contractors|alice'),
      idOf('contractors', 'okta|alice'),
      idOf('okta', 'Alice'),
    ]);

    expect(new Set(ids).size).toBe(ids.length);
    const identities = [
      { issuer: 'a', subject: 'b.c' },
      { issuer: 'a-b', subject: 'c' },
      { issuer: 'a', subject: 'b-c' },
      { issuer: 'a', subject: 'b c' },
      { issuer: 'a', subject: 'b|c' },
    ].map(toSourceIdentity);
    expect(new Set(identities).size).toBe(identities.length);
  });

  it('a decision is for one method, so that nothing is left to be cached', async () => {
    const { authorize } = authorizers.start();

    const { policyDocument } = await authorize({ token: () => tokenOf(world, 'okta') });

    expect(policyDocument.Statement).toEqual([
      {
        Effect: 'Allow',
        Action: 'execute-api:Invoke',
        Resource: 'arn:aws:execute-api:eu-west-1:111111111111:a1b2c3d4e5/prod/GET/v1/whoami',
      },
    ]);
  });

  it('a principal that expired since the decision is refused behind it', async () => {
    const { invoke, requests } = createIssuerHandler();
    const principal = {
      issuer: 'okta',
      subject: 'alice',
      claims: {},
      mfa: true,
      expiresAt: world.nowSeconds - 1,
    };

    const { status } = await invoke(
      anEvent('whoami', { authorizer: { principal: JSON.stringify(principal) } }),
    );

    expect(status).toBe(401);
    expect(requests).toEqual([]);
  });
});

describe('CVE-2025-6203, CVE-2025-59043 (Vault, OpenBao: few bytes of JSON, many nodes)', () => {
  it('a token as deep as its length allows is read without harm, and carries none of it', async () => {
    const { authorize } = authorizers.start();
    const deep = (depth: number) => `"x":${'['.repeat(depth)}${']'.repeat(depth)}`;
    const payload = `{${deep(2000)},${JSON.stringify(world.issuers.okta.claims).slice(1)}`;

    const { context } = await authorize({ token: () => tokenOf(world, 'okta', { payload }) });

    expect(JSON.parse(context.principal).subject).toBe('alice');
    expect(context.principal).not.toContain('[[');
  });
});

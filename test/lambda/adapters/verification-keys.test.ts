import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { importVerificationKeys } from '../../../lambda/adapters/verification-keys.ts';
import type { SigningAlgorithm } from '../../../lambda/core/configuration.ts';
import { aSigningKey } from '../../support/tokens.ts';

const algorithms: readonly SigningAlgorithm[] = ['RS256', 'ES256', 'ES384', 'EdDSA'];
const keys: Record<SigningAlgorithm, JWK> = { RS256: {}, ES256: {}, ES384: {}, EdDSA: {} };

beforeAll(async () => {
  for (const algorithm of algorithms) keys[algorithm] = (await aSigningKey('one', algorithm)).publicJwk;
});

const rsaJwk = (modulusLength: number): JWK => ({
  ...(generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ format: 'jwk' }) as JWK),
  kid: 'one',
});

async function imported(jwk: unknown, pinned: readonly SigningAlgorithm[] = algorithms): Promise<string[]> {
  const found = await importVerificationKeys({ keys: [jwk] }, pinned);
  return found.map(({ keyId, algorithm, key }) => `${keyId} ${algorithm} ${key.type}`);
}

describe('importVerificationKeys', () => {
  it.each(algorithms)('takes a public key for %s', async (algorithm) => {
    expect(await imported(keys[algorithm])).toEqual([`one ${algorithm} public`]);
  });

  it.each(algorithms)('takes a key for %s that says nothing but what it is', async (algorithm) => {
    const { alg: _alg, use: _use, kid: _kid, ...bare } = keys[algorithm];

    expect(await imported(bare)).toEqual([`undefined ${algorithm} public`]);
  });

  it.each(algorithms)('leaves a key for %s out where the issuer is pinned to others', async (algorithm) => {
    const others = algorithms.filter((other) => other !== algorithm);
    const { alg: _alg, ...bare } = keys[algorithm];

    expect(await imported(keys[algorithm], others)).toEqual([]);
    expect(await imported(bare, others)).toEqual([]);
  });

  it('leaves out what may not or cannot verify, and takes the good key beside it', async () => {
    const privateJwk = await exportJWK((await generateKeyPair('ES256', { extractable: true })).privateKey);
    const es512 = await exportJWK((await generateKeyPair('ES512')).publicKey);
    const { ES256, ES384, RS256, EdDSA } = keys;
    const unusable = [
      { ...ES256, use: 'enc' },
      { ...ES256, key_ops: ['sign'] },
      { ...ES256, key_ops: [] },
      { ...ES256, key_ops: 'verify' },
      { ...ES256, alg: 'ES384' },
      { ...ES256, alg: 'HS256' },
      { ...ES256, alg: 'none' },
      { ...ES256, alg: null },
      { ...ES256, kty: 'RSA' },
      { ...ES256, crv: 'P-384' },
      { ...ES256, kid: 1 },
      { ...ES256, kid: null },
      { ...ES256, x: 'AAAA' },
      { ...ES256, y: ES256.x },
      { ...RS256, alg: 'RS512' },
      { ...RS256, alg: 'PS256' },
      { ...RS256, n: undefined },
      { ...EdDSA, crv: 'X25519' },
      { ...EdDSA, alg: 'Ed448' },
      { kty: 'oct', kid: 'one', k: 'AAAA' },
      { kty: 'oct', kid: 'one', k: 'AAAA', alg: 'RS256' },
      { kty: 'oct', kid: 'one', k: 'AAAA', alg: 'HS256' },
      { ...ES384, crv: 'P-256' },
      { ...ES384, alg: 'ES256' },
      { ...ES384, d: 'AAAA' },
      { ...es512, kid: 'one' },
      { ...es512, kid: 'one', alg: 'ES384' },
      { ...privateJwk, kid: 'one' },
      {},
      null,
      'key',
      ['key'],
    ];

    const found = await importVerificationKeys({ keys: [...unusable, ES256] }, algorithms);

    expect(found).toHaveLength(1);
    for (const jwk of unusable) expect([jwk, await imported(jwk)]).toEqual([jwk, []]);
  });

  it.each([1024, 2040])('leaves an RSA key of %i bits out', async (bits) => {
    expect(await imported(rsaJwk(bits))).toEqual([]);
  });

  it('leaves an RSA key of more than 8192 bits out', async () => {
    // Odd and long enough is all that an import asks of a modulus.
    const n = Buffer.alloc(8200 / 8, 0xff).toString('base64url');

    expect(await imported({ ...keys.RS256, n })).toEqual([]);
    expect(await imported({ ...keys.RS256, n: Buffer.alloc(1024, 0xff).toString('base64url') })).toEqual([
      'one RS256 public',
    ]);
  });

  it.each([
    ['null', null],
    ['a list', []],
    ['text', 'keys'],
    ['without keys', {}],
    ['with keys that are no list', { keys: { 0: {} } }],
    ['with 101 keys', { keys: Array.from({ length: 101 }, () => ({})) }],
  ])('rejects a document that is %s', async (_name, document) => {
    await expect(importVerificationKeys(document, algorithms)).rejects.toThrow('key set');
  });

  it('takes an empty set: the issuer has withdrawn all', async () => {
    expect(await importVerificationKeys({ keys: [] }, algorithms)).toEqual([]);
  });
});

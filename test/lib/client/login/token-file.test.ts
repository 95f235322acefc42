import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTokenFileProver } from '../../../../lib/client/login/token-file.ts';
import { anUnsignedJwt } from '../../../support/an-openid-stub.ts';

let directory: string;
let path: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'daypass-token-'));
  path = join(directory, 'token');
});
afterAll(() => rmSync(directory, { recursive: true }));

const pod = { iss: 'https://cluster.example', sub: 'system:serviceaccount:shop:web' };
const aToken = (more: object = {}) => anUnsignedJwt({ ...pod, iat: 1, exp: 2, jti: 'a', ...more });
const proverOf = (text: string) => {
  writeFileSync(path, text);
  return createTokenFileProver(path);
};

describe('a token file', () => {
  it('is read at each use, as who keeps it replaces it', async () => {
    const prover = proverOf(`${aToken()}\n`);
    const next = aToken({ iat: 3, exp: 4, jti: 'b' });
    writeFileSync(path, next);

    expect(await prover.prove()).toEqual({ kind: 'token', token: next });
  });

  it('gives one id to all tokens of one caller', () => {
    const kubernetes = { namespace: 'shop', warnafter: 5 };
    const first = proverOf(aToken({ 'kubernetes.io': kubernetes })).id;

    expect(proverOf(aToken({ iat: 3, jti: 'b', 'kubernetes.io': { ...kubernetes, warnafter: 9 } })).id).toBe(
      first,
    );
    expect(first).toMatch(/^token:[0-9a-f]{64}$/);
  });

  it.each([
    ['another subject', { sub: 'system:serviceaccount:shop:cron' }],
    ['another issuer', { iss: 'https://cluster-2.example' }],
    ['other claims, as another job of one repository has', { environment: 'production' }],
  ])('gives %s another id', (_name, claims) => {
    expect(proverOf(aToken(claims)).id).not.toBe(proverOf(aToken()).id);
  });

  it('that turns into the token of another caller is refused: the id was told to caches', async () => {
    const prover = proverOf(aToken());
    writeFileSync(path, aToken({ sub: 'system:serviceaccount:shop:cron' }));

    await expect(prover.prove()).rejects.toMatchObject({ code: 'not-logged-in' });
  });

  it('tells apart what is no JWT by all of it', () => {
    expect(proverOf('opaque-1').id).not.toBe(proverOf('opaque-2').id);
    expect(proverOf('opaque-1').id).not.toContain('opaque');
  });

  it.each([
    ['empty', '', 'is empty'],
    ['of two words', 'a b', 'holds no token'],
    ['with a header in it', 'a\nx-evil: 1', 'holds no token'],
    ['longer than a header may be', 'a'.repeat(10_001), 'holds no token'],
    ['longer than any token', 'a'.repeat(70_000), 'too long'],
  ])('that is %s is refused, and not shown', (_name, text, reason) => {
    expect(() => proverOf(text)).toThrow(reason);
    expect(() => proverOf(text)).not.toThrow('x-evil');
  });

  it('that is not there, or no file, is said with its path', () => {
    expect(() => createTokenFileProver(join(directory, 'none'))).toThrow(
      `${join(directory, 'none')} is not there`,
    );
    expect(() => createTokenFileProver(directory)).toThrow('is not a file');
  });
});

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createKmsPublicKeys } from '../../../lambda/adapters/kms-public-keys.ts';

const arn = (id: string) => `arn:aws:kms:eu-west-1:111111111111:key/${id}`;

/** KMS's answer for each key, counted; `down` makes it fail. */
function aKms(changes: object = {}) {
  const state = { down: false, calls: 0, nowMs: 0 };
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const PublicKey = publicKey.export({ type: 'spki', format: 'der' });
  const send = async ({ input }: { readonly input: { readonly KeyId: string } }) => {
    state.calls += 1;
    if (state.down) throw Object.assign(new Error('no'), { name: 'KMSInternalException' });
    return { KeyId: input.KeyId, KeyUsage: 'SIGN_VERIFY', KeySpec: 'RSA_2048', PublicKey, ...changes };
  };
  const stale: unknown[] = [];
  const keys = createKmsPublicKeys({
    client: { send } as never,
    keyArns: [arn('new'), arn('old')],
    timeoutMs: 1000,
    now: () => state.nowMs,
    onStale: (cause) => stale.push(cause),
  });
  return { keys, state, stale, jwk: publicKey.export({ format: 'jwk' }) };
}

describe('the public keys of the broker as an OIDC issuer', () => {
  it('are all of its keys, by their ids, for RS256 signatures', async () => {
    const { keys, jwk } = aKms();

    const rsa = { kty: 'RSA', use: 'sig', alg: 'RS256', n: jwk.n, e: 'AQAB' };
    expect(await keys.list()).toEqual([
      { ...rsa, kid: 'new' },
      { ...rsa, kid: 'old' },
    ]);
  });

  it('are asked for once within their lifetime, however many ask', async () => {
    const { keys, state } = aKms();

    await Promise.all([keys.list(), keys.list(), keys.list()]);
    state.nowMs = 599_999;
    await keys.list();
    expect(state.calls).toBe(2);
    state.nowMs = 600_000;
    await keys.list();
    expect(state.calls).toBe(4);
  });

  it('serve on while KMS is down, for an hour, and somebody hears of it', async () => {
    const { keys, state, stale } = aKms();
    await keys.list();
    state.down = true;

    state.nowMs = 3_599_999;
    expect(await keys.list()).toHaveLength(2);
    expect(stale).toHaveLength(1);
    state.nowMs = 3_640_000;
    await expect(keys.list()).rejects.toMatchObject({ code: 'token-key-unavailable', status: 503 });
  });

  it.each([
    ['another key', { KeyId: arn('other') }],
    ['a key that encrypts', { KeyUsage: 'ENCRYPT_DECRYPT' }],
    ['an elliptic key', { KeySpec: 'ECC_NIST_P256' }],
    ['no key', { PublicKey: undefined }],
  ])('are none where KMS answers with %s', async (_, changes) => {
    await expect(aKms(changes).keys.list()).rejects.toMatchObject({ code: 'token-key-unavailable' });
  });
});

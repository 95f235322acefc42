import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TokenRefusedError } from '../../../lambda/core/authentication-errors.ts';
import { maxTokenLength, readToken } from '../../../lambda/core/read-token.ts';
import { refusalOf } from '../../support/refusals.ts';
import { anUnsignedToken, someClaims, toBase64url } from '../../support/tokens.ts';

const header = { alg: 'ES256', kid: 'one' };

/** The token with one part changed. */
const withPart = (index: 0 | 1 | 2, change: (part: string) => string) =>
  anUnsignedToken()
    .split('.')
    .map((part, at) => (at === index ? change(part) : part))
    .join('.');

describe('readToken', () => {
  it('gives algorithm, key id, type and claims', () => {
    const compact = anUnsignedToken({ ...header, typ: 'application/AT+JWT' });

    expect(readToken(compact)).toEqual({
      compact,
      algorithm: 'ES256',
      keyId: 'one',
      type: 'at+jwt',
      claims: someClaims(),
    });
  });

  it.each([
    ['without kid and typ', { alg: 'ES256' }],
    ['with kid ../../x, which is compared and nothing else', { alg: 'ES256', kid: '../../x' }],
    [
      'with key material and addresses, which are left alone',
      {
        ...header,
        jku: 'https://evil.example',
        x5u: 'https://evil.example',
        jwk: {},
        x5c: ['AA=='],
        x5t: 'AA',
      },
    ],
  ])('takes a header %s', async (_name, taken) => {
    expect(await refusalOf(() => readToken(anUnsignedToken(taken)))).toBeUndefined();
  });

  it.each([
    ['an empty string', ''],
    ['one part', 'abc'],
    ['two parts', withPart(2, () => '').slice(0, -1)],
    ['four parts', `${anUnsignedToken()}.AAAA`],
    ['an empty header', withPart(0, () => '')],
    ['an empty payload', withPart(1, () => '')],
    ['an empty signature', withPart(2, () => '')],
    ['more than 8 KB', anUnsignedToken(header, someClaims({ filler: 'x'.repeat(maxTokenLength) }))],
    ['padding after the signature', withPart(2, (part) => `${part}==`)],
    ['padding after the header', withPart(0, (part) => `${part}=`)],
    ['a trailing space', `${anUnsignedToken()} `],
    ['a trailing newline', `${anUnsignedToken()}\n`],
    ['spare bits in the signature', withPart(2, () => 'AAB')],
    ['the characters of plain base64', withPart(2, () => '+/+/')],
    ['an impossible length', withPart(2, () => 'AAAAA')],
    ['a newline within the payload', withPart(1, (part) => `${part.slice(0, 8)}\n${part.slice(8)}`)],
    ['a foreign character within the payload', withPart(1, (part) => `${part.slice(0, 8)}*${part.slice(8)}`)],
    ['a payload that is not JSON', anUnsignedToken(header, '{"iss":')],
    ['a payload that is a list', anUnsignedToken(header, '[]')],
    ['a payload that is null', anUnsignedToken(header, 'null')],
    ['a payload of invalid UTF-8', withPart(1, () => toBase64url(Buffer.from('{"sub":"\xff"}', 'latin1')))],
    ['a payload with a byte order mark', anUnsignedToken(header, '\ufeff{}')],
    ['a payload with iss twice', anUnsignedToken(header, '{"iss":"a","iss":"https://idp.example"}')],
    ['a payload with iss twice, once escaped', anUnsignedToken(header, '{"iss":"a","\\u0069ss":"b"}')],
    ['a header with alg twice', anUnsignedToken('{"alg":"none","alg":"ES256"}')],
    ['a header without alg', anUnsignedToken({})],
    ['an alg that is a list', anUnsignedToken({ alg: ['ES256'] })],
    ['a kid that is a number', anUnsignedToken({ ...header, kid: 1 })],
    ['a kid that is an object', anUnsignedToken({ ...header, kid: {} })],
    ['a kid that is null', anUnsignedToken({ ...header, kid: null })],
    ['a kid that is empty', anUnsignedToken({ ...header, kid: '' })],
    ['a kid of 257 characters', anUnsignedToken({ ...header, kid: 'k'.repeat(257) })],
    ['a typ that is a number', anUnsignedToken({ ...header, typ: 1 })],
    ['a typ outside ASCII', anUnsignedToken({ ...header, typ: 'to\u212aen' })],
  ])('refuses %s as malformed', async (_name, compact) => {
    expect(await refusalOf(() => readToken(compact))).toBe('malformed-token');
  });

  it.each([
    ['five parts (JWE)', `${anUnsignedToken()}.AAAA.AAAA`],
    ['enc in the header', anUnsignedToken({ ...header, enc: 'A256GCM' })],
    ['cty in the header (nested JWT)', anUnsignedToken({ ...header, cty: 'JWT' })],
    ['an unknown crit', anUnsignedToken({ ...header, crit: ['exp'], exp: 1 })],
    ['an empty crit', anUnsignedToken({ ...header, crit: [] })],
    ['a null crit', anUnsignedToken({ ...header, crit: null })],
    ['b64: false', anUnsignedToken({ ...header, b64: false, crit: ['b64'] })],
    ['b64: false without crit', anUnsignedToken({ ...header, b64: false })],
  ])('refuses %s as unsupported', async (_name, compact) => {
    expect(await refusalOf(() => readToken(compact))).toBe('unsupported-token');
  });

  it('says what is wrong without quoting the token', () => {
    const compact = anUnsignedToken(header, '{"sub":"a-very-secret-subject"');
    const refusal = caughtFrom(() => readToken(compact));

    expect(JSON.stringify([refusal, Object.values(Object(refusal))])).not.toContain('secret');
    expect(String(refusal)).not.toContain('secret');
  });

  it('throws nothing but the typed refusal for any text', () => {
    const part = fc.oneof(
      fc.string(),
      fc.string({ unit: 'binary' }),
      fc.json().map((text) => toBase64url(text)),
      fc
        .dictionary(fc.constantFrom('alg', 'kid', 'typ', 'crit', 'iss', 'x'), fc.jsonValue())
        .map((value) => toBase64url(JSON.stringify(value))),
      fc.uint8Array().map(toBase64url),
    );
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(part, { maxLength: 6 }).map((parts) => parts.join('.')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const error = caughtFrom(() => readToken(text));

        expect(error === undefined || error instanceof TokenRefusedError).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

function caughtFrom(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}

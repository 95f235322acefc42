import { deflateRawSync } from 'node:zlib';
import { type AttackWorld, payloadWith, tokenOf } from '../attack-world.ts';
import { toBase64url } from '../forge.ts';
import { type BadToken, changed, rewritten } from './bad-token.ts';

const malformed = (name: string, rewrite: (token: string) => string): BadToken =>
  rewritten('okta', 'malformed-token', name, rewrite);

/** In the place of one of the three parts. */
const withPart = (index: number, change: (part: string) => string) => (token: string) =>
  token
    .split('.')
    .map((part, at) => (at === index ? change(part) : part))
    .join('.');

/** The last character's spare bits, which lenient decoders drop. RS256 signatures of 2048 bits have four of them. */
const withSpareBits = (part: string) => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return part.slice(0, -1) + alphabet[alphabet.indexOf(part.at(-1) ?? 'A') + 1];
};

const signedPayload = (name: string, payload: (world: AttackWorld) => string | Uint8Array): BadToken =>
  changed('okta', 'malformed-token', `with a payload that ${name}`, (world) => ({ payload: payload(world) }));

const signedHeader = (name: string, head: string | Uint8Array): BadToken =>
  changed('okta', 'malformed-token', `with a header that ${name}`, { head });

const good = (world: AttackWorld) => JSON.stringify(world.issuers.okta.claims);

/** What cannot be read in exactly one way. */
export const framingRows: readonly BadToken[] = [
  malformed('in four parts', (token) => `${token}.AAAA`),
  malformed('in two parts', (token) => token.split('.').slice(0, 2).join('.')),
  malformed('in one part', (token) => token.replaceAll('.', '')),
  malformed('with a dot at its end', (token) => `${token}.`),
  malformed('with a dot before it', (token) => `.${token}`),
  malformed(
    'without a header',
    withPart(0, () => ''),
  ),
  malformed(
    'without a payload',
    withPart(1, () => ''),
  ),
  malformed(
    'without a signature',
    withPart(2, () => ''),
  ),
  malformed('of dots alone', () => '..'),
  malformed('of four dots', () => '...'),
  malformed('of 16 KB', (token) => `${token}${'A'.repeat(16_384)}`),
  malformed('one character over the limit', (token) => token + 'A'.repeat(8193 - token.length)),
  malformed('with an underscore for each part', () => '_._._'),
  malformed('with spare bits in its signature', withPart(2, withSpareBits)),
  malformed(
    'with a signature of one character',
    withPart(2, () => 'A'),
  ),
  malformed(
    'with a signature one character short',
    withPart(2, (part) => `${part.slice(0, -1)}`),
  ),
  ...(['==', '=', ' ', '\n', '+', '/', '%3D', '\0'] as const).map(
    (end): BadToken => ({
      ...malformed(`with ${JSON.stringify(end)} at its end`, (token) => `${token}${end}`),
      reason: 'authorization-header',
    }),
  ),
  {
    ...malformed('in base64 with + and /', (token) => token.replaceAll('-', '+').replaceAll('_', '/')),
    reason: 'authorization-header',
  },
  { ...malformed('of 16 KB of spaces', () => ' '.repeat(16_384)), reason: 'authorization-header' },
  changed('okta', 'malformed-token', 'padded by a long claim to 12 KB', {
    claims: { filler: 'x'.repeat(9000) },
  }),

  signedPayload('is no JSON', () => 'iss=okta'),
  signedPayload('is empty JSON text', () => ' '),
  signedPayload('is a list', (world) => `[${good(world)}]`),
  signedPayload('is a string', (world) => JSON.stringify(good(world))),
  signedPayload('is null', () => 'null'),
  signedPayload('ends early', (world) => good(world).slice(0, -1)),
  signedPayload('goes on after its end', (world) => `${good(world)}{"sub":"root"}`),
  signedPayload('begins with a byte order mark', (world) => `\ufeff${good(world)}`),
  signedPayload('is UTF-16', (world) => Buffer.from(good(world), 'utf16le')),
  signedPayload('has bytes that are no UTF-8', (world) =>
    Buffer.from(good(world).replace('alice', 'al\xffce'), 'latin1'),
  ),
  signedPayload('has an overlong UTF-8 sequence', (world) =>
    Buffer.from(good(world).replace('alice', 'al\xc0\xafce'), 'latin1'),
  ),
  signedPayload('has a surrogate in UTF-8', (world) =>
    Buffer.from(good(world).replace('alice', 'al\xed\xa0\x80ce'), 'latin1'),
  ),
  signedPayload('has a comment', (world) => good(world).replace('{', '{/* sre */')),
  signedPayload('has a comma too many', (world) => good(world).replace('}', ',}')),
  signedPayload('has NaN', (world) => payloadWith(world, 'okta', '"nbf":NaN')),
  signedPayload('has a hexadecimal number', (world) => payloadWith(world, 'okta', '"nbf":0x10')),
  signedPayload('names iss twice, ours last', (world) =>
    payloadWith(world, 'okta', '"iss":"https://evil.example"'),
  ),
  signedPayload('names iss twice, both ours', (world) =>
    payloadWith(world, 'okta', `"iss":${JSON.stringify(world.issuers.okta.iss)}`),
  ),
  signedPayload('names iss twice, once escaped', (world) =>
    payloadWith(world, 'okta', '"\\u0069ss":"https://evil.example"'),
  ),
  signedPayload('names aud twice', (world) => payloadWith(world, 'okta', '"aud":"somebody-else"')),
  signedPayload('names exp twice', (world) => payloadWith(world, 'okta', '"exp":9999999999')),
  signedPayload('names sub twice', (world) => payloadWith(world, 'okta', '"sub":"root"')),
  signedPayload('names groups twice', (world) => payloadWith(world, 'okta', '"groups":["admin"]')),
  signedPayload('names a key twice within a claim', (world) =>
    payloadWith(world, 'okta', '"address":{"city":"a","city":"b"}'),
  ),
  signedPayload('names a key twice within a list', (world) =>
    payloadWith(world, 'okta', '"a":[[{"x":1,"y":{"x":[]},"x":2}]]'),
  ),
  signedPayload('names __proto__ twice', (world) =>
    payloadWith(world, 'okta', '"__proto__":1,"__proto__":2'),
  ),
  signedPayload('is compressed', (world) => deflateRawSync(good(world))),

  signedHeader('is no JSON', 'alg=RS256'),
  signedHeader('is a list', '[{"alg":"RS256","kid":"one"}]'),
  signedHeader('is null', 'null'),
  signedHeader('names alg twice, ours last', '{"alg":"none","alg":"RS256","kid":"one"}'),
  signedHeader('names alg twice, ours first', '{"alg":"RS256","alg":"none","kid":"one"}'),
  signedHeader('names alg twice, once escaped', '{"\\u0061lg":"none","alg":"RS256","kid":"one"}'),
  signedHeader('names kid twice', '{"alg":"RS256","kid":"two","kid":"one"}'),
  signedHeader('names typ twice', '{"alg":"RS256","kid":"one","typ":"id_token","typ":"JWT"}'),
  signedHeader('names a key twice that nobody reads', '{"alg":"RS256","kid":"one","x":1,"x":1}'),
  signedHeader('begins with a byte order mark', '\ufeff{"alg":"RS256","kid":"one"}'),
  signedHeader(
    'has bytes that are no UTF-8',
    Buffer.from('{"alg":"RS256","kid":"one","x":"\xff"}', 'latin1'),
  ),
  signedHeader('has its alg behind __proto__', '{"__proto__":{"alg":"RS256"},"kid":"one"}'),
  signedHeader('has no alg', '{"kid":"one","typ":"JWT"}'),

  {
    issuer: 'okta',
    reason: 'malformed-token',
    name: 'that is the JSON serialization',
    token: (world) => {
      const [head, payload, signature] = tokenOf(world, 'okta').split('.');
      return toBase64url(JSON.stringify({ protected: head, payload, signature }));
    },
  },
];

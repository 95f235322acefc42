import { type IssuerName, tokenOf } from '../attack-world.ts';
import { signer, toBase64url } from '../forge.ts';
import { type BadToken, changed } from './bad-token.ts';

const withKeyId = (name: string, kid: unknown): BadToken =>
  changed('okta', isKeyId(kid) ? 'unknown-key' : 'malformed-token', `with ${name} as key id`, {
    header: { kid },
  });

const isKeyId = (kid: unknown) => typeof kid === 'string' && kid.length > 0 && kid.length <= 256;

/** Signed by the attacker, who says where its key is to be had. */
const withOwnKey = (name: string, reason: 'signature' | 'unknown-key', toHeader: (url: string) => object) =>
  changed('okta', reason, `of the attacker's key, with ${name}`, ({ attacker }) => ({
    header: { ...toHeader(attacker.url) },
    signer: signer(attacker.rsa),
  }));

/** All have an RSA key with the id `one`. */
const rsaIssuers = [
  'okta',
  'contractors',
  'github-actions',
  'cluster',
  'cognito',
  'entra',
  'google',
  'globex',
  'daypass',
] as const satisfies readonly IssuerName[];

/** Each names its issuer, and has a good signature of the next one's key under the same id. */
const mixedUp = rsaIssuers.map((issuer, index): BadToken => {
  const other = rsaIssuers[(index + 1) % rsaIssuers.length] ?? 'okta';
  return changed(
    issuer,
    'signature',
    `of ${issuer}, signed by ${other} under the same key id`,
    ({ issuers }) => ({
      signer: signer(issuers[other].key),
    }),
  );
});

/** Keys that are not the issuer's, or not for this. */
export const keyRows: readonly BadToken[] = [
  ...mixedUp,
  changed('partner', 'signature', 'of partner, signed by acme under the same key id', ({ issuers }) => ({
    signer: signer(issuers.acme.key),
  })),
  changed('acme', 'signature', 'of acme, signed by partner under the same key id', ({ issuers }) => ({
    signer: signer(issuers.partner.key),
  })),
  changed('okta', 'signature', "of a key of the attacker's under the issuer's key id", ({ attacker }) => ({
    signer: signer(attacker.rsa),
  })),
  changed('okta', 'signature', 'with another payload under its signature', (world) => {
    const [, , signature = ''] = tokenOf(world, 'okta').split('.');
    return { claims: { groups: ['admin'] }, signer: () => Buffer.from(signature, 'base64url') };
  }),
  changed('okta', 'signature', 'with another header under its signature', (world) => {
    const [, , signature = ''] = tokenOf(world, 'okta').split('.');
    return { header: { typ: 'at+jwt' }, signer: () => Buffer.from(signature, 'base64url') };
  }),

  withKeyId('a word', 'nobody'),
  withKeyId('another case', 'ONE'),
  withKeyId('a prefix', 'on'),
  withKeyId('a longer id', 'one '),
  withKeyId('a path', '../../../../dev/null'),
  withKeyId('a file URL', 'file:///dev/null'),
  withKeyId('SQL', "x' UNION SELECT 'one' --"),
  withKeyId('a command', '$(id)|`id`'),
  withKeyId('__proto__', '__proto__'),
  withKeyId('constructor', 'constructor'),
  withKeyId('a wildcard', '*'),
  withKeyId('NUL', 'one\0'),
  withKeyId('10 KB', 'k'.repeat(10_240)),
  withKeyId('4 KB', 'k'.repeat(4096)),
  withKeyId('257 characters', 'k'.repeat(257)),
  withKeyId('256 characters', 'k'.repeat(256)),
  withKeyId('nothing', ''),
  withKeyId('null', null),
  withKeyId('a number', 1),
  withKeyId('an object', { one: 'one' }),
  withKeyId('a list', ['one']),
  withKeyId('true', true),
  changed('partner', 'unknown-key', "with another issuer's key id", ({ weak }) => ({
    header: { kid: weak.pss.jwk.kid },
  })),
  changed('okta', 'ambiguous-key', 'without a key id, of an issuer with several keys', {
    header: { kid: undefined },
  }),
  changed('okta', 'ambiguous-key', 'whose key id two keys of the issuer have', ({ weak }) => ({
    header: { kid: 'twice' },
    signer: signer(weak.twice),
  })),

  ...(
    [
      ['small', 'of 1024 bits'],
      ['encryption', 'for encryption'],
      ['pss', 'for PS256 alone'],
      ['private', 'whose private half is published as well'],
      ['signs-only', 'whose operations are sign alone'],
    ] as const
  ).map(([kid, name]) =>
    changed('okta', 'unknown-key', `of a published key ${name}`, ({ weak }) => ({
      header: { kid },
      signer: signer(weak[kid]),
    })),
  ),

  withOwnKey('jku', 'signature', (url) => ({ jku: `${url}/jwks` })),
  withOwnKey('jku and a key id of its own', 'unknown-key', (url) => ({ kid: 'two', jku: `${url}/jwks` })),
  withOwnKey('x5u', 'signature', (url) => ({ x5u: `${url}/jwks` })),
  withOwnKey('the URL as key id', 'unknown-key', (url) => ({ kid: `${url}/jwks` })),
  withOwnKey('iss in the header', 'signature', (url) => ({ iss: url })),
  changed('okta', 'signature', "of the attacker's key, which stands in jwk", ({ attacker }) => ({
    header: { jwk: attacker.rsa.jwk },
    signer: signer(attacker.rsa),
  })),
  changed(
    'okta',
    'unknown-key',
    "of the attacker's key, which stands in jwk, under its own id",
    ({ attacker }) => ({
      header: { kid: 'mine', jwk: { ...attacker.rsa.jwk, kid: 'mine' } },
      signer: signer(attacker.rsa),
    }),
  ),
  changed(
    'okta',
    'ambiguous-key',
    "of the attacker's key, which stands in jwk, without an id",
    ({ attacker }) => ({
      header: { kid: undefined, jwk: attacker.rsa.jwk },
      signer: signer(attacker.rsa),
    }),
  ),
  changed('okta', 'signature', "of the attacker's key, which stands in x5c", ({ attacker }) => ({
    header: { x5c: [attacker.rsa.publicKey.export({ type: 'spki', format: 'der' }).toString('base64')] },
    signer: signer(attacker.rsa),
  })),
  changed('okta', 'signature', "of the attacker's key, whose thumbprint stands in x5t", ({ attacker }) => ({
    header: { x5t: toBase64url('thumbprint'), 'x5t#S256': toBase64url('thumbprint') },
    signer: signer(attacker.rsa),
  })),

  ...(
    [
      ['a crit that nobody knows', { crit: ['x-ours'], 'x-ours': true }],
      ['an empty crit', { crit: [] }],
      ['a crit of null', { crit: null }],
      ['a crit of exp', { crit: ['exp'], exp: 9_999_999_999 }],
      ['a crit of alg', { crit: ['alg'] }],
      ['b64 false', { crit: ['b64'], b64: false }],
      ['b64 false without crit', { b64: false }],
      ['b64 true', { b64: true }],
      ['cty JWT', { cty: 'JWT' }],
      ['enc', { enc: 'A256GCM' }],
      ['zip', { zip: 'DEF' }],
    ] as const
  ).map(([name, header]) => changed('okta', 'unsupported-token', `with ${name} in its header`, { header })),
  {
    issuer: 'okta',
    reason: 'unsupported-token',
    name: 'that is encrypted, with a good one within',
    token: (world) => {
      const head = toBase64url(JSON.stringify({ alg: 'dir', enc: 'A256GCM', cty: 'JWT' }));
      return `${head}..${toBase64url('twelve bytes')}.${toBase64url(tokenOf(world, 'okta'))}.${toBase64url('tag')}`;
    },
  },
  {
    issuer: 'okta',
    reason: 'malformed-token',
    name: 'within a token',
    token: (world) => tokenOf(world, 'okta', { payload: tokenOf(world, 'okta') }),
  },
];

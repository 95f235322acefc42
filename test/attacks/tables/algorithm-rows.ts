import type { AttackWorld, IssuerName } from '../attack-world.ts';
import { publishedSecret, tokenOf } from '../attack-world.ts';
import { compact, derSigner, type ForgingKey, hmacSigner, pssSigner, signer } from '../forge.ts';
import { type BadToken, changed } from './bad-token.ts';

const nothing = () => new Uint8Array(0);
const zeros = (bytes: number) => () => new Uint8Array(bytes);

const pem = ({ publicKey }: ForgingKey, type: 'spki' | 'pkcs1') =>
  publicKey.export({ type, format: 'pem' }) as string;
const der = ({ publicKey }: ForgingKey, type: 'spki' | 'pkcs1') => publicKey.export({ type, format: 'der' });

/** Every form in which an attacker finds the public key, and some that a careless verifier makes of it. */
const publicForms: readonly (readonly [name: string, encode: (key: ForgingKey) => string | Uint8Array])[] = [
  ['the PEM', (key) => pem(key, 'spki')],
  ['the PEM without its last line end', (key) => pem(key, 'spki').trim()],
  ['the PEM after a space', (key) => ` ${pem(key, 'spki')}`],
  ['the PEM with one more line end', (key) => `${pem(key, 'spki')}\n`],
  ['the PEM with CR LF', (key) => pem(key, 'spki').replaceAll('\n', '\r\n')],
  ['the PEM in one line', (key) => pem(key, 'spki').replaceAll('\n', '')],
  ['the PKCS #1 PEM', (key) => pem(key, 'pkcs1')],
  ['the SPKI DER', (key) => der(key, 'spki')],
  ['the PKCS #1 DER', (key) => der(key, 'pkcs1')],
  ['the SPKI in base64 (x5c)', (key) => der(key, 'spki').toString('base64')],
  ['the JWK', ({ jwk }) => JSON.stringify(jwk)],
  ['the JWK set', ({ jwk }) => JSON.stringify({ keys: [jwk] })],
  ['n', ({ jwk }) => String(jwk.n)],
  ['the bytes of n', ({ jwk }) => Buffer.from(String(jwk.n), 'base64url')],
  ['e', ({ jwk }) => String(jwk.e)],
  ['the key id', ({ jwk }) => jwk.kid],
  ['nothing', () => ''],
  ['undefined as text', () => 'undefined'],
  ['null bytes', () => Buffer.alloc(32)],
];

const withHmac = (world: AttackWorld, alg: string, secret: string | Uint8Array) => {
  const hash = alg === 'HS384' ? 'sha384' : alg === 'HS512' ? 'sha512' : 'sha256';
  return tokenOf(world, 'okta', { header: { alg }, signer: hmacSigner(secret, hash) });
};

const hmacRows = publicForms.flatMap(([name, encode]) =>
  (['HS256', 'HS384', 'HS512', 'RS256'] as const)
    // The longer hashes add nothing but for the forms that attacks really use.
    .filter((alg) => alg === 'HS256' || alg === 'RS256' || name === 'the PEM' || name === 'nothing')
    .map(
      (alg): BadToken => ({
        issuer: 'okta',
        reason: alg === 'RS256' ? 'signature' : 'algorithm',
        name:
          alg === 'RS256'
            ? `called RS256, of an HMAC with ${name}`
            : `of ${alg} with the public key as ${name}`,
        token: (world) => withHmac(world, alg, encode(world.issuers.okta.key)),
      }),
    ),
);

const named = (issuer: IssuerName, alg: unknown, name = `with alg ${JSON.stringify(alg)}`): BadToken =>
  changed(issuer, typeof alg === 'string' ? 'algorithm' : 'malformed-token', name, { header: { alg } });

const unsigned = (alg: string): BadToken => ({
  issuer: 'okta',
  reason: 'malformed-token',
  name: `with alg ${alg} and no signature`,
  token: (world) => compact({ alg }, world.issuers.okta.claims, nothing),
});

/** Another algorithm than the one that the configuration pins to the issuer's key. */
export const algorithmRows: readonly BadToken[] = [
  ...['none', 'None', 'NONE', 'nOnE'].flatMap((alg) => [unsigned(alg), named('okta', alg)]),
  ...['', ' RS256', 'RS256 ', 'rs256', 'RS256\0', 'RSA', 'RSA1_5', 'dir', '*', '__proto__'].map((alg) =>
    named('okta', alg),
  ),
  ...[null, 0, true, ['RS256'], ['RS256', 'none'], { name: 'RS256' }].map((alg) => named('okta', alg)),
  ...hmacRows,
  changed('partner', 'algorithm', 'of HS256 with the public EC key as PEM', ({ issuers }) => ({
    header: { alg: 'HS256' },
    signer: hmacSigner(pem(issuers.partner.key, 'spki')),
  })),
  changed('okta', 'algorithm', 'of HS256 with a secret that the issuer publishes', {
    header: { alg: 'HS256', kid: 'hmac' },
    signer: hmacSigner(publishedSecret),
  }),
  changed('okta', 'unknown-key', 'called RS256, of an HMAC with a secret that the issuer publishes for it', {
    header: { kid: 'hmac' },
    signer: hmacSigner(publishedSecret),
  }),
  changed('acme', 'algorithm', 'of an integration, of HS256 with its public key', ({ issuers }) => ({
    header: { alg: 'HS256' },
    signer: hmacSigner(pem(issuers.acme.key, 'spki')),
  })),
  changed('daypass', 'algorithm', "of the broker's, of HS256 with its public key", ({ issuers }) => ({
    header: { alg: 'HS256' },
    signer: hmacSigner(pem(issuers.daypass.key, 'spki')),
  })),

  changed('okta', 'algorithm', 'of PS256 where RS256 is pinned', ({ issuers }) => ({
    header: { alg: 'PS256' },
    signer: pssSigner(issuers.okta.key),
  })),
  changed('okta', 'signature', 'called RS256, with a signature of PS256', ({ issuers }) => ({
    signer: pssSigner(issuers.okta.key),
  })),
  changed('okta', 'algorithm', 'of RS384 where RS256 is pinned', ({ issuers }) => ({
    header: { alg: 'RS384' },
    signer: signer(issuers.okta.key, 'sha384'),
  })),
  changed('okta', 'signature', 'called RS256, with a signature over SHA-1', ({ issuers }) => ({
    signer: signer(issuers.okta.key, 'sha1'),
  })),
  changed('okta', 'signature', 'called RS256, with a signature over SHA-512', ({ issuers }) => ({
    signer: signer(issuers.okta.key, 'sha512'),
  })),
  changed('okta', 'algorithm', 'of ES256 where RS256 is pinned', ({ attacker }) => ({
    header: { alg: 'ES256' },
    signer: signer(attacker.ec),
  })),
  changed('partner', 'algorithm', 'of RS256 where ES256 is pinned', ({ attacker }) => ({
    header: { alg: 'RS256' },
    signer: signer(attacker.rsa),
  })),
  changed('partner', 'signature', 'called ES256, with a signature of RS256', ({ attacker }) => ({
    signer: signer(attacker.rsa),
  })),
  changed('partner', 'signature', 'called ES256, with a signature in DER', ({ issuers }) => ({
    signer: derSigner(issuers.partner.key),
  })),
  changed('partner', 'algorithm', 'of ES384 where ES256 is pinned', { header: { alg: 'ES384' } }),
  changed('partner', 'algorithm', 'of ES256K where ES256 is pinned', { header: { alg: 'ES256K' } }),
  changed('ministry', 'algorithm', 'of ES256 where ES384 is pinned', { header: { alg: 'ES256' } }),
  changed('ministry', 'signature', 'called ES384, with a signature over SHA-256', ({ issuers }) => ({
    signer: signer(issuers.ministry.key, 'sha256'),
  })),
  changed('okta', 'algorithm', 'of EdDSA where RS256 is pinned', { header: { alg: 'EdDSA' } }),

  changed('partner', 'signature', 'with r and s of zero', { signer: zeros(64) }),
  changed('ministry', 'signature', 'with r and s of zero, of ES384', { signer: zeros(96) }),
  changed('okta', 'signature', 'with a signature of zeros', { signer: zeros(256) }),
  changed('okta', 'signature', 'with a signature of three bytes', { signer: zeros(3) }),
  changed('okta', 'signature', 'with a signature one byte too long', ({ issuers }) => ({
    signer: (input) => Buffer.concat([signer(issuers.okta.key)(input), Buffer.alloc(1)]),
  })),
];

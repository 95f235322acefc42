import {
  constants,
  createHmac,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign as signBytes,
} from 'node:crypto';

/** A real key pair. `jwk` is the public half, as an issuer would publish it. */
export interface ForgingKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: Readonly<JsonWebKey> & { readonly kid: string; readonly alg: string };
}

export const anRsaKey = (kid: string, bits = 2048): ForgingKey =>
  toForgingKey(generateKeyPairSync('rsa', { modulusLength: bits }), kid, 'RS256');

export const anEcKey = (kid: string, alg: 'ES256' | 'ES384'): ForgingKey =>
  toForgingKey(generateKeyPairSync('ec', { namedCurve: alg === 'ES256' ? 'P-256' : 'P-384' }), kid, alg);

function toForgingKey(
  { privateKey, publicKey }: { readonly privateKey: KeyObject; readonly publicKey: KeyObject },
  kid: string,
  alg: string,
): ForgingKey {
  return { privateKey, publicKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' } };
}

/** Makes the signature of a signing input. By hand, because libraries refuse to make what attackers make. */
export type Signer = (input: string) => Uint8Array;

/** RSASSA-PKCS1-v1_5, or ECDSA in the form that JWS has, by the kind of the key. */
export const signer =
  ({ privateKey }: ForgingKey, hash: 'sha256' | 'sha384' | 'sha512' | 'sha1' = 'sha256'): Signer =>
  (input) =>
    signBytes(hash, Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });

/** RSASSA-PSS with SHA-256. */
export const pssSigner =
  ({ privateKey }: ForgingKey): Signer =>
  (input) =>
    signBytes('sha256', Buffer.from(input), {
      key: privateKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: 32,
    });

/** ECDSA in DER, as X.509 and OpenSSL have it. */
export const derSigner =
  ({ privateKey }: ForgingKey): Signer =>
  (input) =>
    signBytes('sha256', Buffer.from(input), privateKey);

export const hmacSigner =
  (secret: string | Uint8Array, hash: 'sha256' | 'sha384' | 'sha512' = 'sha256'): Signer =>
  (input) =>
    createHmac(hash, secret).update(input).digest();

export const toBase64url = (part: string | Uint8Array) => Buffer.from(part).toString('base64url');

/** A compact JWS of any header and payload: objects, or the very text or bytes. */
export function compact(
  header: object | string | Uint8Array,
  payload: object | string | Uint8Array,
  signature: Signer,
): string {
  const input = `${toPart(header)}.${toPart(payload)}`;
  return `${input}.${toBase64url(signature(input))}`;
}

const toPart = (part: object | string | Uint8Array) =>
  toBase64url(typeof part === 'string' || part instanceof Uint8Array ? part : JSON.stringify(part));

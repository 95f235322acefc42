import { createHash, type KeyObject, sign } from 'node:crypto';

export interface CertificateKeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export interface CertificateValidity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/**
 * A self-signed X.509 v3 certificate (RFC 5280), because Node reads certificates and makes none.
 *
 * @param keyPair - RSA, or EC on P-256 or P-384
 * @param commonName - subject and issuer alike
 * @returns DER in base64, as SAML metadata has it
 */
export function createSelfSignedCertificate(
  keyPair: CertificateKeyPair,
  commonName: string,
  validity: CertificateValidity,
): string {
  const { digest, algorithm } = toSignatureAlgorithm(keyPair.publicKey);
  const publicKey = keyPair.publicKey.export({ type: 'spki', format: 'der' });
  const name = sequence(set(sequence(objectIdentifier('2.5.4.3'), der(0x0c, Buffer.from(commonName)))));
  const toBeSigned = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    // Made from the key and the dates, so that the same input names the same certificate; the first bit is 0: positive.
    der(0x02, Buffer.concat([Buffer.of(1), toSerialNumber(publicKey, validity)])),
    algorithm,
    name,
    sequence(toTime(validity.notBefore), toTime(validity.notAfter)),
    name,
    publicKey,
  );
  const signature = sign(digest, toBeSigned, keyPair.privateKey);
  return sequence(toBeSigned, algorithm, der(0x03, Buffer.concat([Buffer.of(0), signature]))).toString(
    'base64',
  );
}

const toSerialNumber = (publicKey: Buffer, { notBefore, notAfter }: CertificateValidity) =>
  createHash('sha256')
    .update(publicKey)
    .update(`${notBefore.getTime()} ${notAfter.getTime()}`)
    .digest()
    .subarray(0, 15);

function toSignatureAlgorithm(key: KeyObject): { readonly digest: string; readonly algorithm: Buffer } {
  if (key.asymmetricKeyType === 'rsa') {
    return {
      digest: 'sha256',
      algorithm: sequence(objectIdentifier('1.2.840.113549.1.1.11'), der(0x05, Buffer.alloc(0))),
    };
  }
  if (key.asymmetricKeyType === 'ec') {
    return { digest: 'sha256', algorithm: sequence(objectIdentifier('1.2.840.10045.4.3.2')) };
  }
  throw new TypeError(`a certificate's key is rsa or ec, not ${String(key.asymmetricKeyType)}`);
}

/** UTCTime until 2049, GeneralizedTime from then on (RFC 5280 §4.1.2.5). */
function toTime(date: Date): Buffer {
  const digits = date.toISOString().replace(/\.\d{3}Z$|[-:T]/g, '');
  return date.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(`${digits.slice(2)}Z`))
    : der(0x18, Buffer.from(`${digits}Z`));
}

const sequence = (...parts: readonly Buffer[]) => der(0x30, Buffer.concat(parts));
const set = (...parts: readonly Buffer[]) => der(0x31, Buffer.concat(parts));

function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return der(0x06, Buffer.from([40 * first + second, ...rest.flatMap(toBase128)]));
}

/** Seven bits a byte, the first bit set on all but the last. */
function toBase128(value: number): readonly number[] {
  const bytes = [value % 128];
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) {
    bytes.unshift((left % 128) + 128);
  }
  return bytes;
}

function der(tag: number, content: Buffer): Buffer {
  if (content.length < 128) return Buffer.concat([Buffer.of(tag, content.length), content]);
  const length = Buffer.from(content.length.toString(16).padStart(content.length > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 + length.length), length, content]);
}

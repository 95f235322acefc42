import { createHash, type KeyObject, verify } from 'node:crypto';
import type { HashAlgorithm, SignatureAlgorithm } from 'xml-crypto';
import { samlNamespaces } from './saml-namespaces.ts';

/** The part of `node:crypto`'s names that a signature may use. SHA-1, MD5, HMAC and DSA are not among them. */
type Hash = 'sha256' | 'sha384' | 'sha512';

export interface SamlSignatureAlgorithm {
  readonly hash: Hash;
  /** Of the only keys that may verify it: a key of another type would run another algorithm than the one named. */
  readonly keyType: 'rsa' | 'ec';
}

const xmldsigMore = 'http://www.w3.org/2001/04/xmldsig-more#';
const xmlenc = 'http://www.w3.org/2001/04/xmlenc#';

const hashes: readonly Hash[] = ['sha256', 'sha384', 'sha512'];

/** Source: RFC 9231 §2.3. */
export const signatureAlgorithms: ReadonlyMap<string, SamlSignatureAlgorithm> = new Map<
  string,
  SamlSignatureAlgorithm
>([
  ...hashes.map((hash) => [`${xmldsigMore}rsa-${hash}`, { hash, keyType: 'rsa' }] as const),
  ...hashes.map((hash) => [`${xmldsigMore}ecdsa-${hash}`, { hash, keyType: 'ec' }] as const),
]);

export const digestAlgorithms: ReadonlyMap<string, Hash> = new Map([
  [`${xmlenc}sha256`, 'sha256'],
  [`${xmldsigMore}sha384`, 'sha384'],
  [`${xmlenc}sha512`, 'sha512'],
]);

export const canonicalizationAlgorithm = samlNamespaces.exclusiveCanonicalization;

/** SAML core §5.4.4 has these two, and a signature inside what it signs needs both: in this order. */
export const transformAlgorithms = [
  `${samlNamespaces.signature}enveloped-signature`,
  canonicalizationAlgorithm,
] as const;

/** For xml-crypto, in place of its own table: that has SHA-1 and lacks SHA-384. */
export const hashAlgorithmClasses: Readonly<Record<string, new () => HashAlgorithm>> = Object.fromEntries(
  [...digestAlgorithms].map(([uri, hash]) => [
    uri,
    class implements HashAlgorithm {
      getAlgorithmName = () => uri;
      getHash = (xml: string) => createHash(hash).update(xml, 'utf8').digest('base64');
    },
  ]),
);

/** For xml-crypto, in place of its own table: that has SHA-1, lacks ECDSA and takes any key for any algorithm. */
export const signatureAlgorithmClasses: Readonly<Record<string, new () => SignatureAlgorithm>> =
  Object.fromEntries(
    [...signatureAlgorithms].map(([uri, { hash }]) => [
      uri,
      class implements SignatureAlgorithm {
        getAlgorithmName = () => uri;
        getSignature = (): never => {
          throw new TypeError('the broker signs no XML');
        };
        verifySignature = (material: string, key: unknown, signature: string) =>
          // The pair of numbers that XML signatures have for ECDSA (RFC 9231 §2.3.6), not DER. RSA pays no heed to it.
          verify(
            hash,
            Buffer.from(material, 'utf8'),
            { key: key as KeyObject, dsaEncoding: 'ieee-p1363' },
            Buffer.from(signature, 'base64'),
          );
      },
    ]),
  );

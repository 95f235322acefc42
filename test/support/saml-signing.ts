import { createHash, type KeyObject, sign } from 'node:crypto';
import { DOMParser } from '@xmldom/xmldom';
import {
  ExclusiveCanonicalization,
  type HashAlgorithm,
  type SignatureAlgorithm,
  SignedXml,
} from 'xml-crypto';
import type { SamlKey } from './saml-keys.ts';

export const algorithms = {
  rsaSha1: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
  rsaMd5: 'http://www.w3.org/2001/04/xmldsig-more#rsa-md5',
  hmacSha1: 'http://www.w3.org/2000/09/xmldsig#hmac-sha1',
  hmacSha256: 'http://www.w3.org/2001/04/xmldsig-more#hmac-sha256',
  sha1: 'http://www.w3.org/2000/09/xmldsig#sha1',
  sha256: 'http://www.w3.org/2001/04/xmlenc#sha256',
  enveloped: 'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
  exclusive: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  exclusiveWithComments: 'http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
  inclusive: 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315',
} as const;

export const rsaWith = (hash: string) => `http://www.w3.org/2001/04/xmldsig-more#rsa-${hash}`;
export const ecdsaWith = (hash: string) => `http://www.w3.org/2001/04/xmldsig-more#ecdsa-${hash}`;
export const digestWith = (hash: string) =>
  hash === 'sha384'
    ? 'http://www.w3.org/2001/04/xmldsig-more#sha384'
    : `http://www.w3.org/2001/04/xmlenc#${hash}`;

export interface SigningOptions {
  /** Local name of the element that is signed and that holds the signature. @default Assertion */
  readonly over?: 'Assertion' | 'Response';
  /** @default RSA with SHA-256 */
  readonly signatureAlgorithm?: string;
  /** @default SHA-256 */
  readonly digestAlgorithm?: string;
  readonly canonicalization?: string;
  readonly transforms?: readonly string[];
  /** Put into KeyInfo: DER in base64. @default the key's own */
  readonly keyInfo?: string;
  /** The text that is the MAC's key, for HMAC. */
  readonly secret?: string;
  /** Prefix of the signature's elements. @default ds */
  readonly prefix?: string;
}

/** Signs as an identity provider does, or as one would that knows no better. */
export function signSaml(xml: string, key: SamlKey, options: SigningOptions = {}): string {
  const { over = 'Assertion', secret, transforms, prefix = 'ds' } = options;
  const signer = new SignedXml({
    privateKey: secret ?? key.privateKey,
    signatureAlgorithm: options.signatureAlgorithm ?? rsaWith('sha256'),
    canonicalizationAlgorithm: options.canonicalization ?? algorithms.exclusive,
    getKeyInfoContent: () =>
      `<ds:X509Data xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Certificate>${options.keyInfo ?? key.certificate}</ds:X509Certificate></ds:X509Data>`,
  });
  if (secret !== undefined) signer.enableHMAC();
  addAlgorithms(signer);
  const target = `//*[local-name(.)='${over}']`;
  signer.addReference({
    xpath: target,
    transforms: [...(transforms ?? [algorithms.enveloped, algorithms.exclusive])],
    digestAlgorithm: options.digestAlgorithm ?? algorithms.sha256,
  });
  signer.computeSignature(xml, {
    prefix,
    location: { reference: `${target}/*[local-name(.)='Issuer']`, action: 'after' },
  });
  return signer.getSignedXml();
}

/** Signs an altered SignedInfo anew (RSA with SHA-256): what only the identity provider itself could have written. */
export function resignSaml(xml: string, key: SamlKey): string {
  const document = new DOMParser().parseFromString(xml, 'text/xml');
  const signedInfo = document.getElementsByTagName('ds:SignedInfo')[0];
  if (signedInfo === undefined) throw new TypeError('no ds:SignedInfo');
  const text = new ExclusiveCanonicalization().process(signedInfo, {});
  const value = sign('sha256', Buffer.from(text), key.privateKey).toString('base64');
  return xml.replace(/(<ds:SignatureValue>)[^<]*/, `$1${value}`);
}

/** What the library lacks. */
function addAlgorithms(signer: SignedXml): void {
  for (const hash of ['sha256', 'sha384', 'sha512']) {
    signer.SignatureAlgorithms[rsaWith(hash)] = toSigner(rsaWith(hash), hash);
    signer.SignatureAlgorithms[ecdsaWith(hash)] = toSigner(ecdsaWith(hash), hash);
    signer.HashAlgorithms[digestWith(hash)] = toHash(digestWith(hash), hash);
  }
  signer.SignatureAlgorithms[algorithms.rsaMd5] = toSigner(algorithms.rsaMd5, 'md5');
}

const toSigner = (uri: string, hash: string) =>
  class implements SignatureAlgorithm {
    getAlgorithmName = () => uri;
    getSignature = (signedInfo: unknown, key: unknown) =>
      sign(hash, Buffer.from(String(signedInfo)), {
        key: key as KeyObject,
        dsaEncoding: 'ieee-p1363',
      }).toString('base64');
    verifySignature = (): boolean => false;
  };

const toHash = (uri: string, hash: string) =>
  class implements HashAlgorithm {
    getAlgorithmName = () => uri;
    getHash = (xml: string) => createHash(hash).update(xml).digest('base64');
  };

/** What many have done: verify some signature of the document with the right key, and go on with the document. */
export function isAcceptedByPlainLibrary(xml: string, key: SamlKey): boolean {
  const start = xml.search(/<ds:Signature[ >]/);
  const end = xml.lastIndexOf('</ds:Signature>') + '</ds:Signature>'.length;
  const verifier = new SignedXml({ publicCert: key.publicKey });
  try {
    verifier.loadSignature(xml.slice(start, end));
    return verifier.checkSignature(xml);
  } catch {
    return false;
  }
}

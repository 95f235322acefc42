import type { KeyObject } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import type { RefuseAssertion } from '../core/refuse-assertion.ts';
import {
  canonicalizationAlgorithm,
  hashAlgorithmClasses,
  signatureAlgorithmClasses,
  transformAlgorithms,
} from './saml-algorithms.ts';
import type { SamlSignature } from './saml-signature.ts';

/**
 * The canonical text that one of the keys has signed. Whoever reads anything else of the document reads what
 * nobody vouches for.
 *
 * @param options.text the whole document
 * @param options.keys tried one after another
 */
export function requireSignedBytes(
  { element, algorithm }: SamlSignature,
  options: { readonly text: string; readonly keys: readonly KeyObject[]; readonly refuse: RefuseAssertion },
): string {
  const { text, keys, refuse } = options;
  for (const key of keys.filter(({ asymmetricKeyType }) => asymmetricKeyType === algorithm.keyType)) {
    const references = readSignedReferences(element, text, key);
    if (references === 'wrong-digest') break;
    const [signed, ...more] = references;
    if (signed !== undefined && more.length === 0) return signed;
  }
  return refuse('signature', 'none of the certificates of the issuer verifies it, or it signs another text');
}

/** Empty when it is not the key's signature; another key changes nothing about a wrong digest. */
function readSignedReferences(
  signature: Element,
  text: string,
  key: KeyObject,
): readonly string[] | 'wrong-digest' {
  // Keys come from the configuration alone: the reader of KeyInfo is switched off, not merely unused.
  const signedXml = new SignedXml({ publicCert: key, getCertFromKeyInfo: () => null });
  signedXml.SignatureAlgorithms = { ...signatureAlgorithmClasses };
  signedXml.HashAlgorithms = { ...hashAlgorithmClasses };
  const known = new Set<string>([canonicalizationAlgorithm, ...transformAlgorithms]);
  signedXml.CanonicalizationAlgorithms = Object.fromEntries(
    Object.entries(signedXml.CanonicalizationAlgorithms).filter(([uri]) => known.has(uri)),
  );
  try {
    signedXml.loadSignature(signature);
    // False for a wrong digest; a wrong signature is an error, whose message quotes it.
    return signedXml.checkSignature(text) ? signedXml.getSignedReferences() : 'wrong-digest';
  } catch {
    return [];
  }
}

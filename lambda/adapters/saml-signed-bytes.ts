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
    const [signed, ...more] = readSignedReferences(element, text, key);
    if (signed !== undefined && more.length === 0) return signed;
  }
  return refuse('signature', 'none of the certificates of the issuer verifies it');
}

function readSignedReferences(signature: Element, text: string, key: KeyObject): readonly string[] {
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
    return signedXml.checkSignature(text) ? signedXml.getSignedReferences() : [];
  } catch {
    // It throws for a wrong signature and returns false for a wrong digest; its messages quote both.
    return [];
  }
}

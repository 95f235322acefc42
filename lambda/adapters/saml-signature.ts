import type { RefuseAssertion } from '../core/refuse-assertion.ts';
import {
  canonicalizationAlgorithm,
  digestAlgorithms,
  type SamlSignatureAlgorithm,
  signatureAlgorithms,
  transformAlgorithms,
} from './saml-algorithms.ts';
import { attributeOf, childrenOf, isElement } from './saml-document.ts';

/** A signature of the only form that is taken; whether it is true is not known yet. */
export interface SamlSignature {
  readonly element: Element;
  readonly algorithm: SamlSignatureAlgorithm;
}

/**
 * A signature over the element that it is a child of, and over nothing else: one SignedInfo, one Reference to the
 * parent's ID, the two transforms of SAML core §5.4. KeyInfo may be there and is not read.
 */
export function readSignature(element: Element, parentId: string, refuse: RefuseAssertion): SamlSignature {
  const malformed = (detail: string): never => refuse('signature', detail);
  const [signedInfo, signatureValue] = takeChildren(
    element,
    ['SignedInfo', 'SignatureValue', 'KeyInfo?'],
    malformed,
  );
  const [canonicalization, method, reference] = takeChildren(
    signedInfo,
    ['CanonicalizationMethod', 'SignatureMethod', 'Reference'],
    malformed,
  );
  const [transforms, digestMethod, digestValue] = takeChildren(
    reference,
    ['Transforms', 'DigestMethod', 'DigestValue'],
    malformed,
  );
  checkReference(reference, parentId, malformed);
  checkBase64(signatureValue, malformed);
  checkBase64(digestValue, malformed);
  checkCanonicalization(canonicalization, refuse);
  checkTransforms(transforms, refuse);
  const digest = digestAlgorithms.get(readAlgorithm(digestMethod, refuse));
  if (digest === undefined) refuse('algorithm', 'DigestMethod is not SHA-256, SHA-384 or SHA-512');
  const algorithm = signatureAlgorithms.get(readAlgorithm(method, refuse));
  if (algorithm !== undefined) return { element, algorithm };
  return refuse('algorithm', 'SignatureMethod is not RSA or ECDSA with SHA-256, SHA-384 or SHA-512');
}

/** Exactly these children in this order; one with `?` may be absent. */
function takeChildren<const Names extends readonly string[]>(
  parent: Element,
  names: Names,
  malformed: (detail: string) => never,
): { readonly [Index in keyof Names]: Element } {
  const children = childrenOf(parent);
  const required = names.filter((name) => !name.endsWith('?')).length;
  const fits = children.every((child, index) =>
    isElement(child, 'signature', names[index]?.replace('?', '') ?? ''),
  );
  if (!fits || children.length < required) {
    malformed(`${parent.localName} does not have the children ${names.join(', ')} alone, in this order`);
  }
  return children as unknown as { readonly [Index in keyof Names]: Element };
}

function checkReference(reference: Element, parentId: string, malformed: (detail: string) => never): void {
  if (attributeOf(reference, 'URI') !== `#${parentId}`) {
    malformed('Reference is to something else than the element that holds the signature');
  }
}

/** Base64 in one text: what follows a comment or another node would be seen by some readers only. */
function checkBase64(element: Element, malformed: (detail: string) => never): void {
  const [text, ...more] = Array.from(element.childNodes);
  const isText = text?.nodeType === 3 && more.length === 0;
  // Signers break lines anywhere. Taken out first: a pattern that allows for space costs its cube.
  if (!isText || !/^[A-Za-z0-9+/]+={0,2}$/.test((text.nodeValue ?? '').replace(/[ \t\r\n]+/g, ''))) {
    malformed(`${element.localName} is not base64 alone`);
  }
}

function checkCanonicalization(method: Element, refuse: RefuseAssertion): void {
  if (readAlgorithm(method, refuse) !== canonicalizationAlgorithm) {
    refuse('algorithm', 'CanonicalizationMethod is not exclusive canonicalization without comments');
  }
  checkPrefixList(method, refuse);
}

function checkTransforms(transforms: Element, refuse: RefuseAssertion): void {
  const [enveloped, exclusive, ...more] = childrenOf(transforms);
  const algorithms = [enveloped, exclusive].map(
    (element) => element && isElement(element, 'signature', 'Transform') && readAlgorithm(element, refuse),
  );
  if (
    enveloped === undefined ||
    exclusive === undefined ||
    more.length > 0 ||
    !transformAlgorithms.every((uri, index) => algorithms[index] === uri)
  ) {
    refuse('algorithm', 'the transforms are not enveloped signature, then exclusive canonicalization');
  }
  if (childrenOf(enveloped).length > 0) refuse('signature', 'the first transform has parameters');
  checkPrefixList(exclusive, refuse);
}

/** Characters: each prefix is looked for in each namespace. */
const maxPrefixListLength = 256;

/** The one parameter of exclusive canonicalization. */
function checkPrefixList(parent: Element, refuse: RefuseAssertion): void {
  const [list, ...more] = childrenOf(parent);
  if (list === undefined) return;
  if (more.length > 0 || !isElement(list, 'exclusiveCanonicalization', 'InclusiveNamespaces')) {
    refuse('signature', `${parent.localName} has another parameter than InclusiveNamespaces`);
  }
  if ((attributeOf(list, 'PrefixList') ?? '').length > maxPrefixListLength) {
    refuse('signature', `PrefixList is longer than ${maxPrefixListLength} characters`);
  }
}

/** The element's only attribute. */
function readAlgorithm(element: Element, refuse: RefuseAssertion): string {
  const attributes = Array.from(element.attributes).filter(({ name }) => !/^xmlns(?::|$)/.test(name));
  const [algorithm, ...more] = attributes;
  if (algorithm?.name === 'Algorithm' && more.length === 0) return algorithm.value;
  return refuse('signature', `${element.localName} has other attributes than Algorithm`);
}

/** Wherever it stands. */
export const isSignature = (element: Element): boolean => isElement(element, 'signature', 'Signature');

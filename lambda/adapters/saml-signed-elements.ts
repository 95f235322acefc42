import type { KeyObject } from 'node:crypto';
import type { RefuseAssertion } from '../core/refuse-assertion.ts';
import { requireId } from './saml-assertion-reader.ts';
import { attributeOf, childrenOf, isElement, parseSamlDocument, type SamlDocument } from './saml-document.ts';
import { type ResponseElements, requireResponse } from './saml-response-elements.ts';
import { isSignature, readSignature, type SamlSignature } from './saml-signature.ts';
import type { requireSignedBytes } from './saml-signed-bytes.ts';

export interface SignedElementsOptions {
  readonly keys: readonly KeyObject[];
  readonly refuse: RefuseAssertion;
  readonly signedBytes: typeof requireSignedBytes;
}

/**
 * The elements to read, parsed anew from what was signed: the assertion always, the response where it is signed. One
 * of them must be, and whatever signature is there must be right.
 *
 * @param claimed of the document as it came
 */
export function requireSignedElements(
  document: SamlDocument,
  claimed: ResponseElements,
  { keys, refuse, signedBytes }: SignedElementsOptions,
): ResponseElements {
  const ofResponse = readSignatureOf(claimed.response, refuse);
  const ofAssertion = readSignatureOf(claimed.assertion, refuse);
  const known = [ofResponse, ofAssertion].filter((signature) => signature !== undefined);
  if (known.length === 0) refuse('signature', 'neither the assertion nor the response is signed');
  if (document.elements.filter(isSignature).length > known.length) {
    refuse('signature', 'more signatures than one of the assertion and one of the response');
  }
  const readSigned = (signature: SamlSignature, element: Element): SamlDocument => {
    const bytes = signedBytes(signature, { text: document.text, keys, refuse });
    const signed = parseSamlDocument(bytes, refuse);
    checkSame(signed.root, element, refuse);
    return signed;
  };
  const signed =
    ofResponse === undefined ? claimed : requireResponse(readSigned(ofResponse, claimed.response), refuse);
  checkSame(signed.assertion, claimed.assertion, refuse);
  if (ofAssertion === undefined) return signed;
  return { ...signed, assertion: readSigned(ofAssertion, claimed.assertion).root };
}

function checkSame(signed: Element, claimed: Element, refuse: RefuseAssertion): void {
  const isSame =
    signed.namespaceURI === claimed.namespaceURI &&
    signed.localName === claimed.localName &&
    attributeOf(signed, 'ID') === attributeOf(claimed, 'ID');
  if (!isSame) refuse('signature', 'what is signed is another element than the one that is to be read');
}

/** A signature among the children: in its place, behind Issuer (SAML core §2.3.3, §3.2.2). */
function readSignatureOf(element: Element, refuse: RefuseAssertion): SamlSignature | undefined {
  const id = requireId(element, refuse);
  const children = childrenOf(element);
  const signature = children.find(isSignature);
  if (signature === undefined) return undefined;
  const place = children.findIndex((child) => isElement(child, 'assertion', 'Issuer')) + 1;
  if (children[place] !== signature) {
    refuse('signature', `${element.localName} has its signature elsewhere than behind Issuer`);
  }
  return readSignature(signature, id, refuse);
}

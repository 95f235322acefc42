import { type KeyObject, X509Certificate } from 'node:crypto';
import type { SamlVerifier } from '../core/authentication-ports.ts';
import type { Issuer, SamlIssuer } from '../core/configuration.ts';
import { type RefuseAssertion, toRefuseAssertion } from '../core/refuse-assertion.ts';
import type { SamlResponse } from '../core/saml-assertion.ts';
import { readSamlAssertion, requireId } from './saml-assertion-reader.ts';
import {
  attributeOf,
  childrenNamed,
  childrenOf,
  isElement,
  optionalChild,
  parseSamlDocument,
  type SamlDocument,
  textOf,
} from './saml-document.ts';
import { isSignature, readSignature, type SamlSignature } from './saml-signature.ts';
import { requireSignedBytes } from './saml-signed-bytes.ts';

export interface SamlResponseVerifierOptions {
  /** Of the configuration; those of other types are left alone. */
  readonly issuers: ReadonlyMap<string, Issuer>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Takes a narrow profile of SAML 2.0 responses and reads all that proves anything from the bytes that were signed,
 * parsed anew. Source: SAML core §5, and the ways in which others were broken (docs/threat-model.md).
 */
export function createSamlResponseVerifier({ issuers, now }: SamlResponseVerifierOptions): SamlVerifier {
  const trusted = toTrustedIssuers([...issuers.values()].filter((issuer) => issuer.type === 'saml'));

  return {
    verify(xml) {
      const refuse: RefuseAssertion = toRefuseAssertion();
      const document = parseSamlDocument(xml, refuse);
      const assertion = requireOneAssertion(document, refuse);
      const { issuer, certificates } = requireIssuer(document.root, assertion, { trusted, refuse });
      const refuseOfIssuer = toRefuseAssertion(issuer.name);
      const signed = requireSigned(document, assertion, {
        keys: requireKeys(certificates, now(), refuseOfIssuer),
        refuse: refuseOfIssuer,
      });
      return { issuer, response: readResponse(signed, refuseOfIssuer) };
    },
  };
}

interface TrustedIssuer {
  readonly issuer: SamlIssuer;
  readonly certificates: readonly TrustedCertificate[];
}

interface TrustedCertificate {
  readonly key: KeyObject;
  readonly fromMs: number;
  readonly toMs: number;
}

function toTrustedIssuers(issuers: readonly SamlIssuer[]): ReadonlyMap<string, TrustedIssuer> {
  const trusted = new Map<string, TrustedIssuer>();
  for (const issuer of issuers) {
    if (trusted.has(issuer.entityId)) {
      throw new TypeError(`two issuers have the entityId ${issuer.entityId}; allowed is one`);
    }
    trusted.set(issuer.entityId, { issuer, certificates: issuer.certificates.map(toTrustedCertificate) });
  }
  return trusted;
}

function toTrustedCertificate(base64: string): TrustedCertificate {
  const { publicKey, validFrom, validTo } = new X509Certificate(Buffer.from(base64, 'base64'));
  return { key: publicKey, fromMs: Date.parse(validFrom), toMs: Date.parse(validTo) };
}

/** The one assertion, where it belongs. In any namespace: what is called Assertion is one to somebody. */
function requireOneAssertion({ root, elements }: SamlDocument, refuse: RefuseAssertion): Element {
  if (!isElement(root, 'protocol', 'Response') || attributeOf(root, 'Version') !== '2.0') {
    refuse('malformed-response', 'not a Response of SAML 2.0');
  }
  if (elements.some(({ localName }) => localName.startsWith('Encrypted'))) {
    refuse(
      'encrypted',
      'switch the encryption of assertions off at the identity provider; TLS covers the way',
    );
  }
  const status = readStatusCode(root, refuse);
  if (status !== 'urn:oasis:names:tc:SAML:2.0:status:Success') {
    const code = /^urn:oasis:names:tc:SAML:2\.0:status:([A-Za-z]{1,40})$/.exec(status)?.[1];
    refuse('status', `the identity provider says ${code ?? 'something else than Success'}`);
  }
  const [assertion, ...more] = elements.filter(({ localName }) => localName === 'Assertion');
  if (assertion === undefined || more.length > 0 || !isElement(assertion, 'assertion', 'Assertion')) {
    return refuse('assertion-count', 'not exactly one assertion of SAML 2.0 in the document');
  }
  if (assertion.parentNode !== root)
    refuse('assertion-count', 'the assertion is not a child of the response');
  return assertion;
}

function readStatusCode(root: Element, refuse: RefuseAssertion): string {
  const status = optionalChild(root, { namespace: 'protocol', localName: 'Status' }, refuse);
  const code = status && optionalChild(status, { namespace: 'protocol', localName: 'StatusCode' }, refuse);
  return (
    (code && attributeOf(code, 'Value')) ?? refuse('malformed-response', 'the response has no StatusCode')
  );
}

/** Picked before any key is: whoever is named, only its own certificates are asked. */
function requireIssuer(
  root: Element,
  assertion: Element,
  {
    trusted,
    refuse,
  }: { readonly trusted: ReadonlyMap<string, TrustedIssuer>; readonly refuse: RefuseAssertion },
): TrustedIssuer {
  const names = { namespace: 'assertion', localName: 'Issuer' } as const;
  const ofResponse = optionalChild(root, names, refuse);
  const ofAssertion = optionalChild(assertion, names, refuse);
  const entityId = ofAssertion && textOf(ofAssertion, refuse);
  const issuer = entityId === undefined ? undefined : trusted.get(entityId);
  if (issuer === undefined || (ofResponse !== undefined && textOf(ofResponse, refuse) !== entityId)) {
    return refuse(
      'unknown-issuer',
      'Issuer of assertion and response is not one entity id that is configured',
    );
  }
  return issuer;
}

function requireKeys(
  certificates: readonly TrustedCertificate[],
  nowMs: number,
  refuse: RefuseAssertion,
): readonly KeyObject[] {
  const valid = certificates.filter(({ fromMs, toMs }) => fromMs <= nowMs && nowMs <= toMs);
  if (valid.length === 0) {
    refuse('certificate', 'each certificate of the issuer has expired or is not valid yet');
  }
  return valid.map(({ key }) => key);
}

/** The elements to read, each from signed bytes where there are some: the assertion always, the response if it is signed. */
interface SignedElements {
  readonly response: Element;
  readonly assertion: Element;
}

/** Assertion or response must be signed, and whatever signature is there must be right. */
function requireSigned(
  { root, elements, text }: SamlDocument,
  assertion: Element,
  options: { readonly keys: readonly KeyObject[]; readonly refuse: RefuseAssertion },
): SignedElements {
  const { refuse } = options;
  const ofResponse = readSignatureOf(root, refuse);
  const ofAssertion = readSignatureOf(assertion, refuse);
  const known = [ofResponse, ofAssertion].filter((signature) => signature !== undefined);
  if (known.length === 0) refuse('signature', 'neither the assertion nor the response is signed');
  if (elements.filter(isSignature).length > known.length) {
    refuse('signature', 'more signatures than one of the assertion and one of the response');
  }
  const readSigned = (signature: SamlSignature, element: Element): Element => {
    const { root: signed } = parseSamlDocument(requireSignedBytes(signature, { text, ...options }), refuse);
    if (isSame(signed, element)) return signed;
    return refuse('signature', 'what is signed is another element than the one that is to be read');
  };
  const response = ofResponse === undefined ? root : readSigned(ofResponse, root);
  if (ofAssertion !== undefined) return { response, assertion: readSigned(ofAssertion, assertion) };
  const [signed] = childrenNamed(response, 'assertion', 'Assertion');
  if (signed === undefined || !isSame(signed, assertion)) {
    return refuse('signature', 'the signed response does not hold the assertion');
  }
  return { response, assertion: signed };
}

const isSame = (signed: Element, element: Element): boolean =>
  signed.namespaceURI === element.namespaceURI &&
  signed.localName === element.localName &&
  attributeOf(signed, 'ID') === attributeOf(element, 'ID');

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

function readResponse({ response, assertion }: SignedElements, refuse: RefuseAssertion): SamlResponse {
  const issuer = optionalChild(response, { namespace: 'assertion', localName: 'Issuer' }, refuse);
  const destination = attributeOf(response, 'Destination');
  const inResponseTo = attributeOf(response, 'InResponseTo');
  return {
    ...(issuer === undefined ? {} : { issuer: textOf(issuer, refuse) }),
    ...(destination === undefined ? {} : { destination }),
    ...(inResponseTo === undefined ? {} : { inResponseTo }),
    statusCode: readStatusCode(response, refuse),
    assertion: readSamlAssertion(assertion, refuse),
  };
}

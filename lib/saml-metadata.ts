import { X509Certificate } from 'node:crypto';
import { DOMParser } from '@xmldom/xmldom';

/** What an issuer of type `saml` needs of its identity provider. */
export interface IdentityProvider {
  readonly entityId: string;
  /** Of the HTTP-Redirect binding. */
  readonly singleSignOnUrl: string;
  /** DER in base64: those to sign with that have not expired. */
  readonly certificates: readonly string[];
}

/** The message says what is allowed instead, and what was found. */
export class SamlMetadataError extends Error {
  override readonly name = 'SamlMetadataError';
}

const metadata = 'urn:oasis:names:tc:SAML:2.0:metadata';
const protocol = 'urn:oasis:names:tc:SAML:2.0:protocol';
const signature = 'http://www.w3.org/2000/09/xmldsig#';
const httpRedirect = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';

/** As many as an issuer may have. */
const maxCertificates = 5;

/**
 * Reads the metadata of an identity provider (SAML 2.0 metadata §2). A signature on it is not looked at: the file is
 * reviewed like the configuration beside it. Certificates that have expired are left out, as identity providers keep
 * them there after a rollover; those of the future stay.
 *
 * @throws SamlMetadataError
 */
export function parseSamlMetadata(xml: string, nowMs: number): IdentityProvider {
  const root = parse(xml);
  const [entity, ...otherEntities] = [root, ...descendants(root)].filter(
    isNamed(metadata, 'EntityDescriptor'),
  );
  const [provider, ...otherProviders] =
    entity === undefined ? [] : children(entity, metadata, 'IDPSSODescriptor');
  if (
    entity === undefined ||
    provider === undefined ||
    otherEntities.length > 0 ||
    otherProviders.length > 0
  ) {
    return refuse('metadata of one EntityDescriptor with one IDPSSODescriptor');
  }
  for (const element of [root, entity, provider]) checkValidity(element, nowMs);
  if (!words(provider.getAttribute('protocolSupportEnumeration')).includes(protocol)) {
    refuse(`an IDPSSODescriptor whose protocolSupportEnumeration has ${protocol}`);
  }
  checkUnsignedRequests(provider);
  return {
    entityId: entity.getAttribute('entityID') || refuse('an EntityDescriptor with an entityID'),
    singleSignOnUrl: readSingleSignOnUrl(provider),
    certificates: readCertificates(provider, nowMs),
  };
}

function parse(xml: string): Element {
  // Entities could make the document another one than was reviewed.
  if (/<!DOCTYPE/i.test(xml)) refuse('SAML metadata without a DOCTYPE');
  const stop = (message: string): never => {
    throw new SyntaxError(message);
  };
  try {
    const parser = new DOMParser({ errorHandler: { warning: stop, error: stop, fatalError: stop } });
    const root: Element | null = parser.parseFromString(
      xml.replace(/^\uFEFF/, ''),
      'text/xml',
    ).documentElement;
    return root ?? stop('no element');
  } catch (error) {
    const [line = ''] = (error instanceof Error ? error.message : '').split('\n');
    return refuse(`SAML metadata in XML, in UTF-8 (${line.trim()})`);
  }
}

function checkValidity(element: Element, nowMs: number): void {
  const validUntil = element.getAttributeNode('validUntil')?.value;
  if (validUntil === undefined || Date.parse(validUntil) > nowMs) return;
  refuse(`metadata that is still valid: this says validUntil="${validUntil}"; download it again`);
}

/** An xs:boolean (SAML metadata §2.4.3): such an identity provider would turn each of our requests away. */
function checkUnsignedRequests(provider: Element): void {
  if (!/^\s*(?:true|1)\s*$/.test(provider.getAttribute('WantAuthnRequestsSigned') ?? '')) return;
  refuse(
    'an IDPSSODescriptor that takes unsigned requests, since the broker signs none: switch off at the identity provider that requests must be signed (WantAuthnRequestsSigned), and download its metadata again',
  );
}

function readSingleSignOnUrl(provider: Element): string {
  const [service] = children(provider, metadata, 'SingleSignOnService').filter(
    (one) => one.getAttribute('Binding') === httpRedirect,
  );
  const location = service?.getAttribute('Location') ?? '';
  return location === ''
    ? refuse('an IDPSSODescriptor with a SingleSignOnService of the HTTP-Redirect binding')
    : location;
}

function readCertificates(provider: Element, nowMs: number): readonly string[] {
  const all = children(provider, metadata, 'KeyDescriptor')
    .filter((key) => ['signing', ''].includes(key.getAttribute('use') ?? ''))
    .flatMap(readCertificate);
  if (all.length === 0) refuse('a KeyDescriptor for signing with an X509Certificate');
  const current = [...new Set(all)].filter((certificate) => expiresAtMs(certificate) > nowMs);
  if (current.length === 0) {
    const last = new Date(Math.max(...all.map(expiresAtMs))).toISOString().slice(0, 10);
    refuse(`a certificate for signing that has not expired: the last did on ${last}`);
  }
  if (current.length > maxCertificates) {
    refuse(`at most ${maxCertificates} certificates for signing: there are ${current.length}`);
  }
  return current;
}

/** One for each key: of a chain, the others are certificates of authorities, and an authority signs no assertion. */
function readCertificate(key: Element): readonly string[] {
  const certificates = descendants(key)
    .filter(isNamed(signature, 'X509Certificate'))
    .map((one) => (one.textContent ?? '').replaceAll(/\s/g, ''));
  return certificates.length > 1 ? refuse('one X509Certificate in each KeyDescriptor') : certificates;
}

function expiresAtMs(certificate: string): number {
  try {
    // Not validToDate, which Node 20 hasn't.
    return Date.parse(new X509Certificate(Buffer.from(certificate, 'base64')).validTo);
  } catch {
    return refuse('an X509Certificate in base64 that can be read');
  }
}

function refuse(allowed: string): never {
  throw new SamlMetadataError(allowed);
}

const isNamed = (namespace: string, localName: string) => (element: Element) =>
  element.namespaceURI === namespace && element.localName === localName;

const elementNode = 1;

const elementsIn = (element: Element): readonly Element[] =>
  Array.from(element.childNodes).filter((node): node is Element => node.nodeType === elementNode);

const children = (element: Element, namespace: string, localName: string): readonly Element[] =>
  elementsIn(element).filter(isNamed(namespace, localName));

const descendants = (element: Element): readonly Element[] =>
  elementsIn(element).flatMap((child) => [child, ...descendants(child)]);

const words = (text: string | null): readonly string[] => (text ?? '').split(/\s+/);

import { type KeyObject, randomUUID } from 'node:crypto';
import { SignedXml } from 'xml-crypto';
import type { WorldCaller } from '../world.ts';
import { escapeXml } from './escape-xml.ts';

/** The identity provider as its assertions have it. */
export interface SamlIdentity {
  readonly entityId: string;
  readonly singleSignOnUrl: string;
  /** DER in base64. */
  readonly certificate: string;
  readonly privateKey: KeyObject;
}

/** A service provider. */
export interface SamlAddressee {
  /** Where the response is posted. */
  readonly acsUrl: string;
  readonly entityId: string;
  /** Whether it reads attributes of that Name. */
  readonly reads: (attribute: string) => boolean;
}

export interface SamlResponseOptions {
  readonly saml: SamlIdentity;
  readonly caller: WorldCaller;
  /** Whom it is for. */
  readonly addressee: SamlAddressee;
  /** ID of the request that it answers. Absent: the sign-in began here. */
  readonly inResponseTo?: string;
  readonly nowMs: number;
}

const passwordProtectedTransport = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';

/** The claim of a demo caller that is its AuthnContextClassRef; the others are attributes. */
const authnContextClaim = 'authnContext';

/** Milliseconds: five minutes to deliver an assertion that holds for an hour, as AD FS has it. */
const deliveryMs = 300_000;
const validityMs = 3_600_000;

/** A SAML 2.0 response with one signed assertion of the caller's, in base64 as a browser posts it. */
export function createSamlResponse(options: SamlResponseOptions): string {
  const { saml, addressee, inResponseTo, nowMs } = options;
  const assertion = signAssertion(toAssertion(options), saml);
  const response =
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"' +
    toAttributes({
      ID: toId(),
      Version: '2.0',
      IssueInstant: toInstant(nowMs),
      Destination: addressee.acsUrl,
      InResponseTo: inResponseTo,
    }) +
    '>' +
    `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${escapeXml(saml.entityId)}</saml:Issuer>` +
    '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>' +
    `${assertion}</samlp:Response>`;
  return Buffer.from(response).toString('base64');
}

function toAssertion({ saml, caller, addressee, inResponseTo, nowMs }: SamlResponseOptions): string {
  const { [authnContextClaim]: authnContext = passwordProtectedTransport, ...attributes } = caller.claims;
  const now = toInstant(nowMs);
  const delivery = { NotOnOrAfter: toInstant(nowMs + deliveryMs), Recipient: addressee.acsUrl };
  const conditions = { NotBefore: now, NotOnOrAfter: toInstant(nowMs + validityMs) };
  return (
    '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"' +
    `${toAttributes({ ID: toId(), Version: '2.0', IssueInstant: now })}>` +
    `<saml:Issuer>${escapeXml(saml.entityId)}</saml:Issuer>` +
    '<saml:Subject>' +
    `<saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified">${escapeXml(caller.subject)}</saml:NameID>` +
    '<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">' +
    `<saml:SubjectConfirmationData${toAttributes({ InResponseTo: inResponseTo, ...delivery })}/>` +
    '</saml:SubjectConfirmation></saml:Subject>' +
    `<saml:Conditions${toAttributes(conditions)}><saml:AudienceRestriction>` +
    `<saml:Audience>${escapeXml(addressee.entityId)}</saml:Audience>` +
    '</saml:AudienceRestriction></saml:Conditions>' +
    `<saml:AuthnStatement${toAttributes({ AuthnInstant: now, SessionIndex: toId() })}><saml:AuthnContext>` +
    `<saml:AuthnContextClassRef>${escapeXml(String(authnContext))}</saml:AuthnContextClassRef>` +
    '</saml:AuthnContext></saml:AuthnStatement>' +
    `${toAttributeStatement(Object.entries(attributes).filter(([name]) => addressee.reads(name)))}</saml:Assertion>`
  );
}

function toAttributeStatement(claims: readonly (readonly [string, unknown])[]): string {
  const attributes = claims.map(([name, value]) => {
    const values = [value]
      .flat()
      .map((one) => `<saml:AttributeValue>${escapeXml(String(one))}</saml:AttributeValue>`);
    return `<saml:Attribute${toAttributes({ Name: name })}>${values.join('')}</saml:Attribute>`;
  });
  // The schema knows no statement without an attribute.
  return attributes.length === 0
    ? ''
    : `<saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement>`;
}

const exclusiveCanonicalization = 'http://www.w3.org/2001/10/xml-exc-c14n#';

/** The assertion alone is signed, as AD FS does by itself; the signature stands behind its Issuer (core §5.4). */
function signAssertion(assertion: string, { privateKey, certificate }: SamlIdentity): string {
  const signed = new SignedXml({
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    publicCert: certificate,
    signatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    canonicalizationAlgorithm: exclusiveCanonicalization,
  });
  signed.addReference({
    xpath: "/*[local-name(.)='Assertion']",
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', exclusiveCanonicalization],
  });
  signed.computeSignature(assertion, {
    prefix: 'ds',
    location: { reference: "/*/*[local-name(.)='Issuer']", action: 'after' },
  });
  return signed.getSignedXml();
}

const toAttributes = (attributes: Readonly<Record<string, string | undefined>>) =>
  Object.entries(attributes)
    .map(([name, value]) => (value === undefined ? '' : ` ${name}="${escapeXml(value)}"`))
    .join('');

/** An XML ID cannot begin with a digit. */
const toId = () => `_${randomUUID()}`;
const toInstant = (ms: number) => new Date(ms).toISOString();

import type { AssertionRefusal } from '../../../../lambda/core/authentication-errors.ts';
import { aSamlKey, type SamlKey } from '../../../support/saml-keys.ts';
import { aSamlResponse, idpEntityId, type SamlResponseFields } from '../../../support/saml-response.ts';
import { algorithms, rsaWith, type SigningOptions, signSaml } from '../../../support/saml-signing.ts';
import * as wrapping from '../../../support/saml-wrapping.ts';

/** The identity provider's, and somebody else's. */
export const idpKey: SamlKey = aSamlKey();
export const foreignKey: SamlKey = aSamlKey();

/** One hostile document, and the reason that must be in the log. */
export interface SamlAttackRow {
  readonly name: string;
  readonly xml: () => string;
  readonly reason: AssertionRefusal;
}

export const aSigned = (changes: Partial<SamlResponseFields> = {}, options: SigningOptions = {}) =>
  signSaml(aSamlResponse(changes), idpKey, options);

/** Edits the unsigned text, then signs it: what the identity provider itself was made to write. */
const signedAfter = (edit: (xml: string) => string, options: SigningOptions = {}) =>
  signSaml(replaced(aSamlResponse(), edit), idpKey, options);

/** Edits the signed text: what somebody on the way wrote. */
const editedAfter = (edit: (xml: string) => string, options: SigningOptions = {}) =>
  replaced(aSigned({}, options), edit);

/** An edit that changes nothing would prove nothing. */
function replaced(xml: string, edit: (xml: string) => string): string {
  const edited = edit(xml);
  if (edited === xml) throw new TypeError('the edit found nothing to change');
  return edited;
}

const row = (name: string, reason: AssertionRefusal, xml: () => string): SamlAttackRow => ({
  name,
  xml,
  reason,
});

const signature = (xml: string) => /<ds:Signature .*?<\/ds:Signature>/s.exec(xml)?.[0] ?? '';
const signedInfo = (xml: string) => /<ds:SignedInfo>.*?<\/ds:SignedInfo>/s.exec(xml)?.[0] ?? '';
const reference = (xml: string) => /<ds:Reference .*?<\/ds:Reference>/s.exec(xml)?.[0] ?? '';
const assertion = (xml: string) => /<saml:Assertion .*<\/saml:Assertion>/s.exec(xml)?.[0] ?? '';
const envelopedTransform = `<ds:Transform Algorithm="${algorithms.enveloped}"/>`;
const exclusiveTransform = `<ds:Transform Algorithm="${algorithms.exclusive}"/>`;

export const wrappingRows: readonly SamlAttackRow[] = [
  row('XSW1', 'assertion-count', () => wrapping.wrap1(aSigned({}, { over: 'Response' }))),
  row('XSW2', 'assertion-count', () => wrapping.wrap2(aSigned({}, { over: 'Response' }))),
  row('XSW3', 'assertion-count', () => wrapping.wrap3(aSigned())),
  row('XSW4', 'assertion-count', () => wrapping.wrap4(aSigned())),
  row('XSW5', 'assertion-count', () => wrapping.wrap5(aSigned())),
  row('XSW6', 'assertion-count', () => wrapping.wrap6(aSigned())),
  row('XSW7', 'assertion-count', () => wrapping.wrap7(aSigned())),
  row('XSW8', 'assertion-count', () => wrapping.wrap8(aSigned())),
];

const markupRows: readonly SamlAttackRow[] = [
  row('a comment in the NameID, signed so', 'forbidden-markup', () =>
    signedAfter((xml) => xml.replace('alice@example.com', 'alice@example.com<!---->.evil.example')),
  ),
  row('a comment put into the NameID later', 'forbidden-markup', () =>
    editedAfter((xml) => xml.replace('alice@example.com', 'alice@<!-- x -->example.com')),
  ),
  row('a comment before the root', 'forbidden-markup', () => `<!-- x -->${aSigned()}`),
  row('a comment behind the root', 'forbidden-markup', () => `${aSigned()}<!-- x -->`),
  row('CDATA as the NameID', 'forbidden-markup', () =>
    editedAfter((xml) => xml.replace('>alice@example.com<', '><![CDATA[alice@example.com]]><')),
  ),
  row('a processing instruction in the NameID', 'forbidden-markup', () =>
    editedAfter((xml) => xml.replace('>alice@example.com<', '>alice@example.com<?x y?><')),
  ),
  row('a DOCTYPE', 'forbidden-markup', () => `<!DOCTYPE Response>${aSigned()}`),
  row('a DOCTYPE in another case behind the declaration', 'forbidden-markup', () => {
    return `<?xml version="1.0"?>\n<!doctype x [<!ENTITY a "b">]>${aSigned()}`;
  }),
  row('an external entity', 'forbidden-markup', () => {
    const doctype = '<!DOCTYPE x [<!ENTITY who SYSTEM "file:///etc/passwd">]>';
    return doctype + editedAfter((xml) => xml.replace('>alice@example.com<', '>&who;<'));
  }),
  row('a billion laughs', 'forbidden-markup', () => {
    const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`);
    const doctype = `<!DOCTYPE x [<!ENTITY l0 "lol">${laughs.join('')}]>`;
    return doctype + editedAfter((xml) => xml.replace('>alice@example.com<', '>&l9;<'));
  }),
  row('an entity that nobody declared', 'forbidden-markup', () =>
    editedAfter((xml) => xml.replace('>alice@example.com<', '>alice&who;<')),
  ),
  row('a bare ampersand', 'forbidden-markup', () =>
    editedAfter((xml) => xml.replace('>alice@example.com<', '>alice & bob<')),
  ),
  row('a reference to NUL', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('>alice@', '>alice&#0;@')),
  ),
  row('a reference to half a character', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('>alice@', '>alice&#xD800;@')),
  ),
  row('a NUL as it is', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('>alice@', '>alice\0@')),
  ),
  row('a line separator that some parsers take for a line feed', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('>alice@', '>alice\u2028@')),
  ),
  row('another encoding than UTF-8', 'forbidden-markup', () => {
    return `<?xml version="1.0" encoding="ISO-8859-1"?>${aSigned()}`;
  }),
  row('XML 1.1', 'forbidden-markup', () => `<?xml version="1.1"?>${aSigned()}`),
  row('two declarations', 'forbidden-markup', () => {
    return `<?xml version="1.0"?><?xml version="1.0"?>${aSigned()}`;
  }),
];

const formRows: readonly SamlAttackRow[] = [
  row('nothing', 'malformed-response', () => ''),
  row('space', 'malformed-response', () => ' \n'),
  row('text', 'malformed-response', () => 'alice@example.com'),
  row('half a response', 'malformed-response', () => aSigned().slice(0, 2000)),
  row('two roots', 'malformed-response', () => aSigned() + aSigned()),
  row('text behind the root', 'malformed-response', () => `${aSigned()}x`),
  row('an end tag too many, which the parser forgives', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('<saml:Subject>', '</saml:Nobody><saml:Subject>')),
  ),
  row('an end tag in another case, which the parser forgives', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('</saml:NameID>', '</saml:nameid>')),
  ),
  row('an attribute without quotes, which the parser forgives', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('ID="_response"', 'ID=_response')),
  ),
  row('an attribute twice', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('ID="_response"', 'ID="_response" ID="_other"')),
  ),
  row('an attribute twice, by two prefixes of one namespace', 'malformed-response', () =>
    editedAfter((xml) =>
      xml.replace('ID="_response"', 'ID="_response" xmlns:a="urn:x" xmlns:b="urn:x" a:n="1" b:n="2"'),
    ),
  ),
  row('a prefix that is not declared', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('<samlp:Status>', '<x:y/><samlp:Status>')),
  ),
  row('a prefix that is declared for nothing', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('<samlp:Status>', '<samlp:Status xmlns:x="">')),
  ),
  row('the end of a CDATA section that never began', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('<samlp:Status>', ']]><samlp:Status>')),
  ),
  row('a prefix that JavaScript objects have of themselves', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('<samlp:Status>', '<constructor:y/><samlp:Status>')),
  ),
  row('an attribute that the canonical form leaves out', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('ID="_assertion"', 'ID="_assertion" xmlnsx="1"')),
  ),
  row('an HTML script, within which the parser sees no elements', 'malformed-response', () =>
    editedAfter((xml) =>
      xml.replace(
        '<samlp:Status>',
        '<samlp:Extensions><script xmlns="http://www.w3.org/1999/xhtml"><b/></script></samlp:Extensions><samlp:Status>',
      ),
    ),
  ),
  row('100 KB', 'malformed-response', () => aSigned({ attributes: { groups: ['x'.repeat(100_000)] } })),
  row('thousands of elements', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('<samlp:Status>', `${'<saml:x/>'.repeat(4000)}<samlp:Status>`)),
  ),
  row('elements nested a thousand deep', 'malformed-response', () =>
    editedAfter((xml) =>
      xml.replace('<samlp:Status>', `${'<saml:x>'.repeat(1000)}${'</saml:x>'.repeat(1000)}<samlp:Status>`),
    ),
  ),
  row('hundreds of attributes', 'malformed-response', () =>
    editedAfter((xml) =>
      xml.replace(
        '<samlp:Status>',
        `<samlp:Status ${Array.from({ length: 200 }, (_, i) => `a${i}=""`).join(' ')}>`,
      ),
    ),
  ),
  row('another root', 'malformed-response', () => assertion(aSigned())),
  row('a root of another namespace', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('names:tc:SAML:2.0:protocol"', 'names:tc:SAML:1.0:protocol"')),
  ),
  row('SAML 1.1', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('Version="2.0"', 'Version="1.1"')),
  ),
  row('an ID twice', 'malformed-response', () => aSigned({ responseId: '_assertion' })),
  row('the ID as Id of another element', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('<samlp:Status>', '<samlp:Status Id="_assertion">')),
  ),
  row('the ID in a namespace of another element', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('<samlp:Status>', '<samlp:Status xmlns:x="urn:x" x:ID="_assertion">')),
  ),
  row('an xml:id', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('<samlp:Status>', '<samlp:Status xml:id="_assertion">')),
  ),
  row('an ID that is a query', 'malformed-response', () => aSigned({ assertionId: "_a' or '1'='1" })),
  row('no status', 'malformed-response', () =>
    editedAfter((xml) => xml.replace(/<samlp:Status>.*<\/samlp:Status>/, '')),
  ),
  row('a failed sign-in', 'status', () =>
    aSigned({ statusCode: 'urn:oasis:names:tc:SAML:2.0:status:Responder' }),
  ),
];

const contentRows: readonly SamlAttackRow[] = [
  row('no assertion', 'assertion-count', () =>
    aSamlResponse().replace(/<saml:Assertion .*<\/saml:Assertion>/, ''),
  ),
  row('two assertions, both signed', 'assertion-count', () => {
    const other = assertion(aSigned({ assertionId: '_other' }));
    return editedAfter((xml) => xml.replace('</samlp:Response>', `${other}</samlp:Response>`));
  }),
  row('a second assertion of another namespace', 'assertion-count', () =>
    editedAfter((xml) =>
      xml.replace('</samlp:Response>', '<Assertion xmlns="urn:x" ID="_x"/></samlp:Response>'),
    ),
  ),
  row('the assertion in Extensions', 'assertion-count', () =>
    editedAfter((xml) =>
      xml.replace(assertion(xml), `<samlp:Extensions>${assertion(xml)}</samlp:Extensions>`),
    ),
  ),
  row('an encrypted assertion', 'encrypted', () =>
    editedAfter((xml) => xml.replace(assertion(xml), '<saml:EncryptedAssertion/>')),
  ),
  row('an encrypted NameID', 'encrypted', () =>
    signedAfter((xml) => xml.replace(/<saml:NameID .*<\/saml:NameID>/, '<saml:EncryptedID/>')),
  ),
  row('an issuer that is not configured', 'unknown-issuer', () => {
    const issuer = 'https://evil.example/saml';
    return signSaml(aSamlResponse({ issuer, responseIssuer: issuer }), foreignKey);
  }),
  row('two issuers', 'unknown-issuer', () => aSigned({ responseIssuer: 'https://other.example/saml' })),
  row('no issuer of the assertion', 'unknown-issuer', () =>
    signSaml(aSamlResponse({ issuer: undefined }), idpKey, { over: 'Response' }),
  ),
  row('an issuer with a slash more', 'unknown-issuer', () =>
    aSigned({ issuer: `${idpEntityId}/`, responseIssuer: undefined }),
  ),
  row('an issuer in other letters', 'unknown-issuer', () =>
    aSigned({ issuer: idpEntityId.toUpperCase(), responseIssuer: undefined }),
  ),
  row('an assertion of one issuer that names another', 'signature', () => {
    const issuer = 'https://second.example/saml';
    return aSigned({ issuer, responseIssuer: issuer });
  }),
  row('an element within a NameID', 'malformed-response', () =>
    aSigned({ nameId: 'alice<saml:b>@</saml:b>example.com' }),
  ),
  row('an element within an attribute', 'malformed-response', () =>
    aSigned({ attributes: { groups: ['<saml:NameID>sre</saml:NameID>'] } }),
  ),
  row('a condition that is not known', 'malformed-response', () =>
    aSigned({ conditions: '<saml:Condition/>' }),
  ),
  row('a statement that is not known', 'malformed-response', () =>
    signedAfter((xml) => xml.replace('</saml:Assertion>', '<saml:Statement/></saml:Assertion>')),
  ),
  row('two subjects', 'malformed-response', () =>
    signedAfter((xml) => xml.replace(/<saml:Subject>.*<\/saml:Subject>/, (subject) => subject + subject)),
  ),
  row('a date without a zone', 'malformed-response', () => aSigned({ notOnOrAfter: '2026-01-01T00:05:00' })),
  row('a date that no calendar has', 'malformed-response', () =>
    aSigned({ notOnOrAfter: '2026-02-30T00:00:00Z' }),
  ),
  row('a date in words', 'malformed-response', () => aSigned({ issueInstant: 'January 1, 2026' })),
  row('a date in seconds', 'malformed-response', () => aSigned({ notOnOrAfter: '1767225900' })),
  row('an empty date', 'malformed-response', () => aSigned({ sessionNotOnOrAfter: '' })),
];

const signatureRows: readonly SamlAttackRow[] = [
  row('no signature', 'signature', () => aSamlResponse()),
  row('an altered subject', 'signature', () =>
    editedAfter((xml) => xml.replace('>alice@example.com<', '>mallory@example.com<')),
  ),
  row('an altered attribute', 'signature', () => editedAfter((xml) => xml.replace('>oncall<', '>admins<'))),
  row('a removed condition', 'signature', () =>
    editedAfter((xml) => xml.replace(/<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/, '')),
  ),
  row('an altered digest', 'signature', () =>
    editedAfter((xml) => xml.replace(/(<ds:DigestValue>)[^<]*/, `$1${Buffer.alloc(32).toString('base64')}`)),
  ),
  row('an altered SignatureValue', 'signature', () =>
    editedAfter((xml) => xml.replace(/(<ds:SignatureValue>)..../, '$1AAAA')),
  ),
  row('an empty SignatureValue', 'signature', () =>
    editedAfter((xml) => xml.replace(/(<ds:SignatureValue>)[^<]*/, '$1')),
  ),
  row('the key of somebody else, named in KeyInfo', 'signature', () => signSaml(aSamlResponse(), foreignKey)),
  row('the key of somebody else, with our certificate in KeyInfo', 'signature', () =>
    signSaml(aSamlResponse(), foreignKey, { keyInfo: idpKey.certificate }),
  ),
  row('a signature over the response, put into the assertion', 'signature', () => {
    const xml = aSigned({}, { over: 'Response' });
    const one = signature(xml);
    return xml.replace(one, '').replace(/(<saml:Assertion .*?<\/saml:Issuer>)/, `$1${one}`);
  }),
  row('a signature over another element', 'signature', () => {
    const xml = signSaml(aSamlResponse(), idpKey, { over: 'Response' });
    const one = signature(xml).replace('URI="#_response"', 'URI="#_status"');
    return xml.replace(signature(xml), one).replace('<samlp:Status>', '<samlp:Status ID="_status">');
  }),
  row('a signature in Extensions', 'signature', () =>
    editedAfter((xml) =>
      xml
        .replace(signature(xml), '')
        .replace('<samlp:Status>', `<samlp:Extensions>${signature(xml)}</samlp:Extensions><samlp:Status>`),
    ),
  ),
  row('a further signature in Extensions', 'signature', () =>
    editedAfter((xml) =>
      xml.replace('<samlp:Status>', `<samlp:Extensions>${signature(xml)}</samlp:Extensions><samlp:Status>`),
    ),
  ),
  row('two signatures of the assertion', 'signature', () =>
    editedAfter((xml) => xml.replace(signature(xml), signature(xml) + signature(xml))),
  ),
  row('a signature at the end of the assertion', 'signature', () =>
    editedAfter((xml) =>
      xml.replace(signature(xml), '').replace('</saml:Assertion>', `${signature(xml)}</saml:Assertion>`),
    ),
  ),
  row('a good assertion in a response with a bad signature', 'signature', () => {
    const xml = signSaml(aSigned(), idpKey, { over: 'Response' });
    return xml.replace('Destination=', 'Consent="urn:x" Destination=');
  }),
  row('a good response around an assertion with a bad signature', 'signature', () => {
    const bad = aSigned().replace('>alice@example.com<', '>mallory@example.com<');
    return signSaml(bad, idpKey, { over: 'Response' });
  }),
  row('a second SignedInfo in front', 'signature', () =>
    editedAfter((xml) => xml.replace('<ds:SignedInfo>', `${signedInfo(xml)}<ds:SignedInfo>`)),
  ),
  row('a second SignedInfo behind', 'signature', () =>
    editedAfter((xml) => xml.replace('</ds:SignedInfo>', `</ds:SignedInfo>${signedInfo(xml)}`)),
  ),
  row('an Object in place of KeyInfo', 'signature', () =>
    editedAfter((xml) => xml.replace(/<ds:KeyInfo>.*<\/ds:KeyInfo>/, '<ds:Object/>')),
  ),
  row('a second SignedInfo in an Object', 'signature', () =>
    editedAfter((xml) =>
      xml.replace('<ds:KeyInfo>', `<ds:Object>${signedInfo(xml)}</ds:Object><ds:KeyInfo>`),
    ),
  ),
  row('a comment in DigestValue', 'forbidden-markup', () =>
    editedAfter((xml) => xml.replace('<ds:DigestValue>', '<ds:DigestValue><!--x-->')),
  ),
  row('an element in DigestValue', 'signature', () =>
    editedAfter((xml) => xml.replace('<ds:DigestValue>', '<ds:DigestValue><ds:x/>')),
  ),
  row('an element in SignatureValue', 'signature', () =>
    editedAfter((xml) => xml.replace('</ds:SignatureValue>', '<ds:x/></ds:SignatureValue>')),
  ),
  row('two DigestValues', 'signature', () =>
    editedAfter((xml) =>
      xml.replace('</ds:Reference>', '<ds:DigestValue>AAAA</ds:DigestValue></ds:Reference>'),
    ),
  ),
  row('two References', 'signature', () =>
    editedAfter((xml) => xml.replace('</ds:SignedInfo>', `${reference(xml)}</ds:SignedInfo>`)),
  ),
  row('no Reference', 'signature', () => editedAfter((xml) => xml.replace(reference(xml), ''))),
  row('a Reference to the whole document', 'signature', () =>
    editedAfter((xml) => xml.replace('URI="#_assertion"', 'URI=""')),
  ),
  row('a Reference without URI', 'signature', () =>
    editedAfter((xml) => xml.replace(' URI="#_assertion"', '')),
  ),
  row('a Reference by XPointer', 'signature', () =>
    editedAfter((xml) => xml.replace('URI="#_assertion"', 'URI="#xpointer(id(\'_assertion\'))"')),
  ),
  row('a Reference to a file', 'signature', () =>
    editedAfter((xml) => xml.replace('URI="#_assertion"', 'URI="file:///etc/passwd"')),
  ),
];

const algorithmRows: readonly SamlAttackRow[] = [
  row('RSA with SHA-1', 'algorithm', () => aSigned({}, { signatureAlgorithm: algorithms.rsaSha1 })),
  row('a digest by SHA-1', 'algorithm', () => aSigned({}, { digestAlgorithm: algorithms.sha1 })),
  row('RSA with MD5', 'algorithm', () => aSigned({}, { signatureAlgorithm: algorithms.rsaMd5 })),
  row('HMAC with the public key', 'algorithm', () =>
    aSigned(
      {},
      {
        signatureAlgorithm: algorithms.hmacSha1,
        secret: idpKey.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      },
    ),
  ),
  row('HMAC with the certificate', 'algorithm', () =>
    aSigned({}, { signatureAlgorithm: algorithms.hmacSha1, secret: idpKey.certificate }),
  ),
  row('HMAC with SHA-256 in name', 'algorithm', () =>
    editedAfter((xml) => xml.replace(rsaWith('sha256'), algorithms.hmacSha256)),
  ),
  row('no algorithm', 'algorithm', () => editedAfter((xml) => xml.replace(rsaWith('sha256'), ''))),
  row('an algorithm that JavaScript objects have of themselves', 'algorithm', () =>
    editedAfter((xml) => xml.replace(rsaWith('sha256'), 'constructor')),
  ),
  row('canonicalization with comments', 'algorithm', () =>
    aSigned({}, { canonicalization: algorithms.exclusiveWithComments }),
  ),
  row('inclusive canonicalization', 'algorithm', () =>
    aSigned({}, { canonicalization: algorithms.inclusive }),
  ),
  row('a transform with comments', 'algorithm', () =>
    aSigned({}, { transforms: [algorithms.enveloped, algorithms.exclusiveWithComments] }),
  ),
  row('an inclusive transform', 'algorithm', () =>
    aSigned({}, { transforms: [algorithms.enveloped, algorithms.inclusive] }),
  ),
  row('no transform but enveloped', 'algorithm', () => aSigned({}, { transforms: [algorithms.enveloped] })),
  row('no transform but canonicalization', 'algorithm', () =>
    aSigned({}, { transforms: [algorithms.exclusive] }),
  ),
  row('empty Transforms', 'algorithm', () =>
    editedAfter((xml) => xml.replace(/<ds:Transforms>.*<\/ds:Transforms>/, '<ds:Transforms/>')),
  ),
  row('no Transforms', 'signature', () =>
    editedAfter((xml) => xml.replace(/<ds:Transforms>.*<\/ds:Transforms>/, '')),
  ),
  row('a transform three times', 'algorithm', () =>
    editedAfter((xml) => xml.replace(exclusiveTransform, exclusiveTransform + exclusiveTransform)),
  ),
  row('an XPath transform', 'algorithm', () =>
    editedAfter((xml) =>
      xml.replace(
        envelopedTransform,
        `${envelopedTransform}<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>self::text()</ds:XPath></ds:Transform>`,
      ),
    ),
  ),
  row('an XSLT transform', 'algorithm', () =>
    editedAfter((xml) =>
      xml.replace(
        exclusiveTransform,
        '<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>',
      ),
    ),
  ),
  row('an XPath within the enveloped transform', 'signature', () =>
    editedAfter((xml) =>
      xml.replace(
        envelopedTransform,
        `<ds:Transform Algorithm="${algorithms.enveloped}"><ds:XPath>1</ds:XPath></ds:Transform>`,
      ),
    ),
  ),
  row('a foreign parameter of the canonicalization', 'signature', () =>
    editedAfter((xml) =>
      xml.replace(exclusiveTransform, exclusiveTransform.replace('/>', '><ds:x/></ds:Transform>')),
    ),
  ),
  row('prefixes without end', 'signature', () =>
    editedAfter((xml) =>
      xml.replace(
        exclusiveTransform,
        exclusiveTransform.replace(
          '/>',
          `><e:InclusiveNamespaces xmlns:e="${algorithms.exclusive}" PrefixList="${'saml '.repeat(1000)}"/></ds:Transform>`,
        ),
      ),
    ),
  ),
  row('a second algorithm in a namespace', 'signature', () =>
    editedAfter((xml) =>
      xml.replace(
        '<ds:SignatureMethod ',
        `<ds:SignatureMethod xmlns:x="urn:x" x:Algorithm="${algorithms.rsaSha1}" `,
      ),
    ),
  ),
];

export const samlAttackRows: readonly SamlAttackRow[] = [
  ...wrappingRows,
  ...markupRows,
  ...formRows,
  ...contentRows,
  ...signatureRows,
  ...algorithmRows,
];

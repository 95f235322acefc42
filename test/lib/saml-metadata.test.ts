import { describe, expect, it } from '@jest/globals';
import { parseSamlMetadata, SamlMetadataError } from '../../lib/saml-metadata.ts';
import { aCertificate, aKeyDescriptor, aService, metadataText } from '../support/saml-metadata-text.ts';

const nowMs = Date.UTC(2026, 0, 1);
const parse = (xml: string) => parseSamlMetadata(xml, nowMs);
const [one, two, three] = [aCertificate('one'), aCertificate('two'), aCertificate('three')];
const expired = aCertificate('expired', 2020, 2025);
const next = aCertificate('next', 2027, 2030);

const xmlns = 'xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata"';
const withoutDeclaration = (xml: string) => xml.replace(/^<\?xml.*\?>\n/, '');
const wrap = (...entities: string[]) =>
  `<md:EntitiesDescriptor ${xmlns}>${entities.map(withoutDeclaration).join('')}</md:EntitiesDescriptor>`;

describe('parseSamlMetadata', () => {
  it('gives entity id, the address of the redirect binding and the certificate', () => {
    expect(parse(metadataText())).toEqual({
      entityId: 'https://idp.example/metadata',
      singleSignOnUrl: 'https://idp.example/sso',
      certificates: [one],
    });
  });

  it.each([
    ['for signing and for both', [aKeyDescriptor(one), aKeyDescriptor(two, '')], [one, two]],
    ['not for encryption', [aKeyDescriptor(three, 'use="encryption"'), aKeyDescriptor(one)], [one]],
    ['once where it stands twice', [aKeyDescriptor(one), aKeyDescriptor(one)], [one]],
    ['not after its end where another goes on', [aKeyDescriptor(expired), aKeyDescriptor(one)], [one]],
    ['before its time, as in a rollover', [aKeyDescriptor(one), aKeyDescriptor(next)], [one, next]],
  ])('takes a certificate %s', (_what, keys, certificates) => {
    expect(parse(metadataText({ keys: keys.join('') })).certificates).toEqual(certificates);
  });

  it('does not take certificates of a signature on the metadata or of another role', () => {
    const foreign = `<md:SPSSODescriptor protocolSupportEnumeration="x">${aKeyDescriptor(two)}</md:SPSSODescriptor>`;
    const signature = `<ds:Signature><ds:KeyInfo><ds:X509Data><ds:X509Certificate>${three}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>`;
    const xml = metadataText().replace('<md:IDPSSODescriptor', `${signature}${foreign}<md:IDPSSODescriptor`);

    expect(parse(xml).certificates).toEqual([one]);
  });

  it.each([
    ['a byte order mark', `\uFEFF${metadataText()}`],
    ['a comment', metadataText().replace('<md:NameIDFormat>', '<!-- exported --><md:NameIDFormat>')],
    ['a wrapper around the one entity', wrap(metadataText())],
    [
      'a default namespace',
      metadataText().replaceAll('<md:', '<').replaceAll('</md:', '</').replace('xmlns:md', 'xmlns'),
    ],
    [
      'a time to come',
      metadataText({ entity: 'entityID="https://idp.example/metadata" validUntil="2026-01-01T00:00:01Z"' }),
    ],
    [
      'several protocols',
      metadataText({
        provider:
          'protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol\n urn:oasis:names:tc:SAML:2.0:protocol"',
      }),
    ],
  ])('takes metadata with %s', (_what, xml) => {
    expect(parse(xml)).toMatchObject({ entityId: 'https://idp.example/metadata', certificates: [one] });
  });

  it('reads references in an address as the characters that they stand for', () => {
    const services = aService('https://idp.example/sso?a=1&amp;b=2');

    expect(parse(metadataText({ services })).singleSignOnUrl).toBe('https://idp.example/sso?a=1&b=2');
  });

  const wantsSigned = (value: string) =>
    metadataText().replace('WantAuthnRequestsSigned="false"', `WantAuthnRequestsSigned="${value}"`);
  const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
  const oneOfEach = 'metadata of one EntityDescriptor with one IDPSSODescriptor';
  const other = metadataText({ entity: 'entityID="https://other.example"' });
  const twoProviders = metadataText().replace(
    '</md:EntityDescriptor>',
    '<md:IDPSSODescriptor protocolSupportEnumeration="x"/></md:EntityDescriptor>',
  );
  const five = Array.from({ length: 6 }, (_, index) => aKeyDescriptor(aCertificate(`key ${index}`))).join('');
  const chain = aKeyDescriptor(one).replace(
    '</ds:X509Data>',
    `<ds:X509Certificate>${two}</ds:X509Certificate></ds:X509Data>`,
  );

  it.each([
    [
      'requests that must be signed',
      wantsSigned('true'),
      /^an IDPSSODescriptor that takes unsigned requests/,
    ],
    ['the same as a number', wantsSigned(' 1 '), /WantAuthnRequestsSigned.*download its metadata again$/],
    ['nothing', '', /^SAML metadata in XML, in UTF-8/],
    ['text', 'metadata', /^SAML metadata in XML/],
    ['an unclosed element', metadataText().replace('</md:EntityDescriptor>', ''), /^SAML metadata in XML/],
    ['UTF-16', Buffer.from(metadataText(), 'utf16le').toString('utf8'), /^SAML metadata in XML/],
    [
      'a DOCTYPE',
      metadataText().replace('<md:Entity', '<!DOCTYPE x [<!ENTITY a "b">]><md:Entity'),
      /^SAML metadata without a DOCTYPE$/,
    ],
    [
      'a doctype in small letters',
      metadataText().replace('<md:Entity', '<!doctype x><md:Entity'),
      /^SAML metadata without a DOCTYPE$/,
    ],
    [
      'an entity that nobody declared',
      metadataText({ entity: 'entityID="&company;"' }),
      /^SAML metadata in XML/,
    ],
    ['HTML', '<html><body>Not found</body></html>', oneOfEach],
    ['another namespace', metadataText().replace('SAML:2.0:metadata', 'SAML:1.0:metadata'), oneOfEach],
    ['a service provider', metadataText().replaceAll('IDPSSODescriptor', 'SPSSODescriptor'), oneOfEach],
    ['two entities', wrap(metadataText(), other), oneOfEach],
    [
      'an entity within the entity',
      metadataText().replace('<md:NameIDFormat>', `${withoutDeclaration(other)}<md:NameIDFormat>`),
      oneOfEach,
    ],
    ['two IDPSSODescriptors', twoProviders, oneOfEach],
    [
      'a file that was valid',
      metadataText({ entity: 'entityID="a" validUntil="2026-01-01T00:00:00Z"' }),
      /^metadata that is still valid: this says validUntil="2026-01-01T00:00:00Z"; download it again$/,
    ],
    [
      'a role that was valid',
      metadataText({
        provider:
          'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol" validUntil="2025-01-01T00:00:00Z"',
      }),
      /^metadata that is still valid/,
    ],
    [
      'a wrapper that was valid',
      wrap(metadataText()).replace(
        '<md:EntitiesDescriptor',
        '<md:EntitiesDescriptor validUntil="2025-01-01T00:00:00Z"',
      ),
      /^metadata that is still valid/,
    ],
    [
      'a validity that is no time',
      metadataText({ entity: 'entityID="a" validUntil="soon"' }),
      /^metadata that is still valid/,
    ],
    [
      'another protocol',
      metadataText({ provider: 'protocolSupportEnumeration="urn:oasis:names:tc:SAML:1.1:protocol"' }),
      /^an IDPSSODescriptor whose protocolSupportEnumeration has urn:oasis:names:tc:SAML:2\.0:protocol$/,
    ],
    ['no entityID', metadataText({ entity: '' }), 'an EntityDescriptor with an entityID'],
    [
      'no redirect binding',
      metadataText({ services: aService('https://idp.example/post', post) }),
      'an IDPSSODescriptor with a SingleSignOnService of the HTTP-Redirect binding',
    ],
    ['no address', metadataText({ services: aService('') }), /HTTP-Redirect binding$/],
    ['no key', metadataText({ keys: '' }), 'a KeyDescriptor for signing with an X509Certificate'],
    [
      'a key for encryption alone',
      metadataText({ keys: aKeyDescriptor(one, 'use="encryption"') }),
      'a KeyDescriptor for signing with an X509Certificate',
    ],
    [
      'a certificate that is none',
      metadataText({ keys: aKeyDescriptor('MIIC') }),
      'an X509Certificate in base64 that can be read',
    ],
    [
      'an empty certificate',
      metadataText({ keys: aKeyDescriptor('') }),
      'an X509Certificate in base64 that can be read',
    ],
    [
      'expired certificates alone',
      metadataText({ keys: aKeyDescriptor(expired) }),
      'a certificate for signing that has not expired: the last did on 2025-01-01',
    ],
    ['six certificates', metadataText({ keys: five }), 'at most 5 certificates for signing: there are 6'],
    ['a chain', metadataText({ keys: chain }), 'one X509Certificate in each KeyDescriptor'],
  ])('refuses %s and says what is allowed', (_what, xml, message) => {
    expect(() => parse(xml)).toThrow(SamlMetadataError);
    expect(() => parse(xml)).toThrow(message);
  });
});

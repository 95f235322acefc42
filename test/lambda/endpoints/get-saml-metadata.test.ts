import { describe, expect, it } from '@jest/globals';
import { DOMParser } from '@xmldom/xmldom';
import { anEvent } from '../../support/an-event.ts';
import { aSamlHandler, brokerUrl } from '../../support/saml-handler.ts';

const event = anEvent('getSamlMetadata', { authorizer: undefined });
const metadata = 'urn:oasis:names:tc:SAML:2.0:metadata';

describe('GET /v1/saml/metadata', () => {
  it('describes a service provider that wants signed assertions, posted', async () => {
    const { statusCode, headers, body } = await aSamlHandler().handle(event);

    expect(statusCode).toBe(200);
    expect(headers?.['Content-Type']).toBe('application/samlmetadata+xml');
    const root = new DOMParser().parseFromString(body, 'text/xml').documentElement;
    expect([root.namespaceURI, root.localName]).toEqual([metadata, 'EntityDescriptor']);
    expect(root.getAttribute('entityID')).toBe(`${brokerUrl}/v1/saml/metadata`);
    const [provider] = Array.from(root.getElementsByTagNameNS(metadata, 'SPSSODescriptor'));
    expect(provider?.getAttribute('AuthnRequestsSigned')).toBe('false');
    expect(provider?.getAttribute('WantAssertionsSigned')).toBe('true');
    expect(provider?.getAttribute('protocolSupportEnumeration')).toBe('urn:oasis:names:tc:SAML:2.0:protocol');
    const services = Array.from(root.getElementsByTagNameNS(metadata, 'AssertionConsumerService'));
    expect(services.map((one) => [one.getAttribute('Binding'), one.getAttribute('Location')])).toEqual([
      ['urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST', `${brokerUrl}/v1/saml/acs`],
    ]);
  });

  it('holds an address with the characters of markup as text', async () => {
    const url = 'https://daypass.example.com/"<&>\'';

    const { body } = await aSamlHandler({ url }).handle(event);

    const root = new DOMParser().parseFromString(body, 'text/xml').documentElement;
    expect(root.getAttribute('entityID')).toBe(`${url}/v1/saml/metadata`);
    const [service] = Array.from(root.getElementsByTagNameNS(metadata, 'AssertionConsumerService'));
    expect(service?.getAttribute('Location')).toBe(`${url}/v1/saml/acs`);
  });
});

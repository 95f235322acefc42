import { escapeMarkup } from './escape-markup.ts';

/** By the broker's URL: its name as a SAML service provider, where its metadata is. */
export const toSamlEntityId = (url: string): string => `${url}/v1/saml/metadata`;

/** Where identity providers have the browser post their responses. */
export const toSamlAcsUrl = (url: string): string => `${url}/v1/saml/acs`;

/** SAML 2.0 bindings §3.5. */
export const httpPostBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';

/**
 * The broker as a SAML service provider, for the identity provider to read (SAML 2.0 metadata §2.4.4). Without a key:
 * requests are not signed, and assertions come encrypted by TLS alone.
 */
export function toSamlMetadata(url: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${escapeMarkup(toSamlEntityId(url))}">
  <SPSSODescriptor AuthnRequestsSigned="false" WantAssertionsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <AssertionConsumerService Binding="${httpPostBinding}" Location="${escapeMarkup(toSamlAcsUrl(url))}" index="0" isDefault="true"/>
  </SPSSODescriptor>
</EntityDescriptor>
`;
}

import { generateKeyPairSync } from 'node:crypto';
import { createSelfSignedCertificate } from '../../local/identity-provider/self-signed-certificate.ts';

const keyPair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** An X.509 certificate, DER in base64, valid from one year to another. Its signature is random, so each name has one. */
export function aCertificate(commonName: string, fromYear = 2020, toYear = 2120): string {
  const known = certificates.get(commonName);
  const certificate =
    known ??
    createSelfSignedCertificate(keyPair, commonName, {
      notBefore: new Date(Date.UTC(fromYear, 0, 1)),
      notAfter: new Date(Date.UTC(toYear, 0, 1)),
    });
  certificates.set(commonName, certificate);
  return certificate;
}

const certificates = new Map<string, string>();

export interface MetadataParts {
  readonly entity?: string;
  readonly provider?: string;
  readonly keys?: string;
  readonly services?: string;
}

const redirect = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';
const post = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';

export const aService = (location: string, binding = redirect): string =>
  `<md:SingleSignOnService Binding="${binding}" Location="${location}"/>`;

export const aKeyDescriptor = (certificate: string, attributes = 'use="signing"'): string =>
  `<md:KeyDescriptor ${attributes}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>
    ${certificate.replace(/(.{64})/g, '$1\n')}
  </ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`;

/** The EntityDescriptor of an identity provider, as Okta and Keycloak write it; `parts` replaces pieces of it. */
export const metadataText = ({
  entity = 'entityID="https://idp.example/metadata"',
  provider = 'protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"',
  keys = aKeyDescriptor(aCertificate('one')),
  services = `${aService('https://idp.example/post', post)}${aService('https://idp.example/sso')}`,
}: MetadataParts = {}): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" ${entity}>
<md:IDPSSODescriptor WantAuthnRequestsSigned="false" ${provider}>
${keys}
<md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress</md:NameIDFormat>
${services}
</md:IDPSSODescriptor>
</md:EntityDescriptor>
`;

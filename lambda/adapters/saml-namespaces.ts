export const samlNamespaces = {
  protocol: 'urn:oasis:names:tc:SAML:2.0:protocol',
  assertion: 'urn:oasis:names:tc:SAML:2.0:assertion',
  signature: 'http://www.w3.org/2000/09/xmldsig#',
  exclusiveCanonicalization: 'http://www.w3.org/2001/10/xml-exc-c14n#',
} as const;

export type SamlNamespace = keyof typeof samlNamespaces;

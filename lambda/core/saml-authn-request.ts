import { escapeMarkup } from './escape-markup.ts';
import { httpPostBinding, toSamlAcsUrl, toSamlEntityId } from './saml-metadata.ts';

export interface SamlAuthnRequest {
  /** What the response has to answer: `_`, 128 random bits in hexadecimal, `.` and the issuer's name. */
  readonly id: string;
  /** The broker's. */
  readonly url: string;
  /** The identity provider's. */
  readonly singleSignOnUrl: string;
  readonly nowMs: number;
}

/**
 * Asks an identity provider to say who is there, by a posted response (SAML 2.0 core §3.4.1). No Format: the identity
 * provider has been told by its own configuration which name it gives.
 */
export function toSamlAuthnRequest({ id, url, singleSignOnUrl, nowMs }: SamlAuthnRequest): string {
  const attributes = {
    'xmlns:samlp': 'urn:oasis:names:tc:SAML:2.0:protocol',
    'xmlns:saml': 'urn:oasis:names:tc:SAML:2.0:assertion',
    ID: id,
    Version: '2.0',
    IssueInstant: new Date(nowMs).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    Destination: singleSignOnUrl,
    AssertionConsumerServiceURL: toSamlAcsUrl(url),
    ProtocolBinding: httpPostBinding,
  };
  const written = Object.entries(attributes).map(([name, value]) => `${name}="${escapeMarkup(value)}"`);
  const issuer = `<saml:Issuer>${escapeMarkup(toSamlEntityId(url))}</saml:Issuer>`;
  return `<samlp:AuthnRequest ${written.join(' ')}>${issuer}<samlp:NameIDPolicy AllowCreate="true"/></samlp:AuthnRequest>`;
}

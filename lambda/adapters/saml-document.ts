import { DOMParser } from '@xmldom/xmldom';
import type { RefuseAssertion } from '../core/refuse-assertion.ts';
import { readPlainMarkup, type StartTag } from './saml-markup.ts';
import { type SamlNamespace, samlNamespaces } from './saml-namespaces.ts';

/** A document of elements, attributes and text alone, whose ids are unique. */
export interface SamlDocument {
  /** As parsed: without an XML declaration. */
  readonly text: string;
  readonly root: Element;
  /** In document order, the root first. */
  readonly elements: readonly Element[];
}

/** Parses strictly: see `readPlainMarkup`. */
export function parseSamlDocument(xml: string, refuse: RefuseAssertion): SamlDocument {
  const { text, tags } = readPlainMarkup(xml, refuse);
  const root = parse(text, refuse);
  const elements = [root, ...descendantsOf(root)];
  checkAgreement(elements, tags, refuse);
  checkIds(elements, refuse);
  return { text, root, elements };
}

function parse(text: string, refuse: RefuseAssertion): Element {
  try {
    const stop = (message: string): never => {
      throw new SyntaxError(message);
    };
    const parser = new DOMParser({ errorHandler: { warning: stop, error: stop, fatalError: stop } });
    return parser.parseFromString(text, 'text/xml').documentElement;
  } catch {
    // Its message would quote the response.
    return refuse('malformed-response', 'not XML to the parser');
  }
}

/** The parser has seen the same elements and attributes as the scanner, and each prefix stands for a namespace. */
function checkAgreement(
  elements: readonly Element[],
  tags: readonly StartTag[],
  refuse: RefuseAssertion,
): void {
  const isSame = (element: Element, index: number) =>
    element.tagName === tags[index]?.name && element.attributes.length === tags[index].attributes.length;
  if (elements.length !== tags.length || !elements.every(isSame)) {
    refuse('malformed-response', 'two readers of the XML disagree');
  }
  const named = elements.flatMap((element) => [element, ...Array.from(element.attributes)]);
  const isBound = ({ nodeName, namespaceURI }: Element | Attr) =>
    !nodeName.includes(':') || (typeof namespaceURI === 'string' && namespaceURI !== '');
  if (!named.every(isBound)) refuse('malformed-response', 'a prefix that stands for no namespace');
  if (!elements.every(hasDistinctAttributes)) refuse('malformed-response', 'an attribute by two prefixes');
}

function hasDistinctAttributes({ attributes }: Element): boolean {
  const names = Array.from(attributes, ({ namespaceURI, localName }) => `${namespaceURI ?? ''} ${localName}`);
  return new Set(names).size === names.length;
}

/** Whichever of its names an id has: the library that verifies looks for each of them. */
function checkIds(elements: readonly Element[], refuse: RefuseAssertion): void {
  const ids = elements
    .flatMap((element) => Array.from(element.attributes))
    .filter(({ name }) => /^id$/i.test(name))
    .map(({ value }) => value);
  if (new Set(ids).size !== ids.length) refuse('malformed-response', 'an ID twice');
}

function descendantsOf(element: Element): readonly Element[] {
  return childrenOf(element).flatMap((child) => [child, ...descendantsOf(child)]);
}

const elementNode = 1;
const textNode = 3;

/** The elements among the children. */
export const childrenOf = (element: Element): readonly Element[] =>
  Array.from(element.childNodes).filter((node): node is Element => node.nodeType === elementNode);

export const isElement = (element: Element, namespace: SamlNamespace, localName: string): boolean =>
  element.namespaceURI === samlNamespaces[namespace] && element.localName === localName;

export const childrenNamed = (
  element: Element,
  namespace: SamlNamespace,
  localName: string,
): readonly Element[] => childrenOf(element).filter((child) => isElement(child, namespace, localName));

/** The one child of that name; `undefined` when there is none. */
export function optionalChild(
  element: Element,
  names: { readonly namespace: SamlNamespace; readonly localName: string },
  refuse: RefuseAssertion,
): Element | undefined {
  const [child, ...more] = childrenNamed(element, names.namespace, names.localName);
  if (more.length > 0) refuse('malformed-response', `more than one ${names.localName}`);
  return child;
}

/** `undefined` when it is absent; an empty one is there. */
export const attributeOf = (element: Element, attributeName: string): string | undefined =>
  element.getAttributeNode(attributeName)?.value;

/** The text of an element that holds nothing but text, unchanged. */
export function textOf(element: Element, refuse: RefuseAssertion): string {
  const nodes = Array.from(element.childNodes);
  if (!nodes.every(({ nodeType }) => nodeType === textNode)) {
    refuse(
      'malformed-response',
      `${element.localName} holds more than text; the identity provider must send text`,
    );
  }
  return nodes.map(({ nodeValue }) => nodeValue ?? '').join('');
}

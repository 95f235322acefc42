import type { RefuseAssertion } from '../core/refuse-assertion.ts';

/** A start tag as it is written: its name with the prefix, and the names of its attributes. */
export interface StartTag {
  readonly name: string;
  readonly attributes: readonly string[];
}

/** Characters of XML: what `maxSamlResponseLength` of base64 can hold. */
const maxLength = 75_000;
/** Real responses have below 20, below 300 and below 10. The parser's cost grows with the square of each. */
const maxDepth = 32;
const maxElements = 1000;
const maxAttributes = 32;

const declaration =
  /^<\?xml[ \t\r\n]+version=(?:"1\.0"|'1\.0')(?:[ \t\r\n]+encoding=(?:"UTF-8"|'UTF-8'))?(?:[ \t\r\n]+standalone=(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>/i;

const space = '[ \\t\\r\\n]';
const name = '[A-Za-z_][\\w.-]*(?::[A-Za-z_][\\w.-]*)?';
const attribute = `${space}+(${name})${space}*=${space}*("[^"<]*"|'[^'<]*')`;
const tagPattern = `<(/?)(${name})((?:${attribute.replace(/\((?!\?)/g, '(?:')})*)${space}*(/?)>`;

/** Beyond XML's own Char (controls, lone surrogates): what this parser takes for a line's end, and XML 1.0 does not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML forbids.
const foreignCharacter = /[\0-\x08\x0b\x0c\x0e-\x1f\x85\u2028\ufffe\uffff]/;
const brokenReference = /&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)/;

/**
 * Reads a document in the small part of XML that every parser reads alike: elements, attributes, text, the five
 * named references and numbered ones. The parser behind is lenient and other parsers are lenient elsewhere; what
 * they would disagree on does not reach it.
 *
 * @returns the text without an XML declaration, and its start tags in document order
 */
export function readPlainMarkup(
  document: string,
  refuse: RefuseAssertion,
): { readonly text: string; readonly tags: readonly StartTag[] } {
  if (document.length > maxLength) refuse('malformed-response', `longer than ${maxLength} characters`);
  const text = document.replace(declaration, '');
  if (/<[!?]/.test(text)) {
    refuse('forbidden-markup', 'a DOCTYPE, comment, CDATA section, processing instruction or declaration');
  }
  checkCharacters(text, refuse);
  return { text, tags: readTags(text, refuse) };
}

function checkCharacters(text: string, refuse: RefuseAssertion): void {
  if (foreignCharacter.test(text) || !text.isWellFormed()) {
    refuse('malformed-response', 'a character that XML 1.0 does not have, or that parsers read differently');
  }
  if (brokenReference.test(text)) {
    refuse('forbidden-markup', 'an entity reference other than the five of XML and numbered characters');
  }
  for (const [, decimal, hexadecimal] of text.matchAll(/&#(?:(\d+)|x([0-9A-Fa-f]+));/g)) {
    const codePoint = decimal === undefined ? Number.parseInt(hexadecimal ?? '', 16) : Number(decimal);
    if (!isXmlCharacter(codePoint)) refuse('malformed-response', 'a reference to a character that XML lacks');
  }
}

/** Source: XML 1.0 §2.2, production Char. */
const isXmlCharacter = (codePoint: number): boolean =>
  codePoint === 0x9 ||
  codePoint === 0xa ||
  codePoint === 0xd ||
  (codePoint >= 0x20 && codePoint <= 0xd7ff) ||
  (codePoint >= 0xe000 && codePoint <= 0xfffd) ||
  (codePoint >= 0x10000 && codePoint <= 0x10ffff);

function readTags(text: string, refuse: RefuseAssertion): readonly StartTag[] {
  const malformed = (): never => refuse('malformed-response', 'not well-formed XML of one element');
  const tag = new RegExp(tagPattern, 'y');
  const tags: StartTag[] = [];
  const open: string[] = [];
  for (let at = 0; at < text.length; ) {
    const next = text.indexOf('<', at);
    const characters = text.slice(at, next === -1 ? text.length : next);
    if (characters.includes(']]>')) malformed();
    // Outside of the one element there is only space.
    if (open.length === 0 && /[^ \t\r\n]/.test(characters)) malformed();
    if (next === -1) break;

    tag.lastIndex = next;
    const [, end, tagName = '', attributes = '', closed] = tag.exec(text) ?? malformed();
    at = tag.lastIndex;
    if (end === '/') {
      if (attributes !== '' || closed === '/' || open.pop() !== tagName) malformed();
      continue;
    }
    if (open.length === 0 && tags.length > 0) malformed();
    tags.push({ name: tagName, attributes: readAttributes(attributes, refuse) });
    if (closed !== '/') open.push(tagName);
    if (open.length > maxDepth || tags.length > maxElements) {
      refuse('malformed-response', `more than ${maxElements} elements, or deeper than ${maxDepth}`);
    }
  }
  if (open.length > 0 || tags.length === 0) malformed();
  return tags;
}

function readAttributes(text: string, refuse: RefuseAssertion): readonly string[] {
  const attributes = [...text.matchAll(new RegExp(attribute, 'g'))];
  if (attributes.length > maxAttributes) {
    refuse('malformed-response', `more than ${maxAttributes} attributes of one element`);
  }
  return attributes.map(([, attributeName = '', value = '']) => {
    // The canonical form leaves out whatever begins with xmlns, and a namespace cannot be undeclared for a prefix.
    if (/^xmlns[^:]|^xmlns:(?:xml|xmlns)$/.test(attributeName)) {
      refuse('malformed-response', 'an attribute of a reserved name');
    }
    if (attributeName.startsWith('xmlns:') && value.length === 2) {
      refuse('malformed-response', 'a prefix declared for no namespace');
    }
    // An element has one id, and nobody may think that it has another.
    if (/:id$/i.test(attributeName)) refuse('malformed-response', 'an ID attribute with a prefix');
    return attributeName;
  });
}

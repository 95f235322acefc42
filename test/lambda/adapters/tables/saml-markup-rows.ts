import { aSigned, assertion, editedAfter, row, type SamlAttackRow, signedAfter } from './saml-attack.ts';

/** What is no plain XML. */
export const markupRows: readonly SamlAttackRow[] = [
  row('a comment in the NameID, signed so', 'forbidden-markup', () =>
    signedAfter((xml) => xml.replace('alice@example.com', 'alice@example.com<!---->.evil.example')),
  ),
  row('a comment put into the NameID later', 'forbidden-markup', () =>
    editedAfter((xml) => xml.replace('alice@example.com', 'alice@<!-- x -->example.com')),
  ),
  row('a comment before the root', 'forbidden-markup', () => `<!-- x -->${aSigned()}`),
  row('a comment behind the root', 'forbidden-markup', () => `${aSigned()}<!-- x -->`),
  row('CDATA as the NameID', 'forbidden-markup', () =>
    editedAfter((xml) => xml.replace('>alice@example.com<', '><![CDATA[alice@example.com]]><')),
  ),
  row('a processing instruction in the NameID', 'forbidden-markup', () =>
    editedAfter((xml) => xml.replace('>alice@example.com<', '>alice@example.com<?x y?><')),
  ),
  row('a DOCTYPE', 'forbidden-markup', () => `<!DOCTYPE Response>${aSigned()}`),
  row('a DOCTYPE in another case behind the declaration', 'forbidden-markup', () => {
    return `<?xml version="1.0"?>\n<!doctype x [<!ENTITY a "b">]>${aSigned()}`;
  }),
  row('an external entity', 'forbidden-markup', () => {
    const doctype = '<!DOCTYPE x [<!ENTITY who SYSTEM "file:///etc/passwd">]>';
    return doctype + editedAfter((xml) => xml.replace('>alice@example.com<', '>&who;<'));
  }),
  row('a billion laughs', 'forbidden-markup', () => {
    const laughs = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`);
    const doctype = `<!DOCTYPE x [<!ENTITY l0 "lol">${laughs.join('')}]>`;
    return doctype + editedAfter((xml) => xml.replace('>alice@example.com<', '>&l9;<'));
  }),
  row('an entity that nobody declared', 'forbidden-markup', () =>
    editedAfter((xml) => xml.replace('>alice@example.com<', '>alice&who;<')),
  ),
  row('a bare ampersand', 'forbidden-markup', () =>
    editedAfter((xml) => xml.replace('>alice@example.com<', '>alice & bob<')),
  ),
  row('a reference to NUL', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('>alice@', '>alice&#0;@')),
  ),
  row('a reference to half a character', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('>alice@', '>alice&#xD800;@')),
  ),
  row('a NUL as it is', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('>alice@', '>alice\0@')),
  ),
  row('a line separator that some parsers take for a line feed', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('>alice@', '>alice\u2028@')),
  ),
  row('another encoding than UTF-8', 'forbidden-markup', () => {
    return `<?xml version="1.0" encoding="ISO-8859-1"?>${aSigned()}`;
  }),
  row('XML 1.1', 'forbidden-markup', () => `<?xml version="1.1"?>${aSigned()}`),
  row('two declarations', 'forbidden-markup', () => {
    return `<?xml version="1.0"?><?xml version="1.0"?>${aSigned()}`;
  }),
];

/** What is no response. */
export const formRows: readonly SamlAttackRow[] = [
  row('nothing', 'malformed-response', () => ''),
  row('space', 'malformed-response', () => ' \n'),
  row('text', 'malformed-response', () => 'alice@example.com'),
  row('half a response', 'malformed-response', () => aSigned().slice(0, 2000)),
  row('two roots', 'malformed-response', () => aSigned() + aSigned()),
  row('text behind the root', 'malformed-response', () => `${aSigned()}x`),
  row('an end tag too many, which the parser forgives', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('<saml:Subject>', '</saml:Nobody><saml:Subject>')),
  ),
  row('an end tag in another case, which the parser forgives', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('</saml:NameID>', '</saml:nameid>')),
  ),
  row('an attribute without quotes, which the parser forgives', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('ID="_response"', 'ID=_response')),
  ),
  row('an attribute twice', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('ID="_response"', 'ID="_response" ID="_other"')),
  ),
  row('an attribute twice, by two prefixes of one namespace', 'malformed-response', () =>
    editedAfter((xml) =>
      xml.replace('ID="_response"', 'ID="_response" xmlns:a="urn:x" xmlns:b="urn:x" a:n="1" b:n="2"'),
    ),
  ),
  row('a prefix that is not declared', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('<samlp:Status>', '<x:y/><samlp:Status>')),
  ),
  row('a prefix that is declared for nothing', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('<samlp:Status>', '<samlp:Status xmlns:x="">')),
  ),
  row('the end of a CDATA section that never began', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('<samlp:Status>', ']]><samlp:Status>')),
  ),
  row('a prefix that JavaScript objects have of themselves', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('<samlp:Status>', '<constructor:y/><samlp:Status>')),
  ),
  row('an attribute that the canonical form leaves out', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('ID="_assertion"', 'ID="_assertion" xmlnsx="1"')),
  ),
  row('an HTML script, within which the parser sees no elements', 'malformed-response', () =>
    editedAfter((xml) =>
      xml.replace(
        '<samlp:Status>',
        '<samlp:Extensions><script xmlns="http://www.w3.org/1999/xhtml"><b/></script></samlp:Extensions><samlp:Status>',
      ),
    ),
  ),
  row('100 KB', 'malformed-response', () => aSigned({ attributes: { groups: ['x'.repeat(100_000)] } })),
  row('thousands of elements', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('<samlp:Status>', `${'<saml:x/>'.repeat(4000)}<samlp:Status>`)),
  ),
  row('elements nested a thousand deep', 'malformed-response', () =>
    editedAfter((xml) =>
      xml.replace('<samlp:Status>', `${'<saml:x>'.repeat(1000)}${'</saml:x>'.repeat(1000)}<samlp:Status>`),
    ),
  ),
  row('hundreds of attributes', 'malformed-response', () =>
    editedAfter((xml) =>
      xml.replace(
        '<samlp:Status>',
        `<samlp:Status ${Array.from({ length: 200 }, (_, i) => `a${i}=""`).join(' ')}>`,
      ),
    ),
  ),
  row('another root', 'malformed-response', () => assertion(aSigned())),
  row('a root of another name', 'malformed-response', () =>
    editedAfter((xml) => xml.replaceAll('samlp:Response', 'samlp:LogoutResponse')),
  ),
  row('a root of another namespace', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('names:tc:SAML:2.0:protocol"', 'names:tc:SAML:1.0:protocol"')),
  ),
  row('SAML 1.1', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('Version="2.0"', 'Version="1.1"')),
  ),
  row('an ID twice', 'malformed-response', () => aSigned({ responseId: '_assertion' })),
  row('the ID as Id of another element', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('<samlp:Status>', '<samlp:Status Id="_assertion">')),
  ),
  row('the ID in a namespace of another element', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('<samlp:Status>', '<samlp:Status xmlns:x="urn:x" x:ID="_assertion">')),
  ),
  row('an xml:id', 'malformed-response', () =>
    editedAfter((xml) => xml.replace('<samlp:Status>', '<samlp:Status xml:id="_assertion">')),
  ),
  row('an ID that is a query', 'malformed-response', () => aSigned({ assertionId: "_a' or '1'='1" })),
  row('no status', 'malformed-response', () =>
    editedAfter((xml) => xml.replace(/<samlp:Status>.*<\/samlp:Status>/, '')),
  ),
  row('a failed sign-in', 'status', () =>
    aSigned({ statusCode: 'urn:oasis:names:tc:SAML:2.0:status:Responder' }),
  ),
];

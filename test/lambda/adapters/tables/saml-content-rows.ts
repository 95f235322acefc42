import { aSamlResponse, idpEntityId } from '../../../support/saml-response.ts';
import { signSaml } from '../../../support/saml-signing.ts';
import * as wrapping from '../../../support/saml-wrapping.ts';
import {
  aSigned,
  assertion,
  editedAfter,
  foreignKey,
  idpKey,
  row,
  type SamlAttackRow,
  signedAfter,
} from './saml-attack.ts';

/** The eight classic forms. */
export const wrappingRows: readonly SamlAttackRow[] = [
  row('XSW1', 'assertion-count', () => wrapping.wrap1(aSigned({}, { over: 'Response' }))),
  row('XSW2', 'assertion-count', () => wrapping.wrap2(aSigned({}, { over: 'Response' }))),
  row('XSW3', 'assertion-count', () => wrapping.wrap3(aSigned())),
  row('XSW4', 'assertion-count', () => wrapping.wrap4(aSigned())),
  row('XSW5', 'assertion-count', () => wrapping.wrap5(aSigned())),
  row('XSW6', 'assertion-count', () => wrapping.wrap6(aSigned())),
  row('XSW7', 'assertion-count', () => wrapping.wrap7(aSigned())),
  row('XSW8', 'assertion-count', () => wrapping.wrap8(aSigned())),
];

/** What responses must not hold. */
export const contentRows: readonly SamlAttackRow[] = [
  row('no assertion', 'assertion-count', () =>
    aSamlResponse().replace(/<saml:Assertion .*<\/saml:Assertion>/, ''),
  ),
  row('two assertions, both signed', 'assertion-count', () => {
    const other = assertion(aSigned({ assertionId: '_other' }));
    return editedAfter((xml) => xml.replace('</samlp:Response>', `${other}</samlp:Response>`));
  }),
  row('a second assertion of another namespace', 'assertion-count', () =>
    editedAfter((xml) =>
      xml.replace('</samlp:Response>', '<Assertion xmlns="urn:x" ID="_x"/></samlp:Response>'),
    ),
  ),
  row('the only assertion of another namespace', 'assertion-count', () =>
    signedAfter((xml) =>
      xml
        .replace('<saml:Assertion ', '<x:Assertion xmlns:x="urn:x" ')
        .replace('</saml:Assertion>', '</x:Assertion>'),
    ),
  ),
  row('the assertion in Extensions', 'assertion-count', () =>
    editedAfter((xml) =>
      xml.replace(assertion(xml), `<samlp:Extensions>${assertion(xml)}</samlp:Extensions>`),
    ),
  ),
  row('an encrypted assertion', 'encrypted', () =>
    editedAfter((xml) => xml.replace(assertion(xml), '<saml:EncryptedAssertion/>')),
  ),
  row('an encrypted NameID', 'encrypted', () =>
    signedAfter((xml) => xml.replace(/<saml:NameID .*<\/saml:NameID>/, '<saml:EncryptedID/>')),
  ),
  row('an issuer that is not configured', 'unknown-issuer', () => {
    const issuer = 'https://evil.example/saml';
    return signSaml(aSamlResponse({ issuer, responseIssuer: issuer }), foreignKey);
  }),
  row('two issuers', 'unknown-issuer', () => aSigned({ responseIssuer: 'https://other.example/saml' })),
  row('no issuer of the assertion', 'unknown-issuer', () =>
    signSaml(aSamlResponse({ issuer: undefined }), idpKey, { over: 'Response' }),
  ),
  row('an issuer with a slash more', 'unknown-issuer', () =>
    aSigned({ issuer: `${idpEntityId}/`, responseIssuer: undefined }),
  ),
  row('an issuer in other letters', 'unknown-issuer', () =>
    aSigned({ issuer: idpEntityId.toUpperCase(), responseIssuer: undefined }),
  ),
  row('an assertion of one issuer that names another', 'signature', () => {
    const issuer = 'https://second.example/saml';
    return aSigned({ issuer, responseIssuer: issuer });
  }),
  row('an element within a NameID', 'malformed-response', () =>
    aSigned({ nameId: 'alice<saml:b>@</saml:b>example.com' }),
  ),
  row('an element within an attribute', 'malformed-response', () =>
    aSigned({ attributes: { groups: ['<saml:NameID>sre</saml:NameID>'] } }),
  ),
  row('a condition that is not known', 'malformed-response', () =>
    aSigned({ conditions: '<saml:Condition/>' }),
  ),
  row('a statement that is not known', 'malformed-response', () =>
    signedAfter((xml) => xml.replace('</saml:Assertion>', '<saml:Statement/></saml:Assertion>')),
  ),
  row('an assertion of SAML 1.1', 'malformed-response', () =>
    signedAfter((xml) => xml.replace('ID="_assertion" Version="2.0"', 'ID="_assertion" Version="1.1"')),
  ),
  row('two subjects', 'malformed-response', () =>
    signedAfter((xml) => xml.replace(/<saml:Subject>.*<\/saml:Subject>/, (subject) => subject + subject)),
  ),
  row('a date without a zone', 'malformed-response', () => aSigned({ notOnOrAfter: '2026-01-01T00:05:00' })),
  row('a date that no calendar has', 'malformed-response', () =>
    aSigned({ notOnOrAfter: '2026-02-30T00:00:00Z' }),
  ),
  row('a date in words', 'malformed-response', () => aSigned({ issueInstant: 'January 1, 2026' })),
  row('a date in seconds', 'malformed-response', () => aSigned({ notOnOrAfter: '1767225900' })),
  row('an empty date', 'malformed-response', () => aSigned({ sessionNotOnOrAfter: '' })),
];

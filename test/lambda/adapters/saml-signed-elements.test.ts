import { describe, expect, it } from '@jest/globals';
import { createSamlResponseVerifier } from '../../../lambda/adapters/saml-response-verifier.ts';
import { requireSignedBytes } from '../../../lambda/adapters/saml-signed-bytes.ts';
import { assertionRefusalOf } from '../../support/saml-refusals.ts';
import { aSamlIssuer, aSamlResponse, at, type SamlResponseFields } from '../../support/saml-response.ts';
import { signSaml } from '../../support/saml-signing.ts';
import { nowMs } from '../../support/tokens.ts';
import { aSigned, assertion, idpKey } from './tables/saml-attack.ts';

/*
 * What was verified and what is read must be one. No document is known that would part them here, so the signature
 * is verified as ever and then said to cover another text: whatever is read must come from that text alone.
 */
const issuer = aSamlIssuer([idpKey.certificate]);
const second = aSamlIssuer([], { name: 'second', entityId: 'https://second.example/saml' });

type Cover = (bytes: string) => string;

function verifyCovering(xml: string, cover: Cover) {
  const verifier = createSamlResponseVerifier({
    issuers: new Map([issuer, second].map((one) => [one.name, one])),
    now: () => nowMs,
    signedBytes: (...parameters) => cover(requireSignedBytes(...parameters)),
  });
  return verifier.verify(xml).response;
}

/** Differs from the usual response in every value but the ids and the issuer. */
const other: Partial<SamlResponseFields> = {
  destination: 'https://covered.example/acs',
  inResponseTo: '_covered',
  issueInstant: at(-7),
  nameId: 'covered@example.com',
  nameIdFormat: 'urn:covered',
  method: 'urn:covered:method',
  recipient: 'https://covered.example/recipient',
  confirmationInResponseTo: '_covered_confirmation',
  confirmationNotOnOrAfter: at(301),
  audiences: [['https://covered.example/audience']],
  notBefore: at(-61),
  notOnOrAfter: at(302),
  authnInstant: at(-31),
  sessionNotOnOrAfter: at(3601),
  authnContext: 'urn:covered:context',
  attributes: { covered: ['covered'] },
};
const xmlns = 'xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"';
const toAssertion = (changes: Partial<SamlResponseFields>): string =>
  assertion(aSamlResponse(changes)).replace('<saml:Assertion ', `<saml:Assertion ${xmlns} `);
const ofAssertion = (bytes: string) => bytes.startsWith('<saml:Assertion');

const coverage: Readonly<Record<'assertion' | 'response' | 'both', () => string>> = {
  assertion: () => aSigned(),
  response: () => aSigned({}, { over: 'Response' }),
  both: () => signSaml(aSigned(), idpKey, { over: 'Response' }),
};
/** What the covered text says when it is read as an ordinary response. */
const covered = verifyCovering(aSigned(other), (bytes) => bytes);

describe('what is read of a SAML response', () => {
  it('is the signed bytes’ assertion when the assertion is signed', () => {
    const response = verifyCovering(coverage.assertion(), () => toAssertion(other));

    expect(response.assertion).toEqual(covered.assertion);
    expect(JSON.stringify([...response.assertion.attributes])).toBe('[["covered",["covered"]]]');
  });

  it('is all of the signed bytes when the response is signed', () => {
    expect(verifyCovering(coverage.response(), () => aSamlResponse(other))).toEqual(covered);
  });

  it('is each from its own signed bytes when both are signed', () => {
    const response = verifyCovering(coverage.both(), (bytes) =>
      ofAssertion(bytes) ? toAssertion({ ...other, nameId: 'inner' }) : aSamlResponse(other),
    );

    expect(response).toMatchObject({ destination: covered.destination, inResponseTo: '_covered' });
    expect(response.assertion).toEqual({
      ...covered.assertion,
      nameId: { value: 'inner', format: 'urn:covered' },
    });
  });
});

const status = (code: string) => ({ statusCode: `urn:oasis:names:tc:SAML:2.0:status:${code}` });
const foreign = (text: string) => text.replaceAll('urn:oasis:names:tc:SAML:2.0', 'urn:other');
const renamed = (text: string, from: string, to: string) => text.replaceAll(from, to);

describe('signed bytes that are not what the response claims', () => {
  it.each<[string, 'assertion' | 'response', string, Cover]>([
    ['an assertion of another ID', 'assertion', 'signature', () => toAssertion({ assertionId: '_other' })],
    ['an assertion of another namespace', 'assertion', 'signature', () => foreign(toAssertion({}))],
    [
      'an element of another name',
      'assertion',
      'signature',
      () => renamed(toAssertion({}), 'saml:Assertion', 'saml:Advice'),
    ],
    [
      'a whole response for an assertion',
      'assertion',
      'signature',
      () => aSamlResponse({ responseId: '_assertion', assertionId: '_inner' }),
    ],
    [
      'an assertion of another issuer of ours',
      'assertion',
      'unknown-issuer',
      () => toAssertion({ issuer: second.entityId }),
    ],
    ['an assertion without issuer', 'assertion', 'unknown-issuer', () => toAssertion({ issuer: undefined })],
    ['a response of another ID', 'response', 'signature', () => aSamlResponse({ responseId: '_other' })],
    ['a response of another namespace', 'response', 'signature', () => foreign(aSamlResponse())],
    [
      'a response around an assertion of another ID',
      'response',
      'signature',
      () => aSamlResponse({ assertionId: '_other' }),
    ],
    [
      'a response without an assertion',
      'response',
      'assertion-count',
      (bytes) => bytes.replace(assertion(bytes), ''),
    ],
    [
      'a response with a second assertion',
      'response',
      'assertion-count',
      (bytes) => bytes.replace('</samlp:Response>', `${toAssertion({ assertionId: '_x' })}</samlp:Response>`),
    ],
    [
      'a response with the assertion further down',
      'response',
      'assertion-count',
      (bytes) => bytes.replace(assertion(bytes), `<samlp:Extensions>${assertion(bytes)}</samlp:Extensions>`),
    ],
    ['a response that failed', 'response', 'status', () => aSamlResponse(status('Responder'))],
    [
      'a response without status',
      'response',
      'malformed-response',
      () => aSamlResponse().replace(/<samlp:Status>.*<\/samlp:Status>/, ''),
    ],
    [
      'a response of another issuer of ours',
      'response',
      'unknown-issuer',
      () => aSamlResponse({ responseIssuer: second.entityId, issuer: second.entityId }),
    ],
    [
      'a response whose issuer is not its assertion’s',
      'response',
      'unknown-issuer',
      () => aSamlResponse({ responseIssuer: second.entityId }),
    ],
  ])('are refused: %s', async (_what, signed, reason, cover) => {
    const xml = coverage[signed]();

    expect(await assertionRefusalOf(() => verifyCovering(xml, (bytes) => bytes))).toBeUndefined();
    expect(await assertionRefusalOf(() => verifyCovering(xml, cover))).toBe(reason);
  });

  it('are refused where both are signed and the response holds another assertion', async () => {
    const cover: Cover = (bytes) => (ofAssertion(bytes) ? bytes : aSamlResponse({ assertionId: '_other' }));

    expect(await assertionRefusalOf(() => verifyCovering(coverage.both(), cover))).toBe('signature');
  });

  it('are refused where both are signed and the assertion’s are of another', async () => {
    const cover: Cover = (bytes) => (ofAssertion(bytes) ? toAssertion({ assertionId: '_other' }) : bytes);

    expect(await assertionRefusalOf(() => verifyCovering(coverage.both(), cover))).toBe('signature');
  });
});

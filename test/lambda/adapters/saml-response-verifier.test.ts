import { describe, expect, it } from '@jest/globals';
import { createSamlResponseVerifier } from '../../../lambda/adapters/saml-response-verifier.ts';
import { AssertionRefusedError } from '../../../lambda/core/authentication-errors.ts';
import type { Issuer, SamlIssuer } from '../../../lambda/core/configuration.ts';
import { aCertificate, aSamlKey } from '../../support/saml-keys.ts';
import { assertionRefusalOf } from '../../support/saml-refusals.ts';
import { acsUrl, aSamlIssuer, aSamlResponse, at } from '../../support/saml-response.ts';
import {
  algorithms,
  digestWith,
  ecdsaWith,
  isAcceptedByPlainLibrary,
  rsaWith,
  signSaml,
} from '../../support/saml-signing.ts';
import { forgedSubjectOf, mallory } from '../../support/saml-wrapping.ts';
import { anOidcIssuer, nowMs } from '../../support/tokens.ts';
import { aSigned, foreignKey, idpKey } from './tables/saml-attack.ts';
import { samlAttackRows } from './tables/saml-attack-rows.ts';
import { wrappingRows } from './tables/saml-content-rows.ts';

const second = aSamlIssuer([foreignKey.certificate], {
  name: 'second',
  entityId: 'https://second.example/saml',
});

const verifierOf = (...issuers: readonly Issuer[]) =>
  createSamlResponseVerifier({
    issuers: new Map(issuers.map((issuer) => [issuer.name, issuer])),
    now: () => nowMs,
  });

const adfs = (changes: Partial<SamlIssuer> = {}) => aSamlIssuer([idpKey.certificate], changes);
const verifier = verifierOf(adfs(), second, anOidcIssuer());
const verify = (xml: string, ...issuers: readonly Issuer[]) =>
  (issuers.length === 0 ? verifier : verifierOf(...issuers)).verify(xml);

describe('a SAML response verifier', () => {
  it('gives the issuer and all that the signed assertion says', () => {
    const { issuer, response } = verify(aSigned({ inResponseTo: '_request', sessionNotOnOrAfter: at(3600) }));

    expect(issuer.name).toBe('adfs');
    expect(response).toEqual({
      destination: acsUrl,
      inResponseTo: '_request',
      assertion: {
        id: '_assertion',
        issueInstantMs: nowMs - 5000,
        nameId: {
          value: 'alice@example.com',
          format: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
        },
        subjectConfirmations: [
          {
            method: 'urn:oasis:names:tc:SAML:2.0:cm:bearer',
            recipient: acsUrl,
            inResponseTo: '_request',
            notOnOrAfterMs: nowMs + 300_000,
          },
        ],
        conditions: {
          notBeforeMs: nowMs - 60_000,
          notOnOrAfterMs: nowMs + 300_000,
          audienceRestrictions: [['https://broker.example/v1/saml/metadata']],
        },
        authnStatements: [
          {
            authnInstantMs: nowMs - 30_000,
            sessionNotOnOrAfterMs: nowMs + 3_600_000,
            contextClassRef: 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport',
          },
        ],
        attributes: new Map([
          ['groups', ['sre', 'oncall']],
          ['team', ['payments']],
        ]),
      },
    });
  });

  it.each([
    ['the assertion', () => aSigned()],
    ['the response', () => aSigned({}, { over: 'Response' })],
    ['both', () => signSaml(aSigned(), idpKey, { over: 'Response' })],
  ])('takes a response when %s is signed', (_, xml) => {
    expect(verify(xml()).response.assertion.nameId?.value).toBe('alice@example.com');
  });

  it.each([
    ['an XML declaration', () => `<?xml version="1.0" encoding="UTF-8"?>\n${aSigned()}\n`],
    ['no Issuer of the response', () => aSigned({ responseIssuer: undefined })],
    ['line feeds between elements', () => signSaml(aSamlResponse().replaceAll('><', '>\n  <'), idpKey)],
    [
      'carriage returns between elements',
      () => signSaml(aSamlResponse().replaceAll('><', '>\r\n  <'), idpKey),
    ],
    ['a default namespace', () => aSigned().replaceAll('samlp:', '').replace('xmlns:samlp', 'xmlns')],
    ['a SignatureValue in lines', () => aSigned().replace(/(<ds:SignatureValue>.{76})/, '$1\n')],
    ['no KeyInfo', () => aSigned().replace(/<ds:KeyInfo>.*<\/ds:KeyInfo>/, '')],
    ['further unsigned attributes of the response', () => aSigned().replace('ID=', 'Consent="urn:x" ID=')],
    ['OneTimeUse', () => aSigned({ conditions: '<saml:OneTimeUse/>' })],
    ['a date with another zone', () => aSigned({ notBefore: '2026-01-01T00:59:00+01:00' })],
  ])('takes a response with %s', (_, xml) => {
    expect(verify(xml()).response.assertion.nameId?.value).toBe('alice@example.com');
  });

  it('reads references to characters as the characters', () => {
    const { response } = verify(aSigned({ nameId: 'Zo&#xEB; &lt;z&amp;z&gt; &#128273;' }));

    expect(response.assertion.nameId?.value).toBe('Zoë <z&z> 🔑');
  });

  it('takes several attributes of one name for one list', () => {
    const twice = aSamlResponse().replace(
      /<saml:Attribute Name="team".*?<\/saml:Attribute>/,
      (one) => one + one,
    );

    expect(verify(signSaml(twice, idpKey)).response.assertion.attributes.get('team')).toEqual([
      'payments',
      'payments',
    ]);
  });
});

describe('algorithms and keys of a SAML response verifier', () => {
  it.each(['sha256', 'sha384', 'sha512'])('take RSA with %s', (hash) => {
    const xml = aSigned({}, { signatureAlgorithm: rsaWith(hash), digestAlgorithm: digestWith(hash) });

    expect(verify(xml).issuer.name).toBe('adfs');
  });

  it.each([
    ['P-256', 'sha256'],
    ['P-384', 'sha384'],
    ['P-256', 'sha512'],
  ] as const)('take ECDSA on %s with %s', (curve, hash) => {
    const key = aSamlKey(curve);
    const xml = signSaml(aSamlResponse(), key, { signatureAlgorithm: ecdsaWith(hash) });

    expect(verify(xml, aSamlIssuer([key.certificate])).issuer.name).toBe('adfs');
  });

  it('take either certificate while the identity provider rolls over', () => {
    const both = aSamlIssuer([foreignKey.certificate, idpKey.certificate]);

    expect(verify(aSigned(), both).issuer.name).toBe('adfs');
    expect(verify(signSaml(aSamlResponse(), foreignKey), both).issuer.name).toBe('adfs');
  });

  it.each([
    ['ECDSA by the name of RSA', aSamlKey('P-256'), rsaWith('sha256')],
    ['RSA by the name of ECDSA', idpKey, ecdsaWith('sha256')],
  ])('refuse %s', async (_, key, signatureAlgorithm) => {
    const xml = signSaml(aSamlResponse(), key, { signatureAlgorithm });

    expect(await assertionRefusalOf(() => verify(xml, aSamlIssuer([key.certificate])))).toBe('signature');
  });

  it.each([
    ['has expired', { to: -1 }],
    ['is not valid yet', { from: 1 }],
  ])('refuse the only certificate when it %s', async (_, days) => {
    const issuer = aSamlIssuer([aCertificate(idpKey, days)]);

    expect(await assertionRefusalOf(() => verify(aSigned(), issuer))).toBe('certificate');
  });

  it('pass over an expired certificate when another one is valid', async () => {
    const issuer = aSamlIssuer([aCertificate(idpKey, { to: -1 }), foreignKey.certificate]);

    expect(await assertionRefusalOf(() => verify(aSigned(), issuer))).toBe('signature');
    expect(verify(signSaml(aSamlResponse(), foreignKey), issuer).issuer.name).toBe('adfs');
  });

  it('refuse to start when two issuers have one entity id', () => {
    expect(() => verifierOf(adfs(), adfs({ name: 'again' }))).toThrow(TypeError);
  });
});

describe('attacks on a SAML response verifier', () => {
  it.each(samlAttackRows)('are refused: $name', async ({ xml, reason }) => {
    expect(await assertionRefusalOf(() => verify(xml()))).toBe(reason);
  });

  it.each(wrappingRows)('that the library by itself falls for: $name', ({ xml }) => {
    const wrapped = xml();

    expect(isAcceptedByPlainLibrary(wrapped, idpKey)).toBe(true);
    expect(forgedSubjectOf(wrapped)).toBe(mallory);
  });

  it.each([
    ['SHA-1', () => aSigned({}, { signatureAlgorithm: algorithms.rsaSha1 })],
    ['a comment in the NameID', () => aSigned().replace('alice@', 'alice@<!-- x -->')],
    [
      'an attribute that the canonical form leaves out',
      () => aSigned().replace('ID="_a', 'xmlnsx="1" ID="_a'),
    ],
    ['inclusive canonicalization', () => aSigned({}, { canonicalization: algorithms.inclusive })],
    ['an ID twice', () => aSigned().replace('<samlp:Status>', '<samlp:Status iD="_assertion">')],
    ['an end tag too many', () => aSigned().replace('<saml:Subject>', '</saml:Nobody><saml:Subject>')],
  ])('that the library by itself falls for: %s', (_, xml) => {
    expect(isAcceptedByPlainLibrary(xml(), idpKey)).toBe(true);
  });

  it('show nothing of the response in the error', () => {
    const refused = () => verify(aSigned().replaceAll('alice@example.com', 'mallory-4711'));

    expect(refused).toThrow(AssertionRefusedError);
    try {
      refused();
    } catch (error) {
      expect(
        JSON.stringify(Object.getOwnPropertyNames(error).map((name) => Reflect.get(Object(error), name))),
      ).not.toContain('4711');
    }
  });

  it('of random edits never change what is read', async () => {
    const xml = aSigned();
    const good = JSON.stringify(verify(xml).response.assertion);
    const spots = Array.from({ length: 40 }, (_, index) => Math.floor((index / 40) * xml.length));
    const edits = [
      ...spots.map((spot) => xml.slice(0, spot) + xml.slice(spot + 1)),
      ...spots.map((spot) => `${xml.slice(0, spot)}x${xml.slice(spot)}`),
    ];

    for (const edited of edits) {
      const seen: string[] = [];
      await assertionRefusalOf(() => seen.push(JSON.stringify(verify(edited).response.assertion)));
      expect([[], [good]]).toContainEqual(seen);
    }
  });
});

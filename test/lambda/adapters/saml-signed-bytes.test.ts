import { describe, expect, it } from '@jest/globals';
import { DOMParser } from '@xmldom/xmldom';
import { signatureAlgorithms } from '../../../lambda/adapters/saml-algorithms.ts';
import { requireSignedBytes } from '../../../lambda/adapters/saml-signed-bytes.ts';
import { toRefuseAssertion } from '../../../lambda/core/refuse-assertion.ts';
import { assertionRefusalOf } from '../../support/saml-refusals.ts';
import { resignSaml, rsaWith } from '../../support/saml-signing.ts';
import { aSigned, editedAfter, foreignKey, idpKey, reference } from './tables/saml-attack.ts';

/** As it would be if nobody had looked at the signature's form before. */
function signedBytesOf(text: string, ...keys: readonly (typeof idpKey)[]): string {
  const element = new DOMParser().parseFromString(text, 'text/xml').getElementsByTagName('ds:Signature')[0];
  const algorithm = signatureAlgorithms.get(rsaWith('sha256'));
  if (element === undefined || algorithm === undefined) throw new TypeError('no signature');
  const publicKeys = keys.map(({ publicKey }) => publicKey);
  return requireSignedBytes({ element, algorithm }, { text, keys: publicKeys, refuse: toRefuseAssertion() });
}

const refusal = (...parameters: Parameters<typeof signedBytesOf>) =>
  assertionRefusalOf(() => signedBytesOf(...parameters));

describe('requireSignedBytes', () => {
  it('gives the assertion as it was signed: without the signature, and with its namespaces', () => {
    const bytes = signedBytesOf(aSigned(), foreignKey, idpKey);

    expect(bytes).toContain(
      '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_assertion"',
    );
    expect(bytes).toContain('>alice@example.com</saml:NameID>');
    expect(bytes).toMatch(/<\/saml:Assertion>$/);
    expect(bytes).not.toContain('ds:');
  });

  it('gives nothing when one signature covers two texts, though each is right', async () => {
    const status = (xml: string) => xml.replace('<samlp:Status>', '<samlp:Status ID="_status">');
    const twice = (xml: string) => xml.replace('</ds:SignedInfo>', `${reference(xml)}</ds:SignedInfo>`);
    const one = resignSaml(editedAfter(status), idpKey);
    const two = resignSaml(
      editedAfter((xml) => twice(status(xml))),
      idpKey,
    );

    expect(await refusal(one, idpKey)).toBeUndefined();
    expect(await refusal(two, idpKey)).toBe('signature');
  });

  it('gives nothing without a key, or by a key of somebody else', async () => {
    expect(await refusal(aSigned())).toBe('signature');
    expect(await refusal(aSigned(), foreignKey)).toBe('signature');
  });
});

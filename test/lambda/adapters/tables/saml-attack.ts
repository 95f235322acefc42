import type { AssertionRefusal } from '../../../../lambda/core/authentication-errors.ts';
import { aSamlKey, type SamlKey } from '../../../support/saml-keys.ts';
import { aSamlResponse, type SamlResponseFields } from '../../../support/saml-response.ts';
import { algorithms, resignSaml, type SigningOptions, signSaml } from '../../../support/saml-signing.ts';

/** The identity provider's, and somebody else's. */
export const idpKey: SamlKey = aSamlKey();
export const foreignKey: SamlKey = aSamlKey();

/** One hostile document, and the reason that must be in the log. */
export interface SamlAttackRow {
  readonly name: string;
  readonly xml: () => string;
  readonly reason: AssertionRefusal;
}

export const aSigned = (changes: Partial<SamlResponseFields> = {}, options: SigningOptions = {}) =>
  signSaml(aSamlResponse(changes), idpKey, options);

/** Edits the unsigned text, then signs it: what the identity provider itself was made to write. */
export const signedAfter = (edit: (xml: string) => string, options: SigningOptions = {}) =>
  signSaml(replaced(aSamlResponse(), edit), idpKey, options);

/** Edits the signed text: what somebody on the way wrote. */
export const editedAfter = (edit: (xml: string) => string, options: SigningOptions = {}) =>
  replaced(aSigned({}, options), edit);

/** Edits the SignedInfo and signs that: the form alone is wrong. */
export const resignedAfter = (edit: (xml: string) => string) => resignSaml(editedAfter(edit), idpKey);

/** An edit that changes nothing would prove nothing. */
function replaced(xml: string, edit: (xml: string) => string): string {
  const edited = edit(xml);
  if (edited === xml) throw new TypeError('the edit found nothing to change');
  return edited;
}

export const row = (name: string, reason: AssertionRefusal, xml: () => string): SamlAttackRow => ({
  name,
  xml,
  reason,
});

export const signature = (xml: string) => /<ds:Signature .*?<\/ds:Signature>/s.exec(xml)?.[0] ?? '';
export const signedInfo = (xml: string) => /<ds:SignedInfo>.*?<\/ds:SignedInfo>/s.exec(xml)?.[0] ?? '';
export const reference = (xml: string) => /<ds:Reference .*?<\/ds:Reference>/s.exec(xml)?.[0] ?? '';
export const assertion = (xml: string) => /<saml:Assertion .*<\/saml:Assertion>/s.exec(xml)?.[0] ?? '';
export const envelopedTransform = `<ds:Transform Algorithm="${algorithms.enveloped}"/>`;
export const exclusiveTransform = `<ds:Transform Algorithm="${algorithms.exclusive}"/>`;

import type { SamlAssertion, SamlResponse } from '../../lambda/core/saml-assertion.ts';
import { acsUrl, brokerUrl } from './saml-response.ts';
import { nowMs } from './tokens.ts';

/** A verified assertion that is good for this broker at the frozen time. */
export const aSamlAssertion = (changes: Partial<SamlAssertion> = {}): SamlAssertion => ({
  id: '_assertion',
  issueInstantMs: nowMs - 5000,
  nameId: { value: 'alice@example.com' },
  subjectConfirmations: [aConfirmation()],
  conditions: {
    notBeforeMs: nowMs - 60_000,
    notOnOrAfterMs: nowMs + 300_000,
    audienceRestrictions: [[`${brokerUrl}/v1/saml/metadata`]],
  },
  authnStatements: [{ authnInstantMs: nowMs - 30_000, contextClassRef: 'urn:password' }],
  attributes: new Map(),
  ...changes,
});

export const aConfirmation = (changes: Partial<SamlAssertion['subjectConfirmations'][number]> = {}) => ({
  method: 'urn:oasis:names:tc:SAML:2.0:cm:bearer',
  recipient: acsUrl,
  notOnOrAfterMs: nowMs + 300_000,
  ...changes,
});

/** A response around it that answers no request. */
export const aVerifiedResponse = (
  assertion: Partial<SamlAssertion> = {},
  changes: Partial<SamlResponse> = {},
): SamlResponse => ({
  destination: acsUrl,
  assertion: aSamlAssertion(assertion),
  ...changes,
});

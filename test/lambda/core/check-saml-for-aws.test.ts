import { describe, expect, it } from '@jest/globals';
import { toAwsSignIn } from '../../../lambda/core/aws-sign-in.ts';
import { checkSamlForAws } from '../../../lambda/core/check-saml-for-aws.ts';
import type { SamlAssertion, SamlResponse } from '../../../lambda/core/saml-assertion.ts';
import { aConfirmation, aSamlAssertion } from '../../support/a-saml-assertion.ts';
import { assertionRefusalOf } from '../../support/saml-refusals.ts';
import { acsUrl, aSamlIssuer, brokerUrl } from '../../support/saml-response.ts';
import { nowMs } from '../../support/tokens.ts';

const global = 'https://signin.aws.amazon.com/saml';
const regional = 'https://eu-west-1.signin.aws.amazon.com/saml';
const urn = 'urn:amazon:webservices';
const signIn = toAwsSignIn({ partition: 'aws', region: 'eu-west-1' });

const aConfirmationForAws = (changes: Parameters<typeof aConfirmation>[0] = {}) =>
  aConfirmation({ recipient: global, ...changes });

const refusal = (assertion: Partial<SamlAssertion> = {}, changes: Partial<SamlResponse> = {}) => {
  const forAws = aSamlAssertion({
    subjectConfirmations: [aConfirmationForAws()],
    conditions: { audienceRestrictions: [[urn]] },
    ...assertion,
  });
  const response = { destination: global, assertion: forAws, ...changes };
  return assertionRefusalOf(() => checkSamlForAws(response, aSamlIssuer([]), { signIn, nowMs }));
};

const ofConfirmations = (...changes: readonly Parameters<typeof aConfirmation>[0][]) =>
  refusal({ subjectConfirmations: changes.map((one) => aConfirmationForAws(one)) });
const ofAudiences = (...audienceRestrictions: readonly (readonly string[])[]) =>
  refusal({ conditions: { audienceRestrictions } });

describe("an assertion is for AWS's sign-in", () => {
  it('whether or not it answers a request, of anybody', async () => {
    expect(await refusal()).toBeUndefined();
    expect(await refusal({}, { inResponseTo: '_somebody' })).toBeUndefined();
  });

  it.each([[global], [regional]])('when the recipient is %s', async (recipient) => {
    expect(await ofConfirmations({ recipient })).toBeUndefined();
    expect(await refusal({}, { destination: recipient })).toBeUndefined();
  });

  it.each([
    [acsUrl],
    ['https://us-east-1.signin.aws.amazon.com/saml'],
    ['https://signin.amazonaws.cn/saml'],
    ['https://signin.aws.amazon.com/saml/'],
    ['https://signin.aws.amazon.com/SAML'],
    ['http://signin.aws.amazon.com/saml'],
    ['https://signin.aws.amazon.com.evil.example/saml'],
    [urn],
    [''],
  ])('never when the recipient or the destination is %s', async (address) => {
    expect(await ofConfirmations({ recipient: address })).toBe('recipient');
    expect(await refusal({}, { destination: address })).toBe('destination');
  });

  it('never without a bearer confirmation, or with one for somebody else beside', async () => {
    expect(await ofConfirmations()).toBe('recipient');
    expect(await ofConfirmations({ method: 'urn:oasis:names:tc:SAML:2.0:cm:holder-of-key' })).toBe(
      'recipient',
    );
    expect(await ofConfirmations({}, { recipient: acsUrl })).toBe('recipient');
  });

  it.each([[[[global]]], [[[regional]]], [[[urn]]], [[[urn, global]]], [[[urn], [global]]]])(
    'when the audiences are %j',
    async (audiences) => {
      expect(await ofAudiences(...audiences)).toBeUndefined();
    },
  );

  it.each([
    [[]],
    [[[]]],
    [[[`${brokerUrl}/v1/saml/metadata`]]],
    // One for several is one for Daypass too.
    [[[urn, `${brokerUrl}/v1/saml/metadata`]]],
    [[[urn], [`${brokerUrl}/v1/saml/metadata`]]],
    [[['urn:amazon:webservices:govcloud']]],
    [[['https://us-east-1.signin.aws.amazon.com/saml']]],
    [[[`${urn} `]]],
  ])('never when the audiences are %j', async (audiences) => {
    expect(await ofAudiences(...audiences)).toBe('audience');
  });

  it('never without conditions', async () => {
    const { conditions: _, ...assertion } = aSamlAssertion({ subjectConfirmations: [aConfirmationForAws()] });

    expect(
      await assertionRefusalOf(() => checkSamlForAws({ assertion }, aSamlIssuer([]), { signIn, nowMs })),
    ).toBe('audience');
  });
});

describe('an assertion for AWS is taken', () => {
  it.each([
    [-299_999, undefined],
    [-300_000, 'expired'],
    [5000, undefined],
    [5001, 'not-yet-valid'],
  ])('%i ms after its IssueInstant: %s', async (sinceMs, reason) => {
    expect(await refusal({ issueInstantMs: nowMs + sinceMs })).toBe(reason);
  });

  it.each([
    ['NotOnOrAfter of the confirmation is now', { notOnOrAfterMs: nowMs }, 'expired'],
    ['NotOnOrAfter of the confirmation is to come', { notOnOrAfterMs: nowMs + 1 }, undefined],
    ['the confirmation has NotBefore', { notBeforeMs: nowMs - 1 }, 'not-yet-valid'],
  ])('or not when %s', async (_, changes, reason) => {
    expect(await ofConfirmations(changes)).toBe(reason);
  });

  it('never when one of its confirmations says no end', async () => {
    const { notOnOrAfterMs: _, ...endless } = aConfirmationForAws();

    expect(await refusal({ subjectConfirmations: [aConfirmationForAws(), endless] })).toBe('expired');
  });

  it.each([
    [{ notOnOrAfterMs: nowMs }, 'expired'],
    [{ notOnOrAfterMs: nowMs + 1 }, undefined],
    [{ notBeforeMs: nowMs + 5000 }, undefined],
    [{ notBeforeMs: nowMs + 5001 }, 'not-yet-valid'],
  ])('or not when the conditions are %j', async (changes, reason) => {
    expect(await refusal({ conditions: { audienceRestrictions: [[urn]], ...changes } })).toBe(reason);
  });

  it('never without a sign-in, or when its session is over', async () => {
    expect(await refusal({ authnStatements: [] })).toBe('malformed-response');
    expect(
      await refusal({ authnStatements: [{ authnInstantMs: nowMs, sessionNotOnOrAfterMs: nowMs }] }),
    ).toBe('expired');
  });
});

describe("AWS's sign-in", () => {
  it.each([
    ['aws', 'us-east-1', 'https://us-east-1.signin.aws.amazon.com/saml', 'urn:amazon:webservices'],
    [
      'aws-cn',
      'cn-north-1',
      'https://cn-north-1.signin.amazonaws.cn/saml',
      'urn:amazon:webservices:cn-north-1',
    ],
    [
      'aws-us-gov',
      'us-gov-west-1',
      'https://us-gov-west-1.signin.amazonaws-us-gov.com/saml',
      'urn:amazon:webservices:govcloud',
    ],
  ])('of %s has its own addresses', (partition, region, endpoint, audience) => {
    const { endpoints, audiences } = toAwsSignIn({ partition, region });

    expect(endpoints).toContain(endpoint);
    expect(audiences).toEqual(expect.arrayContaining([...endpoints, audience]));
  });

  it('of a partition that nobody knows is an error', () => {
    expect(() => toAwsSignIn({ partition: 'toString', region: 'x' })).toThrow(/aws, aws-cn, aws-us-gov/);
  });
});

import { describe, expect, it } from '@jest/globals';
import { checkSamlResponse } from '../../../lambda/core/check-saml-response.ts';
import type { SamlIssuer } from '../../../lambda/core/configuration.ts';
import type { SamlAssertion, SamlConditions, SamlResponse } from '../../../lambda/core/saml-assertion.ts';
import { aConfirmation, aVerifiedResponse } from '../../support/a-saml-assertion.ts';
import { assertionRefusalOf } from '../../support/saml-refusals.ts';
import { acsUrl, aSamlIssuer, brokerUrl } from '../../support/saml-response.ts';
import { nowMs } from '../../support/tokens.ts';

const refusal = (
  response: SamlResponse,
  { issuer = {}, requestId }: { readonly issuer?: Partial<SamlIssuer>; readonly requestId?: string } = {},
) =>
  assertionRefusalOf(() =>
    checkSamlResponse(response, aSamlIssuer([], issuer), { url: brokerUrl, requestId, nowMs }),
  );

const ofAssertion = (changes: Partial<SamlAssertion>) => refusal(aVerifiedResponse(changes));
const ofConfirmation = (changes: Parameters<typeof aConfirmation>[0]) =>
  ofAssertion({ subjectConfirmations: [aConfirmation(changes)] });

const entityId = `${brokerUrl}/v1/saml/metadata`;
const ofConditions = (changes: Partial<SamlConditions>) =>
  ofAssertion({ conditions: { audienceRestrictions: [[entityId]], ...changes } });

describe('a response is addressed to this broker', () => {
  it('when destination, recipient and audience are its own', async () => {
    expect(await refusal(aVerifiedResponse())).toBeUndefined();
  });

  it('when it names no destination', async () => {
    const { destination: _, ...response } = aVerifiedResponse();

    expect(await refusal(response)).toBeUndefined();
  });

  it.each([
    'https://other.example/v1/saml/acs',
    `${acsUrl}/`,
    `${acsUrl}?x`,
    acsUrl.toUpperCase(),
    acsUrl.slice(0, -1),
    '',
  ])('never when the destination or the recipient is %j', async (address) => {
    expect(await refusal(aVerifiedResponse({}, { destination: address }))).toBe('destination');
    expect(await ofConfirmation({ recipient: address })).toBe('recipient');
  });

  it('never when no bearer confirmation names a recipient', async () => {
    const { recipient: _, ...confirmation } = aConfirmation();

    expect(await ofAssertion({ subjectConfirmations: [confirmation] })).toBe('recipient');
    expect(await ofAssertion({ subjectConfirmations: [] })).toBe('recipient');
    expect(await ofConfirmation({ method: 'urn:oasis:names:tc:SAML:2.0:cm:sender-vouches' })).toBe(
      'recipient',
    );
  });

  it('when one of several bearer confirmations is for it', async () => {
    const elsewhere = aConfirmation({ recipient: 'https://other.example/acs' });

    expect(await ofAssertion({ subjectConfirmations: [elsewhere, aConfirmation()] })).toBeUndefined();
  });

  it('never when two confirmations hold one half each', async () => {
    const elsewhere = aConfirmation({ recipient: 'https://other.example/acs' });
    const expired = aConfirmation({ notOnOrAfterMs: nowMs });

    expect(await ofAssertion({ subjectConfirmations: [elsewhere, expired] })).toBe('recipient');
  });

  it.each<[string, readonly (readonly string[])[]]>([
    ['there is no restriction', []],
    ['a restriction is empty', [[]]],
    ['it is for somebody else', [['https://other.example']]],
    ['it is for the URL of the broker', [[brokerUrl]]],
    ['a second restriction is for somebody else', [[entityId], ['https://other.example']]],
    ['the audience has a slash more', [[`${entityId}/`]]],
  ])('never when of the audience %s', async (_, audienceRestrictions) => {
    expect(await ofConditions({ audienceRestrictions })).toBe('audience');
  });

  it('when one audience of each restriction is its own', async () => {
    const audienceRestrictions = [['https://other.example', entityId], [entityId]];

    expect(await ofConditions({ audienceRestrictions })).toBeUndefined();
  });

  it('never without conditions', async () => {
    const { assertion, ...response } = aVerifiedResponse();
    const { conditions: _, ...rest } = assertion;

    expect(await refusal({ ...response, assertion: rest })).toBe('audience');
  });
});

describe('a response is of now', () => {
  it.each<[string, () => Promise<string | undefined>]>([
    ['issued 1 ms less than 600 s ago', () => ofAssertion({ issueInstantMs: nowMs - 599_999 })],
    ['issued in 5 s', () => ofAssertion({ issueInstantMs: nowMs + 5000 })],
    ['conditions from 5 s on', () => ofConditions({ notBeforeMs: nowMs + 5000 })],
    ['conditions until 1 ms on', () => ofConditions({ notOnOrAfterMs: nowMs + 1 })],
    ['conditions without times', () => ofConditions({})],
    ['a confirmation until 1 ms on', () => ofConfirmation({ notOnOrAfterMs: nowMs + 1 })],
    ['a session until 1 ms on', () => ofAssertion({ authnStatements: [aSession(1)] })],
  ])('with %s', async (_, answer) => {
    expect(await answer()).toBeUndefined();
  });

  it.each<[string, string, () => Promise<string | undefined>]>([
    ['issued 600 s ago', 'expired', () => ofAssertion({ issueInstantMs: nowMs - 600_000 })],
    ['issued in 6 s', 'not-yet-valid', () => ofAssertion({ issueInstantMs: nowMs + 6000 })],
    ['conditions from 6 s on', 'not-yet-valid', () => ofConditions({ notBeforeMs: nowMs + 6000 })],
    ['conditions until now', 'expired', () => ofConditions({ notOnOrAfterMs: nowMs })],
    ['a confirmation until now', 'expired', () => ofConfirmation({ notOnOrAfterMs: nowMs })],
    ['a confirmation with NotBefore', 'not-yet-valid', () => ofConfirmation({ notBeforeMs: nowMs - 60_000 })],
    ['a session until now', 'expired', () => ofAssertion({ authnStatements: [aSession(0)] })],
    [
      'one of two sessions over',
      'expired',
      () => ofAssertion({ authnStatements: [aSession(1), aSession(0)] }),
    ],
    ['no sign-in', 'malformed-response', () => ofAssertion({ authnStatements: [] })],
  ])('never with %s: %s', async (_, reason, answer) => {
    expect(await answer()).toBe(reason);
  });

  it('never with a confirmation that ends at no time', async () => {
    const { notOnOrAfterMs: _, ...confirmation } = aConfirmation();

    expect(await ofAssertion({ subjectConfirmations: [confirmation] })).toBe('expired');
  });
});

const aSession = (endsInMs: number) => ({ authnInstantMs: nowMs, sessionNotOnOrAfterMs: nowMs + endsInMs });

const withoutRequest = ({ inResponseTo: _, ...response }: SamlResponse): SamlResponse => response;

describe('a response is of this browser', () => {
  const answering = (inResponseTo?: string, ofResponse = inResponseTo) =>
    aVerifiedResponse(
      { subjectConfirmations: [aConfirmation(inResponseTo === undefined ? {} : { inResponseTo })] },
      ofResponse === undefined ? {} : { inResponseTo: ofResponse },
    );
  const asked = { issuer: { idpInitiated: false } };

  it('when it answers the request that the browser came with', async () => {
    expect(await refusal(answering('_a.adfs'), { ...asked, requestId: '_a.adfs' })).toBeUndefined();
  });

  it('when it answers no request and the identity provider may begin', async () => {
    expect(await refusal(answering())).toBeUndefined();
    expect(await refusal(answering(), { requestId: '_a.adfs' })).toBeUndefined();
  });

  it.each<[string, SamlResponse, { readonly requestId?: string }]>([
    ['it answers a request and the browser has none', answering('_a.adfs'), {}],
    ['it answers another request', answering('_a.adfs'), { requestId: '_b.adfs' }],
    ['it answers a request to another identity provider', answering('_a.other'), { requestId: '_a.other' }],
    ['it answers a request whose issuer is not said', answering('_a'), { requestId: '_a' }],
    [
      'it answers a request to one whose name ends alike',
      answering('_a.my-adfs'),
      { requestId: '_a.my-adfs' },
    ],
    ['it answers an empty request and the browser has none', answering(''), {}],
    [
      'only the response, which may be unsigned, names the request',
      answering(undefined, '_a.adfs'),
      { requestId: '_a.adfs' },
    ],
    [
      'only the confirmation names the request',
      withoutRequest(answering('_a.adfs')),
      { requestId: '_a.adfs' },
    ],
    [
      'response and confirmation name two requests',
      answering('_a.adfs', '_b.adfs'),
      { requestId: '_b.adfs' },
    ],
  ])('never when %s', async (_, response, options) => {
    expect(await refusal(response, options)).toBe('in-response-to');
  });

  it('never when it answers no request and the identity provider may not begin', async () => {
    expect(await refusal(answering(), asked)).toBe('in-response-to');
    expect(await refusal(answering(), { ...asked, requestId: '_a.adfs' })).toBe('in-response-to');
  });
});

import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../../../lambda/adapters/json-logger.ts';
import { createGetContainerCredentials } from '../../../lambda/endpoints/get-container-credentials.ts';
import { createHandler } from '../../../lambda/http/create-handler.ts';
import { containerCredentialsAnswer } from '../../../lambda/http/credential-schemas.ts';
import { aPrincipal } from '../../support/a-principal.ts';
import { aContext, anEvent, anIamEvent, authorizedAs, type EventParts, own } from '../../support/an-event.ts';
import { secrets } from '../../support/an-issuance.ts';
import { anIamIssuer } from '../../support/issuers.ts';
import { anIssuing } from '../../support/issuing.ts';
import { nowMs, nowSeconds } from '../../support/tokens.ts';

/** The endpoint behind the real handler, with the real use case. */
async function ask(event: ReturnType<typeof anEvent>, issuing = anIssuing()) {
  const handler = createHandler({
    handledBy: 'issuer',
    own,
    endpoints: { getContainerCredentials: createGetContainerCredentials(issuing.issueCredentials) },
    iamIssuer: anIamIssuer(),
    logger: createLogger({ write: () => {}, now: () => nowMs }),
    now: () => nowMs,
  });
  const { statusCode, headers, body } = await handler(event, aContext);
  return { statusCode, headers, body: JSON.parse(body), steps: issuing.steps() };
}

const of = (profile: string, parts: EventParts = {}) =>
  anEvent('getContainerCredentials', { pathParameters: { profile }, ...parts });

const anIntegration = () =>
  authorizedAs(
    aPrincipal({ issuer: 'acme', subject: 'acme', expiresAt: nowSeconds + 60, proofId: 'p'.repeat(43) }),
  );

describe('GET container-credentials', () => {
  it('issues in the shape of the SDKs, which nobody may keep', async () => {
    const { statusCode, headers, body, steps } = await ask(of('prod-readonly'));

    expect(statusCode).toBe(200);
    expect(body).toEqual({
      AccessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      SecretAccessKey: secrets.secretAccessKey,
      Token: secrets.sessionToken,
      Expiration: '2026-01-01T00:15:00Z',
    });
    expect(containerCredentialsAnswer.parse(body)).toEqual(body);
    expect(headers).toMatchObject({
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
      'Daypass-Issuance-Id': '01KDVDPJ000000000000000000',
    });
    expect(steps).toEqual(['intent', 'request', 'outcome']);
  });

  it('is a new issuance each time that an SDK asks', async () => {
    const issuing = anIssuing();

    const ids = [await ask(of('prod-readonly'), issuing), await ask(of('prod-readonly'), issuing)].map(
      ({ headers }) => headers?.['Daypass-Issuance-Id'],
    );

    expect(new Set(ids).size).toBe(2);
    expect(issuing.steps()).toEqual(['intent', 'request', 'outcome', 'intent', 'request', 'outcome']);
  });

  it('issues to a signed request as well', async () => {
    const event = anIamEvent('getContainerCredentials', { pathParameters: { profile: 'shared' } });

    expect(await ask(event)).toMatchObject({ statusCode: 200, body: { Token: secrets.sessionToken } });
  });

  it.each([
    ['a profile that it may have', 'shared'],
    ['a profile that it may not have', 'forbidden'],
    ['a profile that there is not', 'no-such-profile'],
    ['what is no name of a profile', '*'],
  ])('refuses a proof of one use for %s before anything, and says why', async (_what, profile) => {
    const { statusCode, body, steps } = await ask(of(profile, { authorizer: anIntegration() }));

    expect(statusCode).toBe(400);
    expect(body).toMatchObject({
      Code: 'single-use-proof',
      Message: expect.stringContaining('POST /v1/profiles/{profile}/credentials'),
    });
    // Neither consumed, nor denied, nor issued: the proof is whole.
    expect(steps).toEqual([]);
  });

  it.each([
    ['a profile that the caller may not have', of('forbidden'), 403, 'access-denied'],
    ['a profile that there is not', of('no-such-profile'), 403, 'access-denied'],
    ['a profile that wants a reason', of('reasoned'), 400, 'reason-required'],
    ['what is no name of a profile', of('a/b'), 400, 'invalid-request'],
    [
      'an expired token',
      of('prod-readonly', { authorizer: authorizedAs(aPrincipal({ expiresAt: nowSeconds })) }),
      401,
      'unauthenticated',
    ],
  ])('says in the words of the SDKs what is wrong with %s', async (_what, event, status, code) => {
    const { statusCode, headers, body } = await ask(event);

    expect(statusCode).toBe(status);
    expect(body).toMatchObject({ Code: code, code, Message: body.detail });
    expect(body.Message).toMatch(/./);
    expect(headers).toMatchObject({
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
    });
    expect(JSON.stringify(body)).not.toContain('Canary');
  });
});

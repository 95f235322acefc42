import { describe, expect, it } from '@jest/globals';
import { ProofExpiredError } from '../../../lambda/core/errors.ts';
import {
  firewallThrottle,
  type GatewayResponse,
  gatewayResponses,
  toGatewayResponseBody,
} from '../../../lambda/http/gateway-responses.ts';

const responses: readonly GatewayResponse[] = gatewayResponses;
const byType = new Map(responses.map((response) => [response.type, response]));

describe('gateway responses', () => {
  it.each([
    ['UNAUTHORIZED', 401, 'unauthenticated'],
    ['ACCESS_DENIED', 403, 'refused-by-gateway'],
    ['INVALID_SIGNATURE', 403, 'invalid-signature'],
    ['EXPIRED_TOKEN', 403, 'expired-credentials'],
    ['MISSING_AUTHENTICATION_TOKEN', 403, 'unknown-route'],
    ['AUTHORIZER_FAILURE', 503, 'authorizer-unavailable'],
    ['AUTHORIZER_CONFIGURATION_ERROR', 503, 'authorizer-unavailable'],
    ['THROTTLED', 429, 'throttled'],
    ['WAF_FILTERED', 403, 'refused-by-firewall'],
    ['REQUEST_TOO_LARGE', 413, 'request-too-large'],
    ['INTEGRATION_FAILURE', 502, 'function-failed'],
    ['INTEGRATION_TIMEOUT', 504, 'function-timed-out'],
    ['DEFAULT_4XX', undefined, 'refused-by-gateway'],
    ['DEFAULT_5XX', undefined, 'gateway-failed'],
  ])('%s is %s %s', (type, status, code) => {
    expect(byType.get(type)).toMatchObject({ code });
    expect(byType.get(type)?.status).toBe(status);
  });

  it('have one row a type', () => {
    expect(byType.size).toBe(responses.length);
    expect(responses.length).toBe(14);
  });

  it.each(['INVALID_SIGNATURE', 'MISSING_AUTHENTICATION_TOKEN'])(
    'of %s say for which service to sign: with any other name every signature is refused',
    (type) => {
      expect(byType.get(type)?.detail).toMatch(
        /Signature Version 4, for the service execute-api in the broker's region/,
      );
    },
  );

  it('tell no program that a refusal by the gateway is a missing proof: getting another token would not help', () => {
    const refusals = responses
      .filter(({ status }) => status === 403)
      .map(({ code, headers }) => ({ code, headers }));

    expect(refusals).toEqual(
      [
        'refused-by-gateway',
        'invalid-signature',
        'expired-credentials',
        'unknown-route',
        'refused-by-firewall',
      ].map((code) => ({ code })),
    );
  });

  it('have a like for the answer that the firewall gives by itself, without an id and within its 4 KB', () => {
    const body = toGatewayResponseBody(firewallThrottle);

    expect(JSON.parse(body)).toMatchObject({ status: 429, code: 'throttled-by-firewall' });
    expect(JSON.parse(body)).not.toHaveProperty('instance');
    expect(Buffer.byteLength(body)).toBeLessThan(4096);
  });

  it('hold nothing that API Gateway would fill in', () => {
    expect(responses.filter(({ title, detail }) => /[$\n]/.test(title + detail))).toEqual([]);
  });

  it('challenge whoever has no valid token', () => {
    expect(byType.get('UNAUTHORIZED')?.headers).toEqual({ 'WWW-Authenticate': 'Bearer realm="daypass"' });
  });

  it.each(['AUTHORIZER_FAILURE', 'THROTTLED'])('of %s say when to try again', (type) => {
    expect(byType.get(type)?.headers?.['Retry-After']).toMatch(/^\d+$/);
  });

  it('use the code of an expired proof for a missing one: to a program they are one', () => {
    expect(byType.get('UNAUTHORIZED')?.code).toBe(new ProofExpiredError('expired').code);
  });

  it.each(responses)('$type is a problem document like the rest', (response) => {
    const body = JSON.parse(toGatewayResponseBody(response, 'request-id'));

    expect(body).toEqual({
      type: 'about:blank',
      title: response.title,
      ...(response.status === undefined ? {} : { status: response.status }),
      detail: response.detail,
      code: response.code,
      instance: 'request-id',
      Code: response.code,
      Message: response.detail,
    });
  });
});

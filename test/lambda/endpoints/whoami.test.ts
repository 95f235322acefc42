import { describe, expect, it } from '@jest/globals';
import { createWhoami } from '../../../lambda/endpoints/whoami.ts';
import { whoamiAnswer } from '../../../lambda/http/credential-schemas.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { nowSeconds } from '../../support/tokens.ts';

const whoami = (principal = aPrincipal()) =>
  createWhoami()({ principal, origin: anOrigin(), pathParameters: {}, query: {}, body: {} });

describe('GET whoami', () => {
  it('shows the principal as policy sees it, and the address', async () => {
    const claims = { groups: ['sre'], team: 'payments' };

    const { status, body } = await whoami(aPrincipal({ claims, authTime: nowSeconds - 60 }));

    expect(status).toBe(200);
    expect(body).toEqual({
      issuer: 'okta',
      subject: 'alice@example.com',
      claims,
      mfa: true,
      authTime: '2025-12-31T23:59:00.000Z',
      expiresAt: '2026-01-01T01:00:00.000Z',
      sourceIp: '203.0.113.7',
    });
    expect(whoamiAnswer.parse(body)).toEqual(body);
  });

  it('leaves out when the person authenticated when the issuer does not say', async () => {
    expect((await whoami()).body).not.toHaveProperty('authTime');
  });
});

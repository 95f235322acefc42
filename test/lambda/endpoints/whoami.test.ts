import { describe, expect, it } from '@jest/globals';
import type { Principal } from '../../../lambda/core/principal.ts';
import { createWhoami } from '../../../lambda/endpoints/whoami.ts';
import { whoamiAnswer } from '../../../lambda/http/credential-schemas.ts';
import { requireIamPrincipal } from '../../../lambda/http/require-principal.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { anIamEvent, anIdentity, own } from '../../support/an-event.ts';
import { anIamIssuer } from '../../support/issuers.ts';
import { nowMs, nowSeconds } from '../../support/tokens.ts';

async function whoami(principal: Principal = aPrincipal()) {
  const request = { principal, origin: anOrigin(), pathParameters: {}, query: {}, body: {} };
  const { status, body } = await createWhoami()(request);
  expect(whoamiAnswer.parse(body)).toEqual(body);
  return { status, body };
}

const aSigned = (identity: Readonly<Record<string, unknown>>, issuer = anIamIssuer()) =>
  requireIamPrincipal(anIamEvent('whoami', { requestContext: { identity } }), { issuer, own, nowMs });

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
      issuedAt: '2025-12-31T23:59:00.000Z',
      expiresAt: '2026-01-01T01:00:00.000Z',
      sourceIp: '203.0.113.7',
    });
  });

  it('leaves out when the person authenticated when the issuer does not say', async () => {
    expect((await whoami()).body).not.toHaveProperty('authTime');
  });

  it('shows an AWS identity with its condition keys, and which claim it chose itself', async () => {
    const { body } = await whoami(aSigned(anIdentity()));

    expect(body).toEqual({
      issuer: 'aws',
      subject: 'arn:aws:iam::222222222222:role/Deploy',
      claims: { principalType: 'AssumedRole', sessionName: 'build-17' },
      selfAsserted: ['sessionName'],
      aws: {
        PrincipalArn: 'arn:aws:iam::222222222222:role/Deploy',
        PrincipalAccount: '222222222222',
        PrincipalOrgID: 'o-exampleorg1',
      },
      mfa: false,
      expiresAt: '2026-01-01T00:05:00.000Z',
      sourceIp: '203.0.113.7',
    });
  });

  it('shows no organization of an account that is in none', async () => {
    const { principalOrgId, ...identity } = anIdentity();

    const { body } = await whoami(aSigned(identity));

    expect(body).not.toHaveProperty('aws.PrincipalOrgID');
  });

  it('shows a person of IAM Identity Center with permission set and user', async () => {
    const role = 'AWSReservedSSO_PowerUser_0123456789abcdef';
    const identity = anIdentity({
      userArn: `arn:aws:sts::222222222222:assumed-role/${role}/alice@example.com`,
      caller: 'AROA3XFRBF535PLBIFPI4:alice@example.com',
    });
    const issuer = anIamIssuer({ identityCenterAccounts: ['222222222222'] });

    const { body } = await whoami(aSigned(identity, issuer));

    expect(body).toMatchObject({
      subject: `arn:aws:iam::222222222222:role/${role}`,
      claims: { permissionSet: 'PowerUser', user: 'alice@example.com' },
    });
  });

  it('shows a third party without what makes its proof one of a kind', async () => {
    const principal = aPrincipal({
      issuer: 'acme',
      subject: 'acme',
      mfa: false,
      proofId: 'CANARY'.repeat(7),
    });

    const { body } = await whoami(principal);

    expect(body).toMatchObject({ issuer: 'acme', subject: 'acme', mfa: false });
    expect(JSON.stringify(body)).not.toContain('CANARY');
  });
});

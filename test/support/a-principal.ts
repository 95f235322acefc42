import type { Principal, RequestOrigin } from '../../lambda/core/principal.ts';
import { nowSeconds } from './tokens.ts';

/** Alice of `okta`, with two factors and an hour to go. */
export const aPrincipal = (changes: Partial<Principal> = {}): Principal => ({
  issuer: 'okta',
  subject: 'alice@example.com',
  claims: {},
  mfa: true,
  issuedAt: nowSeconds - 60,
  expiresAt: nowSeconds + 3600,
  ...changes,
});

export const anOrigin = (changes: Partial<RequestOrigin> = {}): RequestOrigin => ({
  sourceIp: '203.0.113.7',
  userAgent: 'curl/8.14.1',
  gatewayRequestId: 'JKJaXmPLvHcESHA=',
  ...changes,
});

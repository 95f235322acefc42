import type { Revocation, RevocationPolicy } from '../../lambda/core/controls/revocation.ts';
import { anId } from './an-issuance.ts';
import { nowMs, nowSeconds } from './tokens.ts';

export const ownRoleArn = 'arn:aws:iam::111111111111:role/daypass/Tables';

export const aRevocationPolicy = (changes: Partial<RevocationPolicy> = {}): RevocationPolicy => ({
  holder: { type: 'role', arn: ownRoleArn },
  policyName: `daypass-revoked-${anId}`,
  ends: [{ userIds: [`*:alice@example.com-${anId}-0123456789abcdef`] }],
  removableAt: new Date(nowMs + 900_000).toISOString(),
  state: 'PRINTED',
  ...changes,
});

export const aRevocation = (changes: Partial<Revocation> = {}): Revocation => ({
  id: anId,
  version: 1,
  scope: { kind: 'issuance', issuanceId: anId },
  reason: 'a key has leaked',
  by: { issuer: 'okta', subject: 'sre@example.com' },
  at: new Date(nowMs).toISOString(),
  gatewayRequestId: 'JKJaXmPLvHcESHA=',
  history: [],
  policies: [aRevocationPolicy()],
  expiresAtSeconds: nowSeconds + 400 * 86_400,
  ...changes,
});

import type { Suspension, SuspensionTarget } from '../../lambda/core/controls/suspension.ts';
import { nowMs } from './tokens.ts';

export const aSuspension = (
  target: SuspensionTarget = { kind: 'everything' },
  changes: Partial<Suspension> = {},
): Suspension => ({
  target,
  version: 1,
  state: 'SUSPENDED',
  reason: 'a key has leaked',
  by: { issuer: 'okta', subject: 'sre@example.com' },
  at: new Date(nowMs).toISOString(),
  gatewayRequestId: 'JKJaXmPLvHcESHA=',
  history: [],
  ...changes,
});

import { describe, expect, it } from '@jest/globals';
import { applyVerification } from '../../../../lambda/core/integrations/apply-verification.ts';
import {
  type ExternalIds,
  type IntegrationState,
  integrationStates,
} from '../../../../lambda/core/integrations/integration.ts';
import { aFailedVerification, anIntegration, aVerification } from '../../../support/managing-integrations.ts';
import { nowMs } from '../../../support/tokens.ts';

const context = { nowMs, graceSeconds: 86_400 };
const iso = (ms: number) => new Date(ms).toISOString();

const apply = (
  from: IntegrationState,
  verification: ReturnType<typeof aVerification>,
  { drift, ...ids }: Partial<ExternalIds> & { readonly drift?: 'suspend' | 'flag' } = {},
) =>
  applyVerification(anIntegration({ state: from, externalIds: { current: 'a', ...ids } }), verification, {
    ...context,
    ...(drift === undefined ? {} : { drift }),
  });

const passed = aVerification();
const failed = aFailedVerification('error');
const open = aFailedVerification('danger');
const unclear = aVerification({ result: 'INCONCLUSIVE' });

describe('a verification', () => {
  it.each([
    ['CREATED', passed, undefined, 'VERIFIED'],
    ['VERIFIED', passed, undefined, 'VERIFIED'],
    ['FAILED', passed, undefined, 'VERIFIED'],
    ['FAILED', passed, 'suspend', 'VERIFIED'],
    ['SUSPENDED', passed, undefined, 'SUSPENDED'],
    ['SUSPENDED', passed, 'suspend', 'SUSPENDED'],
    ['CREATED', failed, undefined, 'FAILED'],
    ['VERIFIED', failed, 'suspend', 'FAILED'],
    ['VERIFIED', open, undefined, 'FAILED'],
    ['VERIFIED', open, 'flag', 'FAILED'],
    ['VERIFIED', open, 'suspend', 'SUSPENDED'],
    ['CREATED', open, 'suspend', 'FAILED'],
    ['FAILED', open, 'suspend', 'FAILED'],
    ['SUSPENDED', open, 'suspend', 'SUSPENDED'],
  ] as const)('of one that is %s (%#) leads where it shall', (from, verification, drift, to) => {
    const after = apply(from, verification, drift === undefined ? {} : { drift });

    expect(after.state).toBe(to);
    expect(after.verification).toEqual(verification);
    expect(after.externalIds).toEqual({ current: 'a' });
  });

  it.each(integrationStates)('that is inconclusive changes nothing of one that is %s', (from) => {
    for (const ids of [{}, { next: 'b' }]) {
      const after = apply(from, { ...unclear, proved: 'current' }, { ...ids, drift: 'suspend' });
      expect(after).toMatchObject({ state: from, externalIds: { current: 'a', ...ids } });
    }
  });

  it('of the next id makes it the current one, and gives the old one its time', () => {
    const after = apply('VERIFIED', { ...passed, proved: 'next' }, { next: 'b' });

    expect(after.externalIds).toEqual({
      current: 'b',
      previous: { value: 'a', acceptedUntil: iso(nowMs + 86_400_000) },
    });
  });

  it('of the next id moves the ids of a suspended one too, and issues nothing', () => {
    const after = apply('SUSPENDED', { ...passed, proved: 'next' }, { next: 'b' });

    expect(after).toMatchObject({ state: 'SUSPENDED', externalIds: { current: 'b' } });
  });

  it.each([
    [failed, 'VERIFIED'],
    [unclear, 'VERIFIED'],
    [open, 'FAILED'],
  ] as const)('of a next id that is not proven (%#) keeps the current one', (verification, state) => {
    const after = apply('VERIFIED', { ...verification, proved: 'next' }, { next: 'b' });

    expect(after).toMatchObject({ state, externalIds: { current: 'a', next: 'b' } });
  });

  it('of a next id that there is not is an error', () => {
    expect(() => apply('VERIFIED', { ...passed, proved: 'next' })).toThrow(TypeError);
  });

  const previousSeen = (seen: 'refused' | 'accepted' | 'inconclusive') =>
    aVerification({ probes: [{ kind: 'previous-id', wanted: 'refused', seen }] });

  it.each([
    ['refused at the very end', previousSeen('refused'), nowMs, false],
    ['refused a moment before its end', previousSeen('refused'), nowMs + 1, true],
    ['accepted after its end', previousSeen('accepted'), nowMs - 1, true],
    ['not clear', previousSeen('inconclusive'), nowMs - 1, true],
    ['not asked', passed, nowMs - 1, true],
  ] as const)('keeps a previous id or not when it is %s', (_what, verification, untilMs, isKept) => {
    const previous = { value: 'z', acceptedUntil: iso(untilMs) };

    const after = apply('VERIFIED', verification, { previous });

    expect(after.externalIds).toEqual(isKept ? { current: 'a', previous } : { current: 'a' });
  });
});

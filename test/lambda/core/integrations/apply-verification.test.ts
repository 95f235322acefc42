import { describe, expect, it } from '@jest/globals';
import { applyVerification } from '../../../../lambda/core/integrations/apply-verification.ts';
import {
  type ExternalIds,
  type IntegrationState,
  integrationStates,
  type Verification,
} from '../../../../lambda/core/integrations/integration.ts';
import { aFailedVerification, anIntegration, aVerification } from '../../../support/managing-integrations.ts';
import { nowMs } from '../../../support/tokens.ts';

const context = { nowMs, graceSeconds: 86_400 };
const iso = (ms: number) => new Date(ms).toISOString();

const apply = (
  from: IntegrationState,
  verification: ReturnType<typeof aVerification>,
  {
    drift,
    before,
    ...ids
  }: Partial<ExternalIds> & {
    readonly drift?: 'suspend' | 'flag' | undefined;
    readonly before?: Verification | undefined;
  } = {},
) =>
  applyVerification(
    anIntegration({
      ...{ state: from, externalIds: { current: 'a', ...ids } },
      ...(before === undefined ? {} : { verification: before }),
    }),
    verification,
    { ...context, drift: drift ?? 'flag', isScheduled: drift !== undefined },
  );

const passed = aVerification();
const failed = aFailedVerification('error');
const open = aFailedVerification('danger');
const unclear = aVerification({ result: 'INCONCLUSIVE' });
const notYet = aVerification({
  ...{ result: 'FAILED', proved: 'next' },
  findings: [{ code: 'next-external-id-refused', severity: 'error', message: 'not yet', remedy: 'wait' }],
});
const accepted = aVerification({
  result: 'FAILED',
  findings: [{ code: 'previous-external-id-accepted', severity: 'error', message: 'old', remedy: 'x' }],
});

describe('a verification', () => {
  it.each([
    ['CREATED', passed, undefined, 'VERIFIED'],
    ['VERIFIED', passed, undefined, 'VERIFIED'],
    ['FAILED', passed, undefined, 'VERIFIED'],
    ['FAILED', passed, 'suspend', 'VERIFIED'],
    ['SUSPENDED', passed, undefined, 'SUSPENDED'],
    ['SUSPENDED', passed, 'suspend', 'SUSPENDED'],
    ['CREATED', failed, undefined, 'FAILED'],
    ['VERIFIED', failed, undefined, 'FAILED'],
    ['FAILED', failed, 'suspend', 'FAILED'],
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
      previous: [{ value: 'a', acceptedUntil: iso(nowMs + 86_400_000) }],
    });
  });

  it('of the next id keeps the ids of before that it did not see refused', () => {
    const over = { value: 'y', acceptedUntil: iso(nowMs) };
    const graced = { value: 'z', acceptedUntil: iso(nowMs + 1) };
    const probes = [{ kind: 'previous-id', wanted: 'refused', seen: 'refused' }] as const;

    const after = apply(
      'VERIFIED',
      { ...passed, proved: 'next', probes },
      { next: 'b', previous: [over, graced] },
    );

    expect(after.externalIds.previous?.map(({ value }) => value)).toEqual(['z', 'a']);
  });

  it('of a version before keeps them all: one may have been given up meanwhile', () => {
    const previous = [{ value: 'z', acceptedUntil: iso(nowMs - 1) }];
    const probes = [{ kind: 'previous-id', wanted: 'refused', seen: 'refused' }] as const;

    expect(apply('VERIFIED', { ...passed, version: 7, probes }, { previous }).externalIds).toEqual({
      ...{ current: 'a', previous },
    });
  });

  it('of the next id moves the ids of a suspended one too, and issues nothing', () => {
    const after = apply('SUSPENDED', { ...passed, proved: 'next' }, { next: 'b' });

    expect(after).toMatchObject({ state: 'SUSPENDED', externalIds: { current: 'b' } });
  });

  it.each<[string, Verification | undefined, IntegrationState]>([
    ['passed', passed, 'VERIFIED'],
    ['is not there', undefined, 'VERIFIED'],
    ['was inconclusive', unclear, 'VERIFIED'],
    ['failed for the next id alone', notYet, 'VERIFIED'],
    ['failed', failed, 'FAILED'],
    ['saw a danger', open, 'FAILED'],
  ])(
    'of the schedule that fails without danger is believed by whether the look before %s',
    (_what, before, to) => {
      for (const drift of ['suspend', 'flag'] as const) {
        const after = apply('VERIFIED', failed, { drift, before });

        expect(after).toMatchObject({ state: to, verification: failed });
      }
      // Whoever asks gets what was seen.
      expect(apply('VERIFIED', failed, { before }).state).toBe('FAILED');
    },
  );

  it('of the schedule that sees a danger acts at once, and says what was seen', () => {
    const before = passed;
    const seen = aVerification({
      result: 'FAILED',
      findings: [
        { code: 'wildcard-principal', severity: 'danger', message: 'a stranger got in', remedy: 'x' },
        { code: 'prober-not-trusted', severity: 'error', message: 'no prober', remedy: 'x' },
      ],
    });

    const { suspension } = apply('VERIFIED', seen, { drift: 'suspend', before });

    expect(suspension).toEqual({ at: seen.at, by: 'daypass', reason: 'a stranger got in' });
  });

  it.each<[Verification, IntegrationState]>([
    [notYet, 'VERIFIED'],
    [unclear, 'VERIFIED'],
    [failed, 'FAILED'],
    [{ ...failed, findings: [...failed.findings, ...notYet.findings] }, 'FAILED'],
    [open, 'FAILED'],
  ])('of a next id that is not proven (%#) keeps the current one', (verification, state) => {
    const after = apply('VERIFIED', { ...verification, proved: 'next' }, { next: 'b' });

    expect(after).toMatchObject({ state, externalIds: { current: 'a', next: 'b' } });
  });

  it('of a next id that there is not is an error where it passed, and fails where it saw a danger', () => {
    expect(() => apply('VERIFIED', { ...passed, proved: 'next' })).toThrow(TypeError);
    expect(apply('VERIFIED', { ...open, proved: 'next' }).state).toBe('FAILED');
  });

  const previousSeen = (seen: 'refused' | 'accepted' | 'inconclusive') =>
    aVerification({ probes: [{ kind: 'previous-id', wanted: 'refused', seen }] });

  it.each([
    ['refused at the very end', previousSeen('refused'), nowMs, false],
    ['refused a moment before its end', previousSeen('refused'), nowMs + 1, true],
    ['accepted after its end', { ...accepted, probes: previousSeen('accepted').probes }, nowMs - 1, true],
    ['not clear', { ...previousSeen('inconclusive'), result: 'INCONCLUSIVE' }, nowMs - 1, true],
    ['not asked', passed, nowMs - 1, true],
  ] as const)('keeps a previous id or not when it is %s', (_what, verification, untilMs, isKept) => {
    const previous = [{ value: 'z', acceptedUntil: iso(untilMs) }];

    const after = apply('VERIFIED', verification, { previous });

    expect(after.externalIds).toEqual(isKept ? { current: 'a', previous } : { current: 'a' });
  });
});

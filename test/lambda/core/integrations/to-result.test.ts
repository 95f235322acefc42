import { describe, expect, it } from '@jest/globals';
import type { ProbeKind, ProbeResult } from '../../../../lambda/core/integrations/integration.ts';
import { toFindings } from '../../../../lambda/core/integrations/to-findings.ts';
import { toResult } from '../../../../lambda/core/integrations/to-result.ts';

const accepted = (kind: ProbeKind): ProbeResult => ({ kind, wanted: 'accepted', seen: 'accepted' });
const refused = (kind: ProbeKind): ProbeResult => ({ kind, wanted: 'refused', seen: 'refused' });
const unwanted = (kind: ProbeKind): ProbeResult => ({ kind, wanted: 'accepted', seen: 'refused' });
const lost = (kind: ProbeKind): ProbeResult => ({
  ...{ kind, wanted: 'accepted', seen: 'inconclusive', because: 'no-answer' },
});
const complete = [
  accepted('right-id'),
  ...[refused('changed-id'), refused('changed-id'), refused('repeated-id')],
  ...Array.from({ length: 4 }, () => refused('random-id')),
  ...[accepted('prober-right-id')],
  ...[refused('no-id'), refused('no-id')],
  refused('stranger'),
  accepted('right-id-again'),
];
const bareId = 'right-id-bare';
const codes = (probes: readonly ProbeResult[]) => toFindings(probes).map(({ code }) => code);

describe('the result', () => {
  it('is a pass when every probe was as wanted', () => {
    expect(toResult(complete)).toBe('PASSED');
  });

  it.each(complete.map((probe, index) => [index, probe.kind]))('is none without probe %d, %s', (index) => {
    expect(toResult(complete.filter((_probe, other) => other !== index))).toBe('INCONCLUSIVE');
  });

  it('is none of nothing', () => {
    expect(toResult([])).toBe('INCONCLUSIVE');
  });

  it.each(complete.map((probe, index) => [index, probe] as const))(
    'is never a pass when probe %d is otherwise: %j',
    (index, probe) => {
      for (const seen of ['accepted', 'refused', 'inconclusive'] as const) {
        if (seen === probe.wanted) continue;
        const other = complete.map((one, at) => (at === index ? { ...probe, seen } : one));
        expect([seen, toResult(other)]).not.toEqual([seen, 'PASSED']);
        expect(toFindings(other).length).toBeGreaterThan(0);
      }
    },
  );
});

describe('why the right id is refused', () => {
  const identity = 'right-id-without-source-identity';
  const tags = 'right-id-without-session-tags';
  const bare = 'right-id-bare';

  it.each<[string, readonly ProbeResult[], readonly string[]]>([
    ['an identity', [accepted(identity)], ['source-identity-not-allowed']],
    ['tags', [unwanted(identity), accepted(tags)], ['session-tags-not-allowed']],
    [
      'tags, whatever was lost',
      [lost(identity), accepted(tags)],
      ['session-tags-not-allowed', 'inconclusive'],
    ],
    [
      'both',
      [unwanted(identity), unwanted(tags), accepted(bare)],
      ['source-identity-not-allowed', 'session-tags-not-allowed'],
    ],
    [
      'tags, and perhaps the identity',
      [unwanted(identity), lost(tags), accepted(bare)],
      ['session-tags-not-allowed', 'inconclusive'],
    ],
    ['one of the two', [lost(identity), lost(tags), accepted(bare)], ['inconclusive']],
    ['nobody knows', [unwanted(identity), unwanted(tags), lost(bare)], ['inconclusive']],
  ])('is %s', (_name, lesser, expected) => {
    expect(codes([unwanted('right-id'), ...lesser, unwanted('right-id-again')])).toEqual(expected);
    // Once it is accepted, nothing was wrong with it.
    expect(codes([unwanted('right-id'), ...lesser, accepted('right-id-again')])).toEqual(['inconclusive']);
  });

  it.each<[string, readonly ProbeResult[], readonly string[]]>([
    ['is only the next one', [accepted('current-id')], ['next-external-id-refused']],
    [
      'is only the next one, which the first answer did not say',
      [unwanted('current-id'), accepted('current-id')],
      ['next-external-id-refused'],
    ],
    [
      'is only the next one, which is allowed less',
      [accepted(identity), accepted('current-id')],
      ['next-external-id-refused'],
    ],
    ['is both', [unwanted('current-id')], ['role-does-not-trust-the-broker']],
    ['is perhaps both', [lost('current-id')], ['inconclusive']],
  ])('%s during a rotation', (_name, others, expected) => {
    expect(codes([unwanted('right-id'), ...others, unwanted('right-id-again')])).toEqual(expected);
  });
});

describe('what the prober is refused', () => {
  it.each<[string, readonly ProbeResult[], readonly string[]]>([
    ['by a role that is given', [accepted('right-id')], ['prober-not-trusted']],
    ['by a role that is given in part', [accepted(bareId)], ['prober-not-trusted']],
    ['by a role that is given for the current id', [accepted('current-id')], ['prober-not-trusted']],
    ['by a role that nobody is given', [unwanted('right-id')], ['role-does-not-trust-the-broker']],
    ['at first', [accepted('right-id'), accepted('prober-right-id')], ['inconclusive']],
    [
      'by a role that is not the same all the time',
      [accepted('right-id'), unwanted('right-id-again')],
      ['inconclusive'],
    ],
  ])('says this of its name: %s', (_what, others, expected) => {
    const found = [...others, unwanted('prober-right-id')];

    expect(codes(found)).toEqual(expected);
    expect(toResult([...complete, ...found])).not.toBe('PASSED');
  });
});

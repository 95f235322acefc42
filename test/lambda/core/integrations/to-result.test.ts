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
  ...[refused('random-id'), refused('random-id'), refused('no-id'), refused('no-id')],
  refused('stranger'),
  accepted('right-id-again'),
];
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
    expect(codes([unwanted('right-id'), ...lesser, accepted('right-id-again')].filter(isAsked))).toEqual(
      expected,
    );

    function isAsked({ kind }: ProbeResult) {
      // Once nothing was accepted, it is not at the end either.
      return kind !== 'right-id-again' || lesser.some(({ seen }) => seen === 'accepted');
    }
  });
});

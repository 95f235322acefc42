import { aDemoCaller, type IssuanceRow } from './issuance-row.ts';

const profile = 'team-data';

const ofTeam = (team: string, expected: IssuanceRow['expected'] = 'Deny'): IssuanceRow => ({
  name: `developer, of the team ${JSON.stringify(team.slice(0, 20))} (${team.length})`,
  expected,
  profile,
  principal: aDemoCaller('developer', { team }),
});

/** A group, and a team that fills a tag, a resource and a condition. */
export const teamDataRows: readonly IssuanceRow[] = [
  { name: 'sre', expected: 'Allow', profile, principal: aDemoCaller('sre') },
  { name: 'developer', expected: 'Allow', profile, principal: aDemoCaller('developer') },
  ofTeam('web-2_b.c=d+e@f', 'Allow'),
  ofTeam('t'.repeat(256), 'Allow'),
  ofTeam('équipe', 'Allow'), // one character, as IdPs write it
  ofTeam('web/shop', 'Deny'), // a folder of web's
  ofTeam('*'),
  ofTeam('w*'),
  ofTeam('?'),
  ofTeam('we?'),
  ofTeam('a/*'),
  ofTeam('web/*'),
  ofTeam('../payments'),
  ofTeam('web/../payments'),
  ofTeam('web/./x'),
  ofTeam('.'),
  ofTeam('..'),
  ofTeam('/web'),
  ofTeam('web/'),
  ofTeam('web//x'),
  ofTeam('/'),
  ofTeam('${aws:username}'),
  ofTeam('${*}'),
  ofTeam('$'),
  ofTeam('{}'),
  ofTeam('"'),
  ofTeam("'"),
  ofTeam('x/*","arn:aws:s3:::other'),
  ofTeam('x"}],"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"'),
  ofTeam('web\\'),
  ofTeam('web\n'),
  ofTeam('\u0000'),
  ofTeam('\u202eweb'), // right to left
  ofTeam('we\u200bb'), // zero width
  ofTeam('e\u0301quipe'), // a combining accent
  ofTeam('＊'), // full width
  ofTeam('⁎'),
  ofTeam('∗'),
  ofTeam('web／x'), // full-width slash
  ofTeam('web⁄x'),
  ofTeam('a:b'),
  ofTeam('web payments'),
  ofTeam('%2e%2e'),
  ofTeam(''),
  ofTeam(' '),
  ofTeam('t'.repeat(257)),
  ofTeam('😀'),
  {
    name: 'developer, without a team',
    expected: 'Deny',
    profile,
    principal: aDemoCaller('developer', { team: undefined }),
  },
  {
    name: 'developer, of a list of teams',
    expected: 'Deny',
    profile,
    principal: aDemoCaller('developer', { team: ['web'] }),
  },
  ...[[], [''], ['developer'], ['developers2'], ['Developers'], ['sre developers'], ['*']].map(
    (groups): IssuanceRow => ({
      name: `developer, in groups ${JSON.stringify(groups)}`,
      expected: 'Deny',
      profile,
      principal: aDemoCaller('developer', { groups }),
    }),
  ),
  ...['github-actions', 'acme', 'okta.example'].map(
    (issuer): IssuanceRow => ({
      name: `developer, by the issuer ${issuer}`,
      expected: 'Deny',
      profile,
      principal: aDemoCaller('developer', {}, { issuer }),
    }),
  ),
  { name: 'ci', expected: 'Deny', profile, principal: aDemoCaller('ci') },
  { name: 'acme', expected: 'Deny', profile, principal: aDemoCaller('acme') },
];

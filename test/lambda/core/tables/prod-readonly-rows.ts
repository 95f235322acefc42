import { aDemoCaller, type IssuanceRow } from './issuance-row.ts';

const profile = 'prod-readonly';

const from = (sourceIp: string, expected: IssuanceRow['expected'] = 'Deny'): IssuanceRow => ({
  name: `sre, from ${JSON.stringify(sourceIp)}`,
  expected,
  profile,
  principal: aDemoCaller('sre'),
  origin: { sourceIp },
});

const inGroups = (
  groups: readonly string[] | string,
  expected: IssuanceRow['expected'] = 'Deny',
): IssuanceRow => ({
  name: `sre, in groups ${JSON.stringify(groups)}`,
  expected,
  profile,
  principal: aDemoCaller('sre', { groups }),
});

/** Group, second factor, address, and a team for the tag. */
export const prodReadonlyRows: readonly IssuanceRow[] = [
  { name: 'sre', expected: 'Allow', profile, principal: aDemoCaller('sre') },
  from('203.0.113.0', 'Allow'),
  from('203.0.113.255', 'Allow'),
  from('127.0.0.1', 'Allow'),
  from('::ffff:203.0.113.7', 'Allow'),
  inGroups(['developers', 'sre'], 'Allow'),
  from('203.0.112.255'),
  from('203.0.114.0'),
  from('126.255.255.255'),
  from('128.0.0.0'),
  from('::ffff:203.0.112.255'),
  from('::203.0.113.7'),
  from('2001:db8::1'),
  from('::1'),
  from('203.0.113.7, 198.51.100.1'),
  from('203.0.113.07'),
  from('203.0.113'),
  from('test-invoke-source-ip'),
  from(''),
  inGroups([]),
  inGroups(['']),
  inGroups(['sr']),
  inGroups(['sre2']),
  inGroups(['xsre']),
  inGroups(['SRE']),
  inGroups(['sre ']),
  inGroups(['ѕre']), // Cyrillic
  inGroups(['ｓｒｅ']), // full width
  inGroups(['*']),
  inGroups(['sre,admins']),
  inGroups(['["sre"]']),
  inGroups('presre'),
  {
    name: 'sre, without groups',
    expected: 'Deny',
    profile,
    principal: aDemoCaller('sre', { groups: undefined }),
  },
  {
    name: 'sre, without a second factor',
    expected: 'Deny',
    profile,
    principal: aDemoCaller('sre', {}, { mfa: false }),
  },
  {
    name: 'sre, with a claim that says it had a second factor',
    expected: 'Deny',
    profile,
    principal: aDemoCaller(
      'sre',
      { MultiFactorAuthPresent: 'true', 'daypass:MultiFactorAuthPresent': 'true' },
      { mfa: false },
    ),
  },
  {
    name: 'sre, without a team',
    expected: 'Deny',
    profile,
    principal: aDemoCaller('sre', { team: undefined }),
  },
  { name: 'sre, of an empty team', expected: 'Deny', profile, principal: aDemoCaller('sre', { team: '' }) },
  {
    name: 'sre, of two teams',
    expected: 'Deny',
    profile,
    principal: aDemoCaller('sre', { team: ['payments', 'web'] }),
  },
  {
    name: 'sre, of a team with a wildcard',
    expected: 'Deny',
    profile,
    principal: aDemoCaller('sre', { team: '*' }),
  },
  {
    name: 'sre, of a team of 257 characters',
    expected: 'Deny',
    profile,
    principal: aDemoCaller('sre', { team: 't'.repeat(257) }),
  },
  { name: 'developer', expected: 'Deny', profile, principal: aDemoCaller('developer') },
  {
    name: 'developer, with a second factor',
    expected: 'Deny',
    profile,
    principal: aDemoCaller('developer', {}, { mfa: true }),
  },
  ...['github-actions', 'acme', 'Okta', 'okta ', 'okta2', 'ok', '', '*', 'constructor'].map(
    (issuer): IssuanceRow => ({
      name: `sre, by the issuer ${JSON.stringify(issuer)}`,
      expected: 'Deny',
      profile,
      principal: aDemoCaller('sre', {}, { issuer }),
    }),
  ),
  { name: 'ci', expected: 'Deny', profile, principal: aDemoCaller('ci') },
  { name: 'acme', expected: 'Deny', profile, principal: aDemoCaller('acme') },
];

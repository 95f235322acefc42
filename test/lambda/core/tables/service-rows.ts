import { aDemoCaller, type IssuanceRow } from './issuance-row.ts';

const deploy = (
  name: string,
  claims: Readonly<Record<string, string | readonly string[] | undefined>>,
  expected: IssuanceRow['expected'] = 'Deny',
): IssuanceRow => ({
  name: `ci, ${name}`,
  expected,
  profile: 'ci-deploy',
  principal: aDemoCaller('ci', claims),
});

/** Repository and branch. */
export const ciDeployRows: readonly IssuanceRow[] = [
  { name: 'ci', expected: 'Allow', profile: 'ci-deploy', principal: aDemoCaller('ci') },
  deploy('with a claim more', { environment: 'test' }, 'Allow'),
  ...[
    'example/shop2',
    'example/sho',
    'xexample/shop',
    'Example/Shop',
    'example/shop/',
    'example/*',
    '*',
    '',
  ].map((repository) => deploy(`of the repository ${JSON.stringify(repository)}`, { repository })),
  ...[
    'refs/heads/main2',
    'refs/heads/mai',
    'refs/heads/Main',
    'main',
    'refs/tags/main',
    'refs/pull/1/merge',
    '',
  ].map((ref) => deploy(`of the ref ${JSON.stringify(ref)}`, { ref })),
  deploy('without a repository', { repository: undefined }),
  deploy('without a ref', { ref: undefined }),
  deploy('of a list of repositories', { repository: ['example/shop'] }),
  ...['okta', 'acme', 'github', 'github-actions2'].map(
    (issuer): IssuanceRow => ({
      name: `ci, by the issuer ${issuer}`,
      expected: 'Deny',
      profile: 'ci-deploy',
      principal: aDemoCaller('ci', {}, { issuer }),
    }),
  ),
  { name: 'sre', expected: 'Deny', profile: 'ci-deploy', principal: aDemoCaller('sre') },
  { name: 'developer', expected: 'Deny', profile: 'ci-deploy', principal: aDemoCaller('developer') },
  { name: 'acme', expected: 'Deny', profile: 'ci-deploy', principal: aDemoCaller('acme') },
];

const fetch = (service: string | readonly string[] | undefined): IssuanceRow => ({
  name: `acme, as the service ${JSON.stringify(service)}`,
  expected: 'Deny',
  profile: 'acme-reports',
  principal: aDemoCaller('acme', { service }),
});

/** One service of a third party. */
export const acmeReportsRows: readonly IssuanceRow[] = [
  { name: 'acme', expected: 'Allow', profile: 'acme-reports', principal: aDemoCaller('acme') },
  fetch('report'),
  fetch('reports2'),
  fetch('Reports'),
  fetch('reports\n'),
  fetch('*'),
  fetch(''),
  fetch(['reports']),
  fetch(undefined),
  ...['okta', 'github-actions', 'ACME', 'acme.example'].map(
    (issuer): IssuanceRow => ({
      name: `acme, by the issuer ${issuer}`,
      expected: 'Deny',
      profile: 'acme-reports',
      principal: aDemoCaller('acme', {}, { issuer }),
    }),
  ),
  { name: 'sre', expected: 'Deny', profile: 'acme-reports', principal: aDemoCaller('sre') },
  { name: 'ci', expected: 'Deny', profile: 'acme-reports', principal: aDemoCaller('ci') },
];

/** Names of no profile. */
export const unknownProfileRows: readonly IssuanceRow[] = [
  'prod-readonly2',
  'prod-readonl',
  'Prod-readonly',
  'prod-readonly ',
  'prod-readonly\n',
  'prod_readonly',
  '__proto__',
  'constructor',
  '*',
  '',
].map((profile) => ({ name: 'sre', expected: 'Deny', profile, principal: aDemoCaller('sre') }));

import { describe, expect, it } from '@jest/globals';
import { findSharedIssuer } from '../../../lambda/core/shared-issuers.ts';
import { issuerLines } from '../../support/problems-of.ts';

const gitHub = 'https://token.actions.githubusercontent.com';
const gitLab = 'https://gitlab.com';
const google = 'https://accounts.google.com';
const terraform = 'https://app.terraform.io';
const buildkite = 'https://agent.buildkite.com';
const vercel = 'https://oidc.vercel.com';
const common = 'https://login.microsoftonline.com/common/v2.0';
const personal = 'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0';
const pulumi = 'https://api.pulumi.com/oidc';

/** A claim for each pointer that the tables name, called as its last part. */
const claims = Object.fromEntries(
  [
    ...['repository_owner_id', 'repository_owner', 'repository', 'repository_id', 'ref', 'environment'],
    ...['actor', 'actor_id', 'job_workflow_ref', 'workflow_ref', 'event_name', 'enterprise'],
    ...['namespace_id', 'namespace_path', 'project_id', 'project_path', 'user_login', 'ref_protected'],
    ...['hd', 'email', 'azp', 'terraform_organization_id', 'terraform_workspace_name'],
    ...['organization_slug', 'organization_id', 'pipeline_slug', 'owner_id', 'tid', 'oid', 'sub'],
  ].map((name) => [name, { claim: `/${name}`, type: 'string' }]),
);
const lists = { groups: { claim: '/groups_direct', type: 'list' } };

type Condition = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

const linesFor = (issuer: string, admit: readonly object[], settings: object = {}) =>
  issuerLines({
    shared: { type: 'oidc', issuer, audience: 'a', claims: { ...claims, ...lists }, admit, ...settings },
  });

const allow = (condition?: Condition) => ({
  Effect: 'Allow',
  ...(condition === undefined ? {} : { Condition: condition }),
});

const equals = (key: string, value: unknown): Condition => ({ StringEquals: { [key]: value } });
const like = (key: string, value: unknown): Condition => ({ StringLike: { [key]: value } });

const singleOut: readonly (readonly [issuer: string, condition: Condition])[] = [
  [gitHub, equals('claims:repository_owner_id', '1234567')],
  [gitHub, equals('claims:repository_owner_id', ['1234567', '7654321'])],
  [gitHub, equals('CLAIMS:Repository_Owner_Id', '1234567')],
  [gitHub, { NumericEquals: { 'claims:repository_owner_id': 1234567 } }],
  [gitHub, equals('claims:repository_owner', 'example')],
  [gitHub, { StringEqualsIgnoreCase: { 'claims:repository_owner': 'Example' } }],
  [gitHub, equals('claims:repository', 'example/shop')],
  [gitHub, like('claims:repository', 'example/*')],
  [gitHub, like('claims:repository', 'example/sho?')],
  [gitHub, like('claims:repository', ['example/*', 'example-labs/shop'])],
  [gitHub, equals('claims:repository_id', '7654321')],
  [gitHub, equals('claims:enterprise', 'example-inc')],
  [gitHub, like('daypass:Subject', 'repo:example/*')],
  [gitHub, like('claims:sub', 'repo:example/*')],
  [gitHub, like('daypass:Subject', 'repo:example@1234567/*')],
  [gitHub, like('daypass:Subject', 'repo:example@*/shop@*:ref:refs/heads/main')],
  [gitHub, equals('daypass:Subject', 'repo:example/shop:ref:refs/heads/main')],
  [gitHub, like('daypass:Subject', 'repository_owner_id:1234567:*')],
  [gitHub, equals('daypass:Subject', 'repository_owner:example')],
  [
    gitHub,
    {
      StringEquals: { 'claims:repository_owner_id': '1', 'claims:ref': 'refs/heads/main' },
      StringNotEquals: { 'claims:event_name': 'pull_request' },
    },
  ],
  [`${gitHub}/example-inc`, equals('claims:repository_owner_id', '1234567')],
  [gitLab, equals('claims:namespace_id', '72')],
  [gitLab, like('claims:namespace_path', 'example/*')],
  [gitLab, like('claims:project_path', 'example/payments/*')],
  [gitLab, like('daypass:Subject', 'project_path:example/*')],
  [google, equals('claims:hd', 'example.com')],
  [google, equals('daypass:Subject', '113774264463038321964')],
  [google, equals('daypass:Subject', '117000000000000000001')],
  [terraform, equals('claims:terraform_organization_id', 'org-GRNbCjYNpBB6NEH9')],
  [terraform, like('daypass:Subject', 'organization:example:project:*')],
  [buildkite, equals('claims:organization_id', '0184990a-477b-4fa8-9968-496074483000')],
  [buildkite, like('daypass:Subject', 'organization:example:pipeline:*')],
  [vercel, equals('claims:owner_id', 'team_7Gw5ZMzpQA8h90F832KGp7nwbuh3')],
  [common, equals('claims:tid', '8f1c2a7e-0000-4000-8000-5a4b3c2d1e0f')],
  [personal, equals('claims:oid', '00000000-0000-0000-66f3-3332eca7ea81')],
  [pulumi, equals('daypass:Subject', 'pulumi:deploy:org:example:project:shop:stack:prod:operation:update')],
];

const admitAnybody: readonly (readonly [issuer: string, condition: Condition | undefined])[] = [
  [gitHub, undefined],
  [gitHub, {}],
  [gitHub, equals('claims:ref', 'refs/heads/main')],
  [gitHub, equals('claims:environment', 'production')],
  [gitHub, equals('claims:actor', 'mona')],
  [gitHub, equals('claims:actor_id', '55')],
  [gitHub, equals('claims:event_name', 'push')],
  [gitHub, like('claims:job_workflow_ref', 'example/workflows/.github/workflows/release.yml@*')],
  [gitHub, equals('claims:repository_owner_id', '*')],
  [gitHub, like('claims:repository_owner_id', '123*')],
  [gitHub, like('claims:repository_owner', 'example*')],
  [gitHub, like('claims:repository_owner', 'example/*')],
  [gitHub, like('claims:repository', '*')],
  [gitHub, like('claims:repository', '*/shop')],
  [gitHub, like('claims:repository', 'example*')],
  [gitHub, like('claims:repository', 'example*/shop')],
  [gitHub, like('claims:repository', '?xample/shop')],
  [gitHub, like('claims:repository', '/*')],
  [gitHub, like('claims:repository', ['example/*', '*/shop'])],
  [gitHub, equals('claims:repository', '${claims:repository}')],
  [gitHub, like('claims:repository', 'example/${claims:ref}')],
  [gitHub, { StringEqualsIfExists: { 'claims:repository_owner_id': '1' } }],
  [gitHub, { StringNotEquals: { 'claims:repository_owner_id': '1' } }],
  [gitHub, { StringNotLike: { 'claims:repository': 'evil/*' } }],
  [gitHub, { Null: { 'claims:repository_owner_id': 'false' } }],
  [gitHub, { NumericGreaterThan: { 'claims:repository_owner_id': '1' } }],
  [gitHub, equals('daypass:Issuer', 'shared')],
  [gitHub, like('daypass:Subject', '*')],
  [gitHub, like('daypass:Subject', 'repo:*')],
  [gitHub, like('daypass:Subject', 'repo:example*')],
  [gitHub, like('daypass:Subject', 'repo:*/shop:ref:refs/heads/main')],
  [gitHub, like('daypass:Subject', 'example/*')],
  [gitHub, equals('daypass:Subject', 'environment:production')],
  [gitHub, like('daypass:Subject', 'job_workflow_ref:example/workflows/*')],
  [gitHub, like('daypass:Subject', 'environment:repo:example/*')],
  [gitHub, like('daypass:Subject', 'repository_owner_id:123*')],
  [`${gitHub}/example-inc`, equals('claims:ref', 'refs/heads/main')],
  [gitLab, equals('claims:user_login', 'alice')],
  [gitLab, equals('claims:ref_protected', 'true')],
  [gitLab, { 'ForAnyValue:StringEquals': { 'claims:groups': 'example' } }],
  [gitLab, like('claims:namespace_path', 'example*')],
  [gitLab, like('daypass:Subject', 'project_path:example*')],
  [gitLab, like('daypass:Subject', 'repo:example/*')],
  [google, like('claims:email', '*@example.com')],
  [google, equals('claims:email', 'anybody@example.com')],
  [google, equals('claims:azp', '1234987819200.apps.googleusercontent.com')],
  [google, like('daypass:Subject', '117*')],
  [terraform, equals('claims:terraform_workspace_name', 'production')],
  [terraform, like('daypass:Subject', 'organization:example*')],
  [buildkite, equals('claims:pipeline_slug', 'deploy')],
  [buildkite, equals('daypass:Subject', 'deploy')],
  [vercel, equals('claims:environment', 'production')],
  [common, equals('claims:oid', 'aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb')],
  [personal, equals('claims:tid', '9188040d-6c67-4c5b-b112-36a304b66dad')],
  [pulumi, like('claims:sub', 'pulumi:*')],
  [pulumi, { 'ForAnyValue:StringEquals': { 'claims:groups': 'example' } }],
  [
    pulumi,
    { 'ForAllValues:StringEquals': { 'claims:groups': 'example' }, Null: { 'claims:groups': 'false' } },
  ],
];

describe('an issuer that the whole world shares', () => {
  it.each(singleOut)('%s takes an Allow that singles somebody out: %j', (issuer, condition) => {
    expect(linesFor(issuer, [allow(condition)])).toEqual([]);
  });

  it.each(admitAnybody)('%s refuses an Allow that admits anybody: %j', (issuer, condition) => {
    expect(linesFor(issuer, [allow(condition)])).toEqual([
      expect.stringMatching(
        /^issuers\.shared\.admit\[0\]: .+ is not allowed; allowed: an Allow with a Condition .+: anybody can get a token of this issuer$/,
      ),
    ]);
  });

  const mine = allow(equals('claims:repository_owner_id', '1234567'));
  const open = allow(equals('claims:ref', 'refs/heads/main'));

  it('names the one open statement of two', () => {
    expect(linesFor(gitHub, [mine, open])).toEqual([expect.stringContaining('issuers.shared.admit[1]: ')]);
    expect(linesFor(gitHub, [open, mine])).toEqual([expect.stringContaining('issuers.shared.admit[0]: ')]);
    expect(linesFor(gitHub, [open, open])).toHaveLength(2);
  });

  it('takes a Deny of anything beside', () => {
    const deny = { Effect: 'Deny', Condition: { StringNotEquals: { 'claims:ref': 'refs/heads/main' } } };

    expect(linesFor(gitHub, [deny, mine])).toEqual([]);
  });

  it('says which claims name an owner', () => {
    const [line] = linesFor(gitHub, [open]);

    expect(line).toContain(
      'compares one of /repository_owner_id, /repository_owner, /repository_id, /repository, /enterprise_id, /enterprise, /sub with an owner of your own',
    );
  });

  it('goes by the place of a claim in the token, not by its name', () => {
    const admit = [allow(equals('claims:owner', '1234567'))];

    expect(linesFor(gitHub, admit, { claims: { owner: { claim: '/ref', type: 'string' } } })).toHaveLength(1);
    const owned = { owner: { claim: '/repository_owner_id', type: 'string' } };
    expect(linesFor(gitHub, admit, { claims: owned })).toEqual([]);
  });

  it('goes by the place of the subject in the token', () => {
    const admit = [allow(equals('daypass:Subject', '7654321'))];

    expect(linesFor(gitHub, admit)).toHaveLength(1);
    expect(linesFor(gitHub, admit, { subjectClaim: '/repository_id' })).toEqual([]);
    expect(linesFor(gitHub, admit, { subjectClaim: '/actor_id' })).toHaveLength(1);
  });

  it('says nothing of its statements while its claims are in error', () => {
    expect(linesFor(gitHub, [mine], { claims: { repository_owner_id: { claim: 'x' } } })).toEqual([
      expect.stringContaining('issuers.shared.claims.repository_owner_id.claim'),
      expect.stringContaining('issuers.shared.claims.repository_owner_id.type'),
    ]);
  });

  it.each([
    ['github-actions', {}],
    ['gitlab', {}],
    ['google', {}],
    ['entra', { issuer: common }],
  ])('is found behind the preset %s', (preset, settings) => {
    const shared = { type: 'oidc', preset, audience: 'a', ...settings };

    expect(issuerLines({ shared })).toEqual([
      expect.stringMatching(
        /^issuers\.shared\.admit: is missing; allowed: statements that admit your own organization by one of \/.+: anybody can get a token of this issuer$/,
      ),
    ]);
    const open = { ...shared, admit: [{ Effect: 'Allow' }] };
    expect(issuerLines({ shared: open })).toEqual([expect.stringContaining('issuers.shared.admit[0]: ')]);
  });
});

describe('findSharedIssuer', () => {
  it.each([
    gitHub,
    `${gitHub}/`,
    `${gitHub}/example-inc`,
    'https://Token.Actions.GithubUserContent.com',
    'https://vstoken.actions.githubusercontent.com',
    gitLab,
    google,
    terraform,
    'https://app.eu.terraform.io',
    buildkite,
    vercel,
    `${vercel}/`,
    common,
    'https://login.microsoftonline.com/COMMON/v2.0',
    'https://login.microsoftonline.com/organizations/v2.0',
    'https://login.microsoftonline.com/consumers/v2.0',
    'https://login.microsoftonline.us/common/v2.0',
    'https://login.partner.microsoftonline.cn/organizations/v2.0',
    personal,
    'https://sts.windows.net/9188040d-6c67-4c5b-b112-36a304b66dad/',
    'https://cognito-identity.amazonaws.com',
    'https://appleid.apple.com',
  ])('knows %s', (url) => {
    expect(findSharedIssuer(url)).toBeDefined();
  });

  it.each([
    'https://example.okta.com',
    'https://gitlab.example.com',
    'https://gitlab.com.example.com',
    'https://notgitlab.com',
    'https://github.example.com/_services/token',
    'https://token.actions.example.ghe.com',
    'https://token.actions.githubusercontent.com.example.com',
    'https://oidc.circleci.com/org/0184990a-477b-4fa8-9968-496074483000',
    'https://api.bitbucket.org/2.0/workspaces/example/pipelines-config/identity/oidc',
    'https://example.app.spacelift.io',
    `${vercel}/example`,
    'https://login.microsoftonline.com/8f1c2a7e-0000-4000-8000-5a4b3c2d1e0f/v2.0',
    'https://sts.windows.net/8f1c2a7e-0000-4000-8000-5a4b3c2d1e0f/',
    'https://login.microsoftonline.com/commonplace/v2.0',
    'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_EXAMPLE12',
    'https://oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE',
    'https://8e3a1c52-7b0d-4f6e-9a51-2c4d6e8f0a1b.tokens.sts.global.api.aws',
  ])('takes %s for an issuer of its own', (url) => {
    expect(findSharedIssuer(url)).toBeUndefined();
  });
});

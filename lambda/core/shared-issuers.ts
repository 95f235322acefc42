/**
 * How a value singles an owner out: a `name` as a whole, a `path` whole up to its first slash, and a subject by what
 * its text before any wildcard must be.
 */
export type OwnerForm = 'name' | 'path' | RegExp;

interface SharedIssuer {
  readonly url: string;
  /**
   * JSON pointers to the claims that say whose a token is. `undefined`: the issuer is shared in a way that only its
   * own documentation knows, and any claim counts.
   */
  readonly owners?: Readonly<Record<string, OwnerForm>>;
  /** Whether a path below the URL is an owner's issuer of its own. */
  readonly ownIssuersBelow?: boolean;
}

/*
 * In a customized subject of GitHub only the first part is the author's own word for its owner: job_workflow_ref or
 * environment stand in the tokens of whoever calls that workflow, or names an environment so.
 */
const gitHubOwners = {
  '/repository_owner_id': 'name',
  '/repository_owner': 'name',
  '/repository_id': 'name',
  '/repository': 'path',
  '/enterprise_id': 'name',
  '/enterprise': 'name',
  '/sub':
    /^(?:(?:repo|repository):[^/:@]+[/@]|(?:repository_owner|repository_owner_id|repository_id|enterprise|enterprise_id):[^:]+:)/,
} as const;

const people = { '/sub': 'name', '/oid': 'name', '/email': 'name' } as const;

const microsoftHosts = [
  'https://login.microsoftonline.com',
  'https://login.microsoftonline.us',
  'https://login.partner.microsoftonline.cn',
  'https://login.windows.net',
  'https://sts.windows.net',
];

/** The tenant of every personal Microsoft account. */
const personalTenant = '9188040d-6c67-4c5b-b112-36a304b66dad';

/**
 * Issuers whose tokens anybody in the world can get: by URL, or by what every URL of theirs begins with. Sources:
 * IAM guide, "Identity-provider controls for shared OIDC providers", and the issuers' own documentation. CircleCI,
 * Bitbucket and Spacelift have an issuer for each organization: those are not shared.
 */
const sharedIssuers: readonly SharedIssuer[] = [
  { url: 'https://token.actions.githubusercontent.com', owners: gitHubOwners },
  { url: 'https://vstoken.actions.githubusercontent.com', owners: gitHubOwners },
  {
    url: 'https://gitlab.com',
    owners: {
      '/namespace_id': 'name',
      '/namespace_path': 'path',
      '/project_id': 'name',
      '/project_path': 'path',
      '/sub': /^project_path:[^/:]+\//,
    },
  },
  // Not azp: of a person's token it is the application, in which anybody signs in. Not email: it may be unverified.
  {
    url: 'https://accounts.google.com',
    owners: { '/hd': 'name', '/sub': 'name' },
  },
  ...['https://app.terraform.io', 'https://app.eu.terraform.io'].map((url) => ({
    url,
    owners: {
      '/terraform_organization_id': 'name',
      '/terraform_organization_name': 'name',
      '/terraform_project_id': 'name',
      '/terraform_workspace_id': 'name',
      '/sub': /^organization:[^:]+:/,
    } as const,
  })),
  {
    url: 'https://agent.buildkite.com',
    owners: {
      '/organization_id': 'name',
      '/organization_slug': 'name',
      '/pipeline_id': 'name',
      '/cluster_id': 'name',
      '/sub': /^organization:[^:]+:/,
    },
  },
  {
    url: 'https://oidc.vercel.com',
    owners: { '/owner_id': 'name', '/owner': 'name', '/project_id': 'name', '/sub': /^owner:[^:]+:/ },
    ownIssuersBelow: true,
  },
  ...microsoftHosts.flatMap((host) => [
    { url: `${host}/common`, owners: { '/tid': 'name' } as const },
    { url: `${host}/organizations`, owners: { '/tid': 'name' } as const },
    { url: `${host}/consumers`, owners: people },
    { url: `${host}/${personalTenant}`, owners: people },
  ]),
  ...['https://appleid.apple.com', 'https://www.facebook.com', 'https://id.twitch.tv/oauth2'].map((url) => ({
    url,
    owners: people,
  })),
  ...[
    'https://slack.com',
    'https://cognito-identity.amazonaws.com',
    'https://api.pulumi.com/oidc',
    'https://oidc.codefresh.io',
    'https://proidc.upbound.io',
    'https://scalr.io',
    'https://studio.datachain.ai/api',
    'https://tokens.cloud.shisho.dev',
    'https://sandboxes.cloud',
    'https://oidc-configuration.audit-log.githubusercontent.com',
  ].map((url) => ({ url })),
];

/** What is known of an issuer that the whole world shares; `undefined` of any other. */
export function findSharedIssuer(issuer: string): SharedIssuer | undefined {
  const wanted = withSlash(issuer.toLowerCase());
  return sharedIssuers.find(({ url, ownIssuersBelow }) =>
    ownIssuersBelow ? wanted === withSlash(url) : wanted.startsWith(withSlash(url)),
  );
}

const withSlash = (url: string) => url.replace(/\/*$/, '/');

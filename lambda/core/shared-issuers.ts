import { parseOperatorName } from './policy/operator-name.ts';
import type { ConditionOperator } from './policy/policy.ts';

/**
 * Issuers whose tokens anybody in the world can get: by URL, or by what every URL of theirs begins with. Sources:
 * IAM guide, "Identity-provider controls for shared OIDC providers", and the issuers' own documentation.
 */
const sharedIssuers = [
  'https://token.actions.githubusercontent.com',
  'https://vstoken.actions.githubusercontent.com',
  'https://gitlab.com',
  'https://accounts.google.com',
  'https://agent.buildkite.com',
  'https://app.terraform.io',
  'https://api.pulumi.com/oidc',
  'https://oidc.codefresh.io',
  'https://oidc.vercel.com',
  'https://proidc.upbound.io',
  'https://scalr.io',
  'https://cognito-identity.amazonaws.com',
  'https://appleid.apple.com',
  'https://www.facebook.com',
  'https://slack.com',
  'https://id.twitch.tv/oauth2',
  'https://login.microsoftonline.com/common/',
  'https://login.microsoftonline.com/consumers/',
  'https://login.microsoftonline.com/organizations/',
  // The tenant of every personal Microsoft account, by both of its URLs.
  'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/',
  'https://sts.windows.net/9188040d-6c67-4c5b-b112-36a304b66dad/',
];

/** Whether the whole world shares the issuer. */
export const isSharedIssuer = (url: string) =>
  sharedIssuers.some((shared) => withSlash(url.toLowerCase()).startsWith(withSlash(shared)));

const withSlash = (url: string) => url.replace(/\/?$/, '/');

/**
 * JSON pointers to the claims that say whose a token of a shared issuer is. An issuer that isn't listed here is
 * shared in a way that only its own documentation knows: any claim counts.
 */
const ownerClaims: readonly (readonly [issuer: string, pointers: readonly string[]])[] = [
  [
    'https://token.actions.githubusercontent.com',
    [
      '/repository_owner_id',
      '/repository_owner',
      '/repository_id',
      '/repository',
      '/enterprise_id',
      '/enterprise',
      '/sub',
    ],
  ],
  ['https://gitlab.com', ['/namespace_id', '/namespace_path', '/project_id', '/project_path', '/sub']],
  ['https://accounts.google.com', ['/hd', '/email', '/sub', '/azp']],
];

/** Operators that single somebody out. Their negations, Null and IfExists admit whoever isn't named. */
const identifying: readonly ConditionOperator[] = [
  'StringEquals',
  'StringEqualsIgnoreCase',
  'StringLike',
  'NumericEquals',
  'ArnEquals',
  'ArnLike',
];

/** The issuer as far as its owner claims go. */
interface SharedIssuer {
  readonly issuer: string;
  readonly claims: Readonly<Record<string, { readonly claim: string }>>;
}

/** Whether an Allow, as it is written, compares no claim that names an owner with a value of the author's own. */
export function admitsAnybody(statement: Readonly<Record<string, unknown>>, issuer: SharedIssuer): boolean {
  if (statement['Effect'] !== 'Allow') return false;
  const blocks = Object.entries(statement['Condition'] ?? {});
  return !blocks.some(([name, block]: [string, unknown]) => {
    const operator = parseOperatorName(name);
    // An operator that is none is reported where it stands.
    if (operator === undefined) return true;
    if (operator.ifExists || !identifying.includes(operator.operator)) return false;
    return Object.entries(block ?? {}).some(
      ([key, values]) => namesOwner(key, issuer) && [values].flat().every(isOneOwner),
    );
  });
}

function namesOwner(key: string, { issuer, claims }: SharedIssuer): boolean {
  const wanted = key.toLowerCase();
  if (wanted === 'daypass:issuer') return false;
  const [, pointers] = ownerClaims.find(([url]) => withSlash(issuer.toLowerCase()) === withSlash(url)) ?? [];
  if (pointers === undefined) return true;
  if (wanted === 'daypass:subject') return pointers.includes('/sub');
  const mapping = Object.entries(claims).find(([name]) => `claims:${name}`.toLowerCase() === wanted);
  return mapping !== undefined && pointers.includes(mapping[1].claim);
}

/** A whole name, or a path that is whole up to its first slash: `example/*`, and not `example*` or a variable. */
const isOneOwner = (value: unknown) => /^(?!.*\$\{)(?:[^*?]+$|[^*?/]+\/)/s.test(String(value));

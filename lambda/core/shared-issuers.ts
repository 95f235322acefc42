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

/** Operators that single somebody out. Their negations, Null and IfExists admit whoever isn't named. */
const identifying: readonly ConditionOperator[] = [
  'StringEquals',
  'StringEqualsIgnoreCase',
  'StringLike',
  'NumericEquals',
  'ArnEquals',
  'ArnLike',
];

/** Whether an Allow, as it is written, compares no claim with a value of the author's own. */
export function admitsAnybody(statement: Readonly<Record<string, unknown>>): boolean {
  if (statement['Effect'] !== 'Allow') return false;
  const blocks = Object.entries(statement['Condition'] ?? {});
  return !blocks.some(([name, block]: [string, unknown]) => {
    const operator = parseOperatorName(name);
    // An operator that is none is reported where it stands.
    if (operator === undefined) return true;
    if (operator.ifExists) return false;
    return identifying.includes(operator.operator) && Object.entries(block ?? {}).some(singlesOut);
  });
}

const singlesOut = ([key, values]: [string, unknown]) =>
  key.toLowerCase() !== 'daypass:issuer' &&
  [values].flat().every((value) => /^(?!.*\$\{).*[^*?]/s.test(String(value)));

import { ClientError } from '../client-error.ts';
import type { Deployment } from '../deployment.ts';
import type { AwsLogin, GitHubActionsLogin } from './login.ts';

const gitHubActions = 'https://token.actions.githubusercontent.com';

/**
 * For the audience that the broker takes of GitHub Actions.
 *
 * @throws ClientError `usage` where the broker doesn't say which of its issuers that is
 */
export function toGitHubActionsLogin(
  { issuers }: Deployment,
  asked: { readonly issuer?: string; readonly audience?: string },
): GitHubActionsLogin {
  const oidc = issuers.filter((one) => one.type === 'oidc');
  const chosen =
    oidc.find(({ name }) => name === asked.issuer) ??
    // An enterprise may have an issuer of its own below it.
    oidc.find(({ issuer }) => issuer === gitHubActions || issuer.startsWith(`${gitHubActions}/`)) ??
    oidc.find(({ name }) => name === 'github-actions');
  const isUnknown = asked.issuer !== undefined && chosen?.name !== asked.issuer;
  const audience = asked.audience ?? (isUnknown ? undefined : chosen?.audiences[0]);
  if (audience !== undefined && !isUnknown) return { kind: 'github-actions', audience };
  throw new ClientError(
    'usage',
    isUnknown
      ? `the broker has no issuer ${asked.issuer} that takes tokens`
      : 'the broker names no issuer of GitHub Actions',
    {
      hint: `name one with --issuer (${oidc.map(({ name }) => name).join(', ') || 'there is none'}), or its audience with --audience`,
    },
  );
}

/** @throws ClientError `failed` where the broker hears no signatures */
export function toAwsLogin({ issuers, region }: Deployment, profile: string | undefined): AwsLogin {
  if (issuers.some(({ type }) => type === 'iam')) {
    return { kind: 'aws', region, ...(profile === undefined ? {} : { profile }) };
  }
  throw new ClientError('failed', 'the broker hears nobody by AWS credentials', {
    hint: 'its configuration has no issuer of type iam',
  });
}

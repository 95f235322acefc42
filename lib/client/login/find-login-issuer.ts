import { ClientError } from '../client-error.ts';
import type { Deployment, DeploymentIssuer, OidcLoginSettings } from '../deployment.ts';

/** An issuer at which somebody can sign in. */
export type LoginIssuer =
  | {
      readonly type: 'oidc';
      readonly name: string;
      readonly issuer: string;
      readonly login: OidcLoginSettings;
    }
  | { readonly type: 'saml'; readonly name: string; readonly loginPath: string };

/** In the broker's order. */
export const toLoginIssuers = ({ issuers }: Deployment): readonly LoginIssuer[] =>
  issuers.flatMap((issuer) => toLoginIssuer(issuer));

function toLoginIssuer(issuer: DeploymentIssuer): readonly LoginIssuer[] {
  switch (issuer.type) {
    case 'oidc':
      return issuer.login === undefined ? [] : [{ ...issuer, login: issuer.login }];
    case 'saml':
      return [issuer];
    case 'iam':
      return [];
  }
}

/** @throws ClientError `usage` where nobody can sign in there, and why */
export function requireLoginIssuer(deployment: Deployment, name: string): LoginIssuer {
  const candidates = toLoginIssuers(deployment);
  const found = candidates.find((one) => one.name === name);
  if (found !== undefined) return found;
  const other = deployment.issuers.find((one) => one.name === name);
  const names = candidates.map((one) => one.name).join(', ');
  throw new ClientError('usage', `nobody can sign in at the issuer ${name} of this broker`, {
    hint: other === undefined ? `allowed: ${names || 'none'}` : toOtherWay(other),
  });
}

const toOtherWay = ({ type }: DeploymentIssuer) =>
  type === 'iam'
    ? 'its callers sign their requests: daypass login --aws'
    : "its tokens come from elsewhere: --token-file, --github-actions, --kubernetes; or the broker's configuration has to say login: for it";

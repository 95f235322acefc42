import type { Configuration, Issuer } from '../core/configuration.ts';
import type { OpenEndpoint } from '../http/endpoint.ts';

/** `GET /.well-known/daypass`: from the configuration alone, never from a header such as Host. */
export const createGetDeployment =
  ({ deployment, issuers }: Configuration, version: string): OpenEndpoint =>
  async () => ({
    status: 200,
    body: {
      version,
      region: deployment.region,
      stage: deployment.stage,
      issuers: [...issuers.values()].flatMap((issuer) => toView(issuer)),
    },
  });

/** How to log in. Which accounts are heard, and which third parties there are, is nobody's business. */
function toView(issuer: Issuer): readonly object[] {
  const { name, type } = issuer;
  switch (issuer.type) {
    case 'oidc':
      return [
        {
          ...{ name, type, issuer: issuer.issuer, audiences: issuer.audiences },
          ...(issuer.login === undefined ? {} : { login: issuer.login }),
        },
      ];
    case 'saml':
      return [{ name, type, loginPath: `/v1/saml/login?issuer=${name}` }];
    case 'iam':
      return [{ name, type, basePath: '/iam/v1', service: 'execute-api' }];
    case 'integration':
      return [];
  }
}

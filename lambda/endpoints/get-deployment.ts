import type { Configuration } from '../core/configuration.ts';
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
      issuers: [...issuers.values()].map(({ name, type, issuer, audiences }) => ({
        name,
        type,
        issuer,
        audiences,
      })),
    },
  });

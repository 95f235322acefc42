import { createLogger } from '../adapters/json-logger.ts';
import { createOidcTokenVerifier } from '../adapters/oidc-token-verifier.ts';
import { createAuthenticate } from '../core/authenticate.ts';
import { createAuthorizer } from '../http/authorizer.ts';
import { environment, requireEnv } from './environment.ts';
import { readConfigurationFile } from './read-configuration-file.ts';

const now = Date.now;
const logger = createLogger({ write: (line) => process.stdout.write(`${line}\n`), now });
const { issuers } = readConfigurationFile();
const verifier = createOidcTokenVerifier({ issuers, fetch: globalThis.fetch, now, logger });

/** Lambda authorizer of type REQUEST; its results must not be cached. */
export const handler = createAuthorizer({
  apiId: requireEnv(environment.apiId),
  stage: requireEnv(environment.stage),
  authenticate: createAuthenticate({ issuers, verifier, now }),
  logger,
});

import { KMSClient } from '@aws-sdk/client-kms';
import { createJoseTokenVerifier } from '../adapters/jose-token-verifier.ts';
import { createLogger } from '../adapters/json-logger.ts';
import { createFetchKmsKeys } from '../adapters/kms-token-signer.ts';
import { createAuthenticate } from '../core/authenticate.ts';
import { toBrokerIssuer } from '../core/token-issuer.ts';
import { createAuthorizer } from '../http/authorizer.ts';
import { environment, requireEnv } from './environment.ts';
import { readConfigurationFile } from './read-configuration-file.ts';

const now = Date.now;
const logger = createLogger({ write: (line) => process.stdout.write(`${line}\n`), now });
const { issuers, deployment } = readConfigurationFile();
const broker = toBrokerIssuer(requireEnv(environment.url));

const fetchKeys = createFetchKmsKeys({
  client: new KMSClient({ region: deployment.region }),
  keyArn: requireEnv(environment.tokenKeyArn),
  timeoutMs: 2000,
});

const verifier = createJoseTokenVerifier({
  issuers,
  broker: { issuer: broker, fetchKeys },
  fetch: globalThis.fetch,
  now,
  logger,
});

/** Lambda authorizer of type REQUEST; its results must not be cached. */
export const handler = createAuthorizer({
  apiId: requireEnv(environment.apiId),
  stage: requireEnv(environment.stage),
  authenticate: createAuthenticate({ issuers, broker, verifier, now }),
  logger,
});

import { setTimeout as pause } from 'node:timers/promises';
import { KMSClient } from '@aws-sdk/client-kms';
import { createJoseTokenVerifier } from '../adapters/jose-token-verifier.ts';
import { createFetchKmsKeys } from '../adapters/kms-token-signer.ts';
import { createAuthenticate } from '../core/authenticate.ts';
import { usesIntegrations } from '../core/configuration.ts';
import { toBrokerIssuer } from '../core/token-issuer.ts';
import { createAuthorizer } from '../http/authorizer.ts';
import { environment, requireEnv } from './environment.ts';
import { createFunctionLogger } from './function-logger.ts';
import { readConfigurationFile } from './read-configuration-file.ts';

const now = Date.now;
const logger = createFunctionLogger();
const configuration = readConfigurationFile();
const { issuers, deployment } = configuration;
const broker = toBrokerIssuer(requireEnv(environment.url));

const fetchKeys = createFetchKmsKeys({
  client: new KMSClient({ region: deployment.region }),
  keyArn: requireEnv(environment.tokenKeyArn),
  timeoutMs: 2000,
});

/** What reads the table is loaded where there are third parties alone: others' cold starts do not pay for it. */
async function createIntegrations() {
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const { createDynamodbIntegrationStore } = await import('../adapters/dynamodb-integration-store.ts');
  return createDynamodbIntegrationStore({
    client: new DynamoDBClient({ maxAttempts: 1 }),
    tableName: requireEnv(environment.integrationTable),
    pause,
  });
}

const verifier = createJoseTokenVerifier({
  issuers,
  ...(usesIntegrations(configuration) ? { integrations: await createIntegrations() } : {}),
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

import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { STSClient } from '@aws-sdk/client-sts';
import { createDynamodbIntegrationStore } from '../adapters/dynamodb-integration-store.ts';
import { createSdkSecurityTokenService } from '../adapters/sdk-security-token-service.ts';
import { toRoleArn } from '../core/function-roles.ts';
import { hideExternalIds } from '../core/integrations/hide-external-ids.ts';
import { createProbeIntegration, parseProbeTask } from '../core/integrations/probe-integration.ts';
import type { Credentials, LongTermKey } from '../core/ports.ts';
import { environment, requireEnv } from './environment.ts';
import { createFunctionLogger } from './function-logger.ts';
import { readConfigurationFile } from './read-configuration-file.ts';

const configuration = readConfigurationFile();

/** Two calls and a read of the table, of 2000 at most, within the 5000 that the prober is waited for. */
const stsTimeoutMs = 1300;

const toStsClient = (credentials?: Credentials | LongTermKey) =>
  new STSClient({
    region: configuration.deployment.region,
    // The SDK's default of three attempts could mint a second session for one row.
    maxAttempts: 1,
    requestHandler: { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } },
    // A copy: the SDK writes into what it is given.
    ...(credentials === undefined ? {} : { credentials: { ...credentials } }),
  });

/** Finds the function's own credentials once, and again when they expire. */
const ownClient = toStsClient();

const probe = createProbeIntegration({
  configuration,
  store: createDynamodbIntegrationStore({
    client: new DynamoDBClient({ maxAttempts: 1 }),
    tableName: requireEnv(environment.integrationTable),
    pause,
  }),
  sts: hideExternalIds(
    createSdkSecurityTokenService({
      toClient: (credentials) => (credentials === undefined ? ownClient : toStsClient(credentials)),
      timeoutMs: stsTimeoutMs,
    }),
  ),
  strangerRoleArn: toRoleArn(configuration.deployment, 'stranger'),
  logger: createFunctionLogger(),
});

/** Asks for third parties' roles as they must be refused. It is told which integration and which probe, and nothing else. */
export const handler = (event: unknown) => probe(parseProbeTask(event));

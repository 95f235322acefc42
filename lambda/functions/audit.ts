import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamodbIssuanceReader } from '../adapters/dynamodb-issuance-reader.ts';
import { createLogger } from '../adapters/json-logger.ts';
import { findIamIssuer } from '../core/find-iam-issuer.ts';
import { createReadIssuances } from '../core/read-issuances.ts';
import { createGetDeployment } from '../endpoints/get-deployment.ts';
import { createGetHealth } from '../endpoints/get-health.ts';
import { createGetIssuance } from '../endpoints/get-issuance.ts';
import { createGetOpenApi } from '../endpoints/get-open-api.ts';
import { createListIssuances } from '../endpoints/list-issuances.ts';
import { createHandler } from '../http/create-handler.ts';
import { openApiAnswer } from '../http/open-schemas.ts';
import { environment, requireEnv } from './environment.ts';
import { readConfigurationFile } from './read-configuration-file.ts';
import { readJsonFile } from './read-json-file.ts';

const now = Date.now;

const issuances = createDynamodbIssuanceReader({
  // Reading may be repeated at will: the SDK's own retries are safe here.
  client: new DynamoDBClient({ maxAttempts: 3 }),
  tableName: requireEnv(environment.issuanceTable),
  now,
});

const configuration = readConfigurationFile();
const openApi = openApiAnswer.parse(readJsonFile(environment.openApiFile));
const readIssuances = createReadIssuances({ configuration, issuances, now });

/** Shows the audit. Its role reads the table and its indexes, and does nothing else. It has the open
 * routes too, so that strangers' requests stay away from the function that calls STS. */
export const handler = createHandler({
  handledBy: 'audit',
  own: { apiId: requireEnv(environment.apiId), stage: requireEnv(environment.stage) },
  endpoints: {
    listIssuances: createListIssuances(readIssuances),
    getIssuance: createGetIssuance(readIssuances),
  },
  openEndpoints: {
    getHealth: createGetHealth(),
    getDeployment: createGetDeployment(configuration, openApi.info.version),
    getOpenApi: createGetOpenApi(openApi),
  },
  iamIssuer: findIamIssuer(configuration),
  logger: createLogger({ write: (line) => process.stdout.write(`${line}\n`), now }),
  now,
});

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { createDynamodbFindingReader } from '../adapters/dynamodb-finding-reader.ts';
import { createDynamodbIssuanceReader } from '../adapters/dynamodb-issuance-reader.ts';
import { createKmsPublicKeys } from '../adapters/kms-public-keys.ts';
import { usesWebIdentity } from '../core/configuration.ts';
import { findIamIssuer } from '../core/find-iam-issuer.ts';
import { createReadIssuances } from '../core/read-issuances.ts';
import { createReadFindings } from '../core/reconciliation/read-findings.ts';
import { createGetDeployment } from '../endpoints/get-deployment.ts';
import { createGetFinding } from '../endpoints/get-finding.ts';
import { createGetHealth } from '../endpoints/get-health.ts';
import { createGetIssuance } from '../endpoints/get-issuance.ts';
import { createGetJsonWebKeys } from '../endpoints/get-json-web-keys.ts';
import { createGetOpenApi } from '../endpoints/get-open-api.ts';
import { createGetOpenIdConfiguration } from '../endpoints/get-open-id-configuration.ts';
import { createListFindings } from '../endpoints/list-findings.ts';
import { createListIssuances } from '../endpoints/list-issuances.ts';
import { createHandler } from '../http/create-handler.ts';
import type { OidcIssuerOptions } from '../http/oidc-issuer.ts';
import { openApiAnswer } from '../http/open-schemas.ts';
import { environment, requireEnv, requireEnvList } from './environment.ts';
import { createFunctionLogger } from './function-logger.ts';
import { readConfigurationFile } from './read-configuration-file.ts';
import { readJsonFile } from './read-json-file.ts';

const now = Date.now;

const issuances = createDynamodbIssuanceReader({
  // Reading may be repeated at will: the SDK's own retries are safe here.
  client: new DynamoDBClient({ maxAttempts: 3 }),
  tableName: requireEnv(environment.issuanceTable),
  now,
});

const findings = createDynamodbFindingReader({
  client: new DynamoDBClient({ maxAttempts: 3 }),
  tableName: requireEnv(environment.findingTable),
  now,
});

const configuration = readConfigurationFile();
const openApi = openApiAnswer.parse(readJsonFile(environment.openApiFile));
const readIssuances = createReadIssuances({ configuration, issuances, now });
const readFindings = createReadFindings({ configuration, findings, now });

const logger = createFunctionLogger();
const oidcIssuer = usesWebIdentity(configuration) ? createOidcIssuer() : undefined;

function createOidcIssuer(): OidcIssuerOptions {
  const keys = createKmsPublicKeys({
    client: new KMSClient({ region: configuration.deployment.region }),
    keyArns: requireEnvList(environment.webIdentityKeyArns),
    timeoutMs: 2000,
    now,
    onStale: (cause) => logger.error('web identity keys are stale', { error: cause }),
  });
  return { url: requireEnv(environment.url), keys };
}

/** Shows the audit. Its role reads the table and its indexes, and does nothing else. It has the open
 * routes too, so that strangers' requests stay away from the function that calls STS. */
export const handler = createHandler({
  handledBy: 'audit',
  own: { apiId: requireEnv(environment.apiId), stage: requireEnv(environment.stage) },
  endpoints: {
    listIssuances: createListIssuances(readIssuances),
    getIssuance: createGetIssuance(readIssuances),
    listFindings: createListFindings(readFindings),
    getFinding: createGetFinding(readFindings),
  },
  openEndpoints: {
    getHealth: createGetHealth(),
    getDeployment: createGetDeployment(configuration, openApi.info.version),
    getOpenApi: createGetOpenApi(openApi),
    getOpenIdConfiguration: createGetOpenIdConfiguration(oidcIssuer),
    getJsonWebKeys: createGetJsonWebKeys(oidcIssuer),
  },
  iamIssuer: findIamIssuer(configuration),
  logger,
  now,
});

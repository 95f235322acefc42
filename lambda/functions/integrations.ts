import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { ulid } from 'ulid';
import { createDynamodbExternalIdRegister } from '../adapters/dynamodb-external-id-register.ts';
import { createDynamodbIntegrationStore } from '../adapters/dynamodb-integration-store.ts';
import { createDynamodbIssuanceReader } from '../adapters/dynamodb-issuance-reader.ts';
import { createDynamodbIssuanceRecorder } from '../adapters/dynamodb-issuance-recorder.ts';
import { createDynamodbProofRegister } from '../adapters/dynamodb-proof-register.ts';
import { createLambdaVerifier } from '../adapters/lambda-verifier.ts';
import { findIamIssuer } from '../core/find-iam-issuer.ts';
import { toFunctionName, toRoleArn, verifyAlias } from '../core/function-roles.ts';
import { createAuditedManaging, createConsumeProof } from '../core/integrations/audited-managing.ts';
import { createNewExternalId } from '../core/integrations/external-id.ts';
import { createManageIntegrations } from '../core/integrations/manage-integrations.ts';
import { createRequestVerification } from '../core/integrations/request-verification.ts';
import { isVerifyIntegrationsEvent } from '../core/integrations/schedule-event.ts';
import { scheduleTimes } from '../core/integrations/schedule-times.ts';
import {
  createVerifyDueIntegrations,
  type ScheduledRun,
} from '../core/integrations/verify-due-integrations.ts';
import { createReadIssuances } from '../core/read-issuances.ts';
import {
  createDeleteIntegration,
  createReplaceIntegrationKeys,
  createResumeIntegration,
  createRetireExternalId,
  createRotateExternalId,
  createSuspendIntegration,
  createUpdateIntegration,
} from '../endpoints/change-integration.ts';
import { createCreateIntegration } from '../endpoints/create-integration.ts';
import { createGetIntegration } from '../endpoints/get-integration.ts';
import { createGetIntegrationHistory } from '../endpoints/get-integration-history.ts';
import {
  createGetOnboardingKit,
  createGetOwnOnboardingKit,
} from '../endpoints/get-integration-onboarding.ts';
import { inPrimaryRegion } from '../endpoints/in-primary-region.ts';
import { createListIntegrations } from '../endpoints/list-integrations.ts';
import {
  createGetOwnIntegration,
  createListOwnIssuances,
  createReplaceOwnKeys,
} from '../endpoints/own-integration.ts';
import { createVerifyIntegrationEndpoint } from '../endpoints/verify-integration.ts';
import { createHandler } from '../http/create-handler.ts';
import { environment, requireEnv } from './environment.ts';
import { createFunctionAdmission } from './function-admission.ts';
import { createFunctionLogger } from './function-logger.ts';
import { readConfigurationFile } from './read-configuration-file.ts';

const now = Date.now;
const configuration = readConfigurationFile();
const { deployment } = configuration;
const { region, partition, accountId } = deployment;

const logger = createFunctionLogger();

const dynamodb = new DynamoDBClient({ maxAttempts: 1 });
const newNonce = () => randomBytes(16).toString('base64url');
const integrationTable = requireEnv(environment.integrationTable);
const issuanceTable = requireEnv(environment.issuanceTable);

const store = createDynamodbIntegrationStore({ client: dynamodb, tableName: integrationTable, pause });

const { reserve } = createDynamodbExternalIdRegister({
  ...{ client: dynamodb, tableName: integrationTable },
  ...{ newNonce, pause },
});

const proofs = createDynamodbProofRegister({
  ...{ client: dynamodb, tableName: requireEnv(environment.proofTable) },
  ...{ newNonce, pause },
});

const auditPorts = {
  admission: createFunctionAdmission({ configuration, client: dynamodb, pause, proofs }),
  ...{ configuration, now, newNonce },
  issuances: createDynamodbIssuanceRecorder({ client: dynamodb, tableName: issuanceTable, pause }),
  proofs,
  newId: (nowMs: number) => ulid(nowMs),
};

const manage = createManageIntegrations({
  ...{ configuration, store, reserve, logger, now, newNonce },
  consumeProof: createConsumeProof(auditPorts),
  newExternalId: createNewExternalId((length) => randomBytes(length)),
});

const audited = createAuditedManaging(manage, auditPorts);

const readIssuances = createReadIssuances({
  configuration,
  // Reading may be repeated at will: the SDK's own retries are safe here.
  issuances: createDynamodbIssuanceReader({
    ...{ client: new DynamoDBClient({ maxAttempts: 3 }), tableName: issuanceTable },
    now,
  }),
  now,
});

const lambda = new LambdaClient({
  region,
  // What was asked of STS before an answer was lost is not asked a second time.
  maxAttempts: 1,
  // A connection that was kept while Lambda froze the function may be dead, and a call lost on it is not repeated.
  requestHandler: { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } },
});

const verifierWithin = (timeoutMs: number) =>
  createLambdaVerifier({
    ...{ client: lambda, timeoutMs },
    functionName: toFunctionName(deployment, 'integration-issuer'),
    qualifier: verifyAlias,
  });

const { recordVerification } = manage;

const requestVerification = createRequestVerification({
  ...{ audited, recordVerification },
  // What is read before and written after has the rest of API Gateway's 29 s.
  verifier: verifierWithin(scheduleTimes.longestMs),
});

const verifyDueIntegrations = createVerifyDueIntegrations({
  ...{ store, recordVerification, logger, now },
  verifierWithin,
});

const onboarding = {
  broker: {
    ...{ partition, accountId },
    issuerRoleArn: toRoleArn(deployment, 'integration-issuer'),
    proberRoleArn: toRoleArn(deployment, 'prober'),
  },
  ...{ region, now, templateUrl: configuration.integrations?.templateUrl },
};

const inPrimary = inPrimaryRegion(deployment);

const handleRequest = createHandler({
  handledBy: 'integrations',
  own: {
    apiId: requireEnv(environment.apiId),
    stage: requireEnv(environment.stage),
    apiPolicyId: requireEnv(environment.apiPolicyId),
  },
  endpoints: {
    listIntegrations: createListIntegrations(audited),
    createIntegration: inPrimary(createCreateIntegration(audited)),
    getIntegration: createGetIntegration(audited),
    updateIntegration: inPrimary(createUpdateIntegration(audited)),
    deleteIntegration: inPrimary(createDeleteIntegration(audited)),
    suspendIntegration: inPrimary(createSuspendIntegration(audited)),
    resumeIntegration: inPrimary(createResumeIntegration(audited)),
    rotateExternalId: inPrimary(createRotateExternalId(audited)),
    retireExternalId: inPrimary(createRetireExternalId(audited)),
    getIntegrationHistory: createGetIntegrationHistory(audited),
    getOnboardingKit: createGetOnboardingKit(audited, onboarding),
    verifyIntegration: inPrimary(createVerifyIntegrationEndpoint(requestVerification)),
    replaceIntegrationKeys: inPrimary(createReplaceIntegrationKeys(audited)),
    getOwnIntegration: createGetOwnIntegration(audited),
    listOwnIssuances: createListOwnIssuances(audited, readIssuances),
    getOwnOnboardingKit: createGetOwnOnboardingKit(audited, onboarding),
    replaceOwnKeys: inPrimary(createReplaceOwnKeys(audited)),
  },
  iamIssuer: findIamIssuer(configuration),
  logger,
  now,
});

/**
 * Manages third parties, and has their roles verified again when the schedule or an operator says so. It calls no STS.
 * Whatever is not that event to the letter is an event of API Gateway's, or refused as a foreign one.
 */
export const handler = (event: unknown, context: Context): Promise<APIGatewayProxyResult | ScheduledRun> =>
  isVerifyIntegrationsEvent(event)
    ? verifyDueIntegrations(now() + context.getRemainingTimeInMillis(), event)
    : handleRequest(event as APIGatewayProxyEvent, context);

import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { ulid } from 'ulid';
import { createDynamodbControlStore } from '../adapters/dynamodb-control-store.ts';
import { createDynamodbIssuanceReader } from '../adapters/dynamodb-issuance-reader.ts';
import { createDynamodbIssuanceRecorder } from '../adapters/dynamodb-issuance-recorder.ts';
import { createLambdaRevoker } from '../adapters/lambda-revoker.ts';
import { createAuditDenials } from '../core/audit-denials.ts';
import { appliesRevocations } from '../core/configuration.ts';
import { isCleanUpEvent } from '../core/controls/clean-up-event.ts';
import { type CleanUp, createCleanUpRevocations } from '../core/controls/clean-up-revocations.ts';
import { createManageRevocations } from '../core/controls/manage-revocations.ts';
import { createManageSuspensions } from '../core/controls/manage-suspensions.ts';
import { ForeignEventError } from '../core/errors.ts';
import { findIamIssuer } from '../core/find-iam-issuer.ts';
import { toFunctionName } from '../core/function-roles.ts';
import { createListRevocations, createRevokeAll, createRevokeIssuance } from '../endpoints/revocations.ts';
import { createLiftSuspension, createListSuspensions, createSuspend } from '../endpoints/suspensions.ts';
import { createHandler } from '../http/create-handler.ts';
import { environment, requireEnv } from './environment.ts';
import { createFunctionAdmission } from './function-admission.ts';
import { createFunctionLogger } from './function-logger.ts';
import { readConfigurationFile } from './read-configuration-file.ts';

const now = Date.now;
const configuration = readConfigurationFile();
const { deployment } = configuration;
const logger = createFunctionLogger();

const client = new DynamoDBClient({ maxAttempts: 1 });
const tableName = requireEnv(environment.issuanceTable);
const newNonce = () => randomBytes(16).toString('base64url');
const newId = (nowMs: number) => ulid(nowMs);

const { suspensions, revocations } = createDynamodbControlStore({
  ...{ client, tableName: requireEnv(environment.controlTable) },
  ...{ newNonce, pause },
});

const audited = createAuditDenials({
  ...{ configuration, now, newId, newNonce },
  admission: createFunctionAdmission({ configuration, client, pause }),
  issuances: createDynamodbIssuanceRecorder({ client, tableName, pause }),
});

/** Where nothing is applied there is no such function, and this one has no permission to invoke it. */
const revoker = appliesRevocations(configuration)
  ? createLambdaRevoker({
      client: new LambdaClient({
        region: deployment.region,
        maxAttempts: 1,
        // A connection that was kept while Lambda froze the function may be dead, and a call lost on it is not repeated.
        requestHandler: { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } },
      }),
      functionName: toFunctionName(deployment, 'revoker'),
      timeoutMs: 9000,
    })
  : undefined;

const manageSuspensions = createManageSuspensions({ configuration, store: suspensions, audited, now });

const manageRevocations = createManageRevocations({
  ...{ configuration, store: revocations, audited, now, newId },
  // Reading may be repeated at will: the SDK's own retries are safe here.
  issuances: createDynamodbIssuanceReader({ client: new DynamoDBClient({ maxAttempts: 3 }), tableName, now }),
  ...(revoker === undefined ? {} : { revoker }),
});

const cleanUp =
  revoker === undefined ? undefined : createCleanUpRevocations({ store: revocations, revoker, logger, now });

const handleRequest = createHandler({
  handledBy: 'controls',
  own: {
    apiId: requireEnv(environment.apiId),
    stage: requireEnv(environment.stage),
    apiPolicyId: requireEnv(environment.apiPolicyId),
  },
  endpoints: {
    listSuspensions: createListSuspensions(manageSuspensions),
    suspend: createSuspend(manageSuspensions),
    liftSuspension: createLiftSuspension(manageSuspensions),
    revokeIssuance: createRevokeIssuance(manageRevocations),
    revokeAll: createRevokeAll(manageRevocations),
    listRevocations: createListRevocations(manageRevocations),
  },
  iamIssuer: findIamIssuer(configuration),
  logger,
  now,
});

/**
 * Suspends, lifts and revokes, and has policies taken off again when the schedule says so. It calls no STS and no IAM.
 * Whatever is not that event to the letter is an event of API Gateway's, or refused as a foreign one.
 */
export const handler = async (event: unknown, context: Context): Promise<APIGatewayProxyResult | CleanUp> => {
  if (!isCleanUpEvent(event)) return handleRequest(event as APIGatewayProxyEvent, context);
  if (cleanUp === undefined) throw new ForeignEventError('this deployment applies no revocations');
  return cleanUp();
};

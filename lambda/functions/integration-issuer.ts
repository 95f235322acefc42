import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { STSClient } from '@aws-sdk/client-sts';
import type { APIGatewayProxyEvent, Context } from 'aws-lambda';
import { ulid } from 'ulid';
import { createDynamodbIntegrationStore } from '../adapters/dynamodb-integration-store.ts';
import { createDynamodbIssuanceRecorder } from '../adapters/dynamodb-issuance-recorder.ts';
import { createDynamodbProofRegister } from '../adapters/dynamodb-proof-register.ts';
import { createFederationEndpoint } from '../adapters/federation-endpoint.ts';
import { createLambdaProber } from '../adapters/lambda-prober.ts';
import { createSdkSecurityTokenService } from '../adapters/sdk-security-token-service.ts';
import { ForeignEventError } from '../core/errors.ts';
import { findIamIssuer } from '../core/find-iam-issuer.ts';
import { toFunctionName, verifyAlias } from '../core/function-roles.ts';
import { createAnswerVerifyTask } from '../core/integrations/answer-verify-task.ts';
import { createExplainIntegrationIssuance } from '../core/integrations/explain-integration-issuance.ts';
import { createNewExternalId } from '../core/integrations/external-id.ts';
import { hideExternalIds } from '../core/integrations/hide-external-ids.ts';
import { createIssueIntegrationCredentials } from '../core/integrations/issue-integration-credentials.ts';
import { createVerifyIntegration } from '../core/integrations/verify-integration.ts';
import { isVerifyTask } from '../core/integrations/verify-task.ts';
import { createOpenConsole } from '../core/open-console.ts';
import { warnOfPackedSize } from '../core/warn-of-packed-size.ts';
import { createExplainIntegrationEndpoint } from '../endpoints/explain-integration-issuance.ts';
import { createGetIntegrationContainerCredentials } from '../endpoints/get-integration-container-credentials.ts';
import { createIssueIntegrationCredentialsEndpoint } from '../endpoints/issue-integration-credentials.ts';
import { createOpenIntegrationConsoleEndpoint } from '../endpoints/open-integration-console.ts';
import { createHandler } from '../http/create-handler.ts';
import { environment, requireEnv } from './environment.ts';
import { createFunctionAdmission } from './function-admission.ts';
import { createFunctionLogger } from './function-logger.ts';
import { readConfigurationFile } from './read-configuration-file.ts';

const now = Date.now;
const configuration = readConfigurationFile();
const { region, partition } = configuration.deployment;

/** A call of STS or of the prober: `lastProbeMs` leaves time for one, with its two rows. */
const callTimeoutMs = 5000;

// A connection that was kept while Lambda froze the function may be dead, and a call lost on it is not repeated.
const requestHandler = { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } };

/** The SDK's default of three attempts could mint a second session for one row. */
const once = { maxAttempts: 1, requestHandler } as const;

const stsClient = new STSClient({ region, ...once });

const sts = hideExternalIds(
  createSdkSecurityTokenService({ toClient: () => stsClient, timeoutMs: callTimeoutMs }),
);

const dynamodb = new DynamoDBClient({ maxAttempts: 1 });
const newNonce = () => randomBytes(16).toString('base64url');

const store = createDynamodbIntegrationStore({
  client: dynamodb,
  tableName: requireEnv(environment.integrationTable),
  pause,
});

const proofs = createDynamodbProofRegister({
  client: dynamodb,
  tableName: requireEnv(environment.proofTable),
  ...{ newNonce, pause },
});

const issuePorts = {
  admission: createFunctionAdmission({ configuration, client: dynamodb, pause, proofs }),
  ...{ configuration, now, newNonce },
  issuances: createDynamodbIssuanceRecorder({
    client: dynamodb,
    tableName: requireEnv(environment.issuanceTable),
    pause,
  }),
  proofs,
  newId: (nowMs: number) => ulid(nowMs),
};

const logger = createFunctionLogger();

const issueCredentials = warnOfPackedSize(
  createIssueIntegrationCredentials({ ...issuePorts, store, sts }),
  logger,
);

const federationUrl = requireEnv(environment.federationUrl);

const openConsole = createOpenConsole({
  issueCredentials,
  federation: createFederationEndpoint({
    url: new URL(federationUrl),
    fetch: globalThis.fetch,
    timeoutMs: 3000,
  }),
  federationUrl,
  url: requireEnv(environment.url),
  now,
});

const answerVerifyTask = createAnswerVerifyTask({
  ...{ configuration, store, logger },
  verifyIntegration: createVerifyIntegration({
    ...issuePorts,
    sts,
    prober: createLambdaProber({
      client: new LambdaClient({ region, ...once }),
      functionName: toFunctionName(configuration.deployment, 'prober'),
      timeoutMs: callTimeoutMs,
    }),
    newExternalId: createNewExternalId((length) => randomBytes(length)),
  }),
});

const handleRequest = createHandler({
  handledBy: 'integration-issuer',
  own: {
    apiId: requireEnv(environment.apiId),
    stage: requireEnv(environment.stage),
    apiPolicyId: requireEnv(environment.apiPolicyId),
  },
  endpoints: {
    issueIntegrationCredentials: createIssueIntegrationCredentialsEndpoint(issueCredentials),
    getIntegrationContainerCredentials: createGetIntegrationContainerCredentials(issueCredentials),
    openIntegrationConsole: createOpenIntegrationConsoleEndpoint(openConsole, partition),
    explainIntegrationIssuance: createExplainIntegrationEndpoint(
      createExplainIntegrationIssuance({ configuration, store, now }),
      configuration,
    ),
  },
  iamIssuer: findIamIssuer(configuration),
  logger,
  now,
});

/**
 * Issues the credentials of third parties' roles, and verifies those roles. The one function whose role they trust. By
 * which ARN it is invoked decides what it takes: by the alias verify tasks, without it events of API Gateway's.
 */
export const handler = async (event: unknown, context: Context) => {
  if (!context.invokedFunctionArn.endsWith(`:${verifyAlias}`))
    return handleRequest(event as APIGatewayProxyEvent, context);
  if (isVerifyTask(event)) return answerVerifyTask(event);
  throw new ForeignEventError('by its alias this function takes verify tasks only');
};

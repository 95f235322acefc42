import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { STSClient } from '@aws-sdk/client-sts';
import { ulid } from 'ulid';
import { createDynamodbIssuanceRecorder } from '../adapters/dynamodb-issuance-recorder.ts';
import { createDynamodbProofRegister } from '../adapters/dynamodb-proof-register.ts';
import { createLogger } from '../adapters/json-logger.ts';
import { createSdkSecurityTokenService } from '../adapters/sdk-security-token-service.ts';
import { findIamIssuer } from '../core/find-iam-issuer.ts';
import { createIssueCredentials } from '../core/issue-credentials.ts';
import { createListProfiles } from '../core/list-profiles.ts';
import { createGetContainerCredentials } from '../endpoints/get-container-credentials.ts';
import { createIssueCredentialsEndpoint } from '../endpoints/issue-credentials.ts';
import { createListProfilesEndpoint } from '../endpoints/list-profiles.ts';
import { createWhoami } from '../endpoints/whoami.ts';
import { createHandler } from '../http/create-handler.ts';
import { environment, requireEnv } from './environment.ts';
import { readConfigurationFile } from './read-configuration-file.ts';

const now = Date.now;
const configuration = readConfigurationFile();

/** Longest that an issuance waits for STS: well within API Gateway's 29 s, with the audit's four seconds beside it. */
const stsTimeoutMs = 5000;

const sts = createSdkSecurityTokenService({
  client: new STSClient({
    region: configuration.deployment.region,
    // The SDK's default of three attempts could mint a second session for one row.
    maxAttempts: 1,
    // A connection that was kept while Lambda froze the function may be dead, and a call lost on it is not repeated.
    requestHandler: { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } },
  }),
  timeoutMs: stsTimeoutMs,
});

const dynamodb = new DynamoDBClient({ maxAttempts: 1 });
const newNonce = () => randomBytes(16).toString('base64url');

const issuances = createDynamodbIssuanceRecorder({
  client: dynamodb,
  tableName: requireEnv(environment.issuanceTable),
  pause,
});

const proofs = createDynamodbProofRegister({
  client: dynamodb,
  tableName: requireEnv(environment.proofTable),
  newNonce,
  pause,
});

const issueCredentials = createIssueCredentials({
  configuration,
  issuances,
  sts,
  proofs,
  now,
  newId: (nowMs) => ulid(nowMs),
  newNonce,
});

/** Issues credentials. The one function whose role may assume the profiles' roles. */
export const handler = createHandler({
  handledBy: 'issuer',
  own: {
    apiId: requireEnv(environment.apiId),
    stage: requireEnv(environment.stage),
    apiPolicyId: requireEnv(environment.apiPolicyId),
  },
  endpoints: {
    whoami: createWhoami(),
    listProfiles: createListProfilesEndpoint(createListProfiles({ configuration, now })),
    issueCredentials: createIssueCredentialsEndpoint(issueCredentials),
    getContainerCredentials: createGetContainerCredentials(issueCredentials),
  },
  iamIssuer: findIamIssuer(configuration),
  logger: createLogger({ write: (line) => process.stdout.write(`${line}\n`), now }),
  now,
});

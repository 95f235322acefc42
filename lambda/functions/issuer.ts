import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { STSClient } from '@aws-sdk/client-sts';
import { ulid } from 'ulid';
import { createDynamodbIssuanceRecorder } from '../adapters/dynamodb-issuance-recorder.ts';
import { createDynamodbProofRegister } from '../adapters/dynamodb-proof-register.ts';
import { createFederationEndpoint } from '../adapters/federation-endpoint.ts';
import { createLogger } from '../adapters/json-logger.ts';
import { createKmsTokenSigner } from '../adapters/kms-token-signer.ts';
import { createSdkSecurityTokenService } from '../adapters/sdk-security-token-service.ts';
import type { WebIdentityIssuer } from '../core/assume-role-with-web-identity.ts';
import { usesWebIdentity } from '../core/configuration.ts';
import { createExplainIssuance } from '../core/explain-issuance.ts';
import { findIamIssuer } from '../core/find-iam-issuer.ts';
import { createIssueCredentials } from '../core/issue-credentials.ts';
import { createListProfiles } from '../core/list-profiles.ts';
import { createOpenConsole } from '../core/open-console.ts';
import type { Credentials, LongTermKey } from '../core/ports.ts';
import { warnOfPackedSize } from '../core/warn-of-packed-size.ts';
import { createExplainEndpoint } from '../endpoints/explain-issuance.ts';
import { createGetContainerCredentials } from '../endpoints/get-container-credentials.ts';
import { createIssueCredentialsEndpoint } from '../endpoints/issue-credentials.ts';
import { createListProfilesEndpoint } from '../endpoints/list-profiles.ts';
import { createOpenConsoleEndpoint } from '../endpoints/open-console.ts';
import { createWhoami } from '../endpoints/whoami.ts';
import { createHandler } from '../http/create-handler.ts';
import { environment, requireEnv, requireEnvList } from './environment.ts';
import { readConfigurationFile } from './read-configuration-file.ts';

const now = Date.now;
const configuration = readConfigurationFile();

/**
 * Longest that an issuance waits for one hop. The longest chain's three take 15 s, the proof, the intent and the
 * outcome two each, a console link's token three: within the function's 25 s and API Gateway's 29 s.
 */
const stsTimeoutMs = 5000;
const federationTimeoutMs = 3000;

const toStsClient = (credentials?: Credentials | LongTermKey) =>
  new STSClient({
    region: configuration.deployment.region,
    // The SDK's default of three attempts could mint a second session for one row.
    maxAttempts: 1,
    // A connection that was kept while Lambda froze the function may be dead, and a call lost on it is not repeated.
    requestHandler: { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } },
    // A copy: the SDK writes into what it is given.
    ...(credentials === undefined ? {} : { credentials: { ...credentials } }),
  });

/** Finds the function's own credentials once, and again when they expire. */
const ownClient = toStsClient();

const sts = createSdkSecurityTokenService({
  // A client for each session of a chain, gone with its one call: nothing keeps its credentials.
  toClient: (credentials) => (credentials === undefined ? ownClient : toStsClient(credentials)),
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

/** Where no profile needs it there is no key, and this function has no permission to sign. */
function createWebIdentityIssuer(): WebIdentityIssuer {
  const [keyArn] = requireEnvList(environment.webIdentityKeyArns);
  const client = new KMSClient({ region: configuration.deployment.region });
  const signer = createKmsTokenSigner({ client, keyArn, timeoutMs: 2000 });
  return { url: requireEnv(environment.url), signer };
}

const logger = createLogger({ write: (line) => process.stdout.write(`${line}\n`), now });

const issueCredentials = warnOfPackedSize(
  createIssueCredentials({
    configuration,
    issuances,
    sts,
    proofs,
    ...(usesWebIdentity(configuration) ? { webIdentity: createWebIdentityIssuer() } : {}),
    now,
    newId: (nowMs) => ulid(nowMs),
    newNonce,
  }),
  logger,
);

const federationUrl = requireEnv(environment.federationUrl);

const openConsole = createOpenConsole({
  issueCredentials,
  federation: createFederationEndpoint({
    url: new URL(federationUrl),
    fetch: globalThis.fetch,
    timeoutMs: federationTimeoutMs,
  }),
  federationUrl,
  url: requireEnv(environment.url),
  now,
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
    openConsole: createOpenConsoleEndpoint(openConsole, configuration.deployment.partition),
    explainIssuance: createExplainEndpoint(createExplainIssuance({ configuration, now }), configuration),
  },
  iamIssuer: findIamIssuer(configuration),
  logger,
  now,
});

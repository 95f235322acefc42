import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { ulid } from 'ulid';
import { createDynamodbIssuanceRecorder } from '../adapters/dynamodb-issuance-recorder.ts';
import { createDynamodbProofRegister } from '../adapters/dynamodb-proof-register.ts';
import { createFederationEndpoint } from '../adapters/federation-endpoint.ts';
import { createKmsTokenSigner } from '../adapters/kms-token-signer.ts';
import { createSdkAuthorizationMessages } from '../adapters/sdk-authorization-messages.ts';
import { createSdkFederationTokenService } from '../adapters/sdk-federation-token-service.ts';
import { createSdkRootTokenService } from '../adapters/sdk-root-token-service.ts';
import { createSdkSamlTokenService } from '../adapters/sdk-saml-token-service.ts';
import { createSdkSecurityTokenService } from '../adapters/sdk-security-token-service.ts';
import { createSdkSessionTokenRelay } from '../adapters/sdk-session-token-relay.ts';
import { createSdkWebIdentityTokenService } from '../adapters/sdk-web-identity-token-service.ts';
import { createSecretsManagerFederatorKeys } from '../adapters/secrets-manager-federator-keys.ts';
import type { WebIdentityIssuer } from '../core/assume-role-with-web-identity.ts';
import { usesFederator, usesSaml, usesWebIdentity } from '../core/configuration.ts';
import { createDecodeAuthorizationMessage } from '../core/decode-authorization-message.ts';
import { createExplainIssuance } from '../core/explain-issuance.ts';
import { findIamIssuer } from '../core/find-iam-issuer.ts';
import type { Federator } from '../core/get-federation-token.ts';
import { createIssueCredentials } from '../core/issue-credentials.ts';
import { createIssueWebIdentityToken } from '../core/issue-web-identity-token.ts';
import { createListProfiles } from '../core/list-profiles.ts';
import { createOpenConsole } from '../core/open-console.ts';
import type { Credentials, LongTermKey } from '../core/ports.ts';
import { createRelaySessionToken } from '../core/relay-session-token.ts';
import { warnOfPackedSize } from '../core/warn-of-packed-size.ts';
import { createDecodeAuthorizationMessageEndpoint } from '../endpoints/decode-authorization-message.ts';
import { createExplainEndpoint } from '../endpoints/explain-issuance.ts';
import { createGetContainerCredentials } from '../endpoints/get-container-credentials.ts';
import { createIssueCredentialsEndpoint } from '../endpoints/issue-credentials.ts';
import { createIssueWebIdentityTokenEndpoint } from '../endpoints/issue-web-identity-token.ts';
import { createListProfilesEndpoint } from '../endpoints/list-profiles.ts';
import { createOpenConsoleEndpoint } from '../endpoints/open-console.ts';
import { createRelaySessionTokenEndpoint } from '../endpoints/relay-session-token.ts';
import { createWhoami } from '../endpoints/whoami.ts';
import { createHandler } from '../http/create-handler.ts';
import { environment, requireEnv, requireEnvList } from './environment.ts';
import { createFunctionAdmission } from './function-admission.ts';
import { createFunctionLogger } from './function-logger.ts';
import { readConfigurationFile } from './read-configuration-file.ts';

const now = Date.now;
const configuration = readConfigurationFile();

/**
 * Longest that an issuance waits for one hop. The longest chain's three take 15 s, admission, the proof, the intent and
 * the outcome two each, a console link's token or one that AWS signs three: within the function's 27 s and API Gateway's 29 s.
 */
const stsTimeoutMs = 5000;
const lastCallTimeoutMs = 3000;

const toStsClient = (
  credentials?: Credentials | LongTermKey,
  signing: Pick<STSClientConfig, 'signer'> = {},
) =>
  new STSClient({
    ...signing,
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

const stsOptions = {
  // A client for each session of a chain, gone with its one call: nothing keeps its credentials.
  toClient: (credentials?: Credentials | LongTermKey) =>
    credentials === undefined ? ownClient : toStsClient(credentials),
  timeoutMs: stsTimeoutMs,
};

const sts = createSdkSecurityTokenService(stsOptions);

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

/**
 * The one mechanism with a second attempt, where the key had been replaced: with its read and its renewal, two calls,
 * two intents and two outcomes it takes 19 s, and the proof and a console link's token 5 more.
 */
const federatorTimes = { keyMs: 1500, stsMs: 4000 } as const;

/** Where no profile needs it there is no federator, and this function has no permission to read its key. */
function createFederator(): Federator {
  const { partition, accountId, region } = configuration.deployment;
  return {
    keys: createSecretsManagerFederatorKeys({
      client: new SecretsManagerClient({ region }),
      secretArn: requireEnv(environment.federatorSecretArn),
      timeoutMs: federatorTimes.keyMs,
      now,
    }),
    service: createSdkFederationTokenService({
      ...{ ...stsOptions, timeoutMs: federatorTimes.stsMs },
      ...{ partition, accountId },
    }),
  };
}

/** What reads XML is loaded where a profile needs it alone: others' cold starts do not pay for it. */
async function createSaml() {
  const { createSamlResponseVerifier } = await import('../adapters/saml-response-verifier.ts');
  return {
    service: createSdkSamlTokenService(stsOptions),
    verifier: createSamlResponseVerifier({ issuers: configuration.issuers, now }),
  };
}

const logger = createFunctionLogger();

const issuePorts = {
  admission: createFunctionAdmission({ configuration, client: dynamodb, pause, proofs }),
  ...{ configuration, issuances, proofs, now, newNonce },
  newId: (nowMs: number) => ulid(nowMs),
};

const issueCredentials = warnOfPackedSize(
  createIssueCredentials({
    ...issuePorts,
    sts,
    root: createSdkRootTokenService(stsOptions),
    ...(usesWebIdentity(configuration) ? { webIdentity: createWebIdentityIssuer() } : {}),
    ...(usesFederator(configuration) ? { federator: createFederator() } : {}),
    ...(usesSaml(configuration) ? { saml: await createSaml() } : {}),
  }),
  logger,
);

const issueWebIdentityToken = createIssueWebIdentityToken({
  ...issuePorts,
  sts,
  // After the longest chain's three hops.
  tokens: createSdkWebIdentityTokenService({ ...stsOptions, timeoutMs: lastCallTimeoutMs }),
});

/** The caller signed: the SDK would look for the function's own credentials where it is given none. */
const nobody: LongTermKey = { accessKeyId: 'none', secretAccessKey: 'none' };

const relaySessionToken = createRelaySessionToken({
  ...issuePorts,
  relay: createSdkSessionTokenRelay({
    toClient: (signing) => toStsClient(nobody, signing),
    timeoutMs: stsTimeoutMs,
  }),
});

const decodeAuthorizationMessage = createDecodeAuthorizationMessage({
  ...issuePorts,
  messages: createSdkAuthorizationMessages(stsOptions),
});

const federationUrl = requireEnv(environment.federationUrl);

const openConsole = createOpenConsole({
  issueCredentials,
  federation: createFederationEndpoint({
    url: new URL(federationUrl),
    fetch: globalThis.fetch,
    timeoutMs: lastCallTimeoutMs,
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
    issueWebIdentityToken: createIssueWebIdentityTokenEndpoint(issueWebIdentityToken),
    explainIssuance: createExplainEndpoint(createExplainIssuance({ configuration, now }), configuration),
    relaySessionToken: createRelaySessionTokenEndpoint(relaySessionToken, {
      origins: [requireEnv(environment.stsUrl)],
      region: configuration.deployment.region,
      now,
    }),
    decodeAuthorizationMessage: createDecodeAuthorizationMessageEndpoint(decodeAuthorizationMessage),
  },
  iamIssuer: findIamIssuer(configuration),
  logger,
  now,
});

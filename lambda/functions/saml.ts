import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { createDynamodbProofRegister } from '../adapters/dynamodb-proof-register.ts';
import { createKmsTokenSigner } from '../adapters/kms-token-signer.ts';
import { createSamlResponseVerifier } from '../adapters/saml-response-verifier.ts';
import { createConsumeSamlResponse } from '../core/consume-saml-response.ts';
import { createBeginSamlLogin } from '../endpoints/begin-saml-login.ts';
import { createConsumeSamlResponseEndpoint } from '../endpoints/consume-saml-response.ts';
import { createGetSamlMetadata } from '../endpoints/get-saml-metadata.ts';
import { createHandler } from '../http/create-handler.ts';
import { environment, requireEnv } from './environment.ts';
import { createFunctionLogger } from './function-logger.ts';
import { readConfigurationFile } from './read-configuration-file.ts';

const now = Date.now;
const { issuers, deployment } = readConfigurationFile();
const url = requireEnv(environment.url);
const newNonce = () => randomBytes(16).toString('base64url');

const proofs = createDynamodbProofRegister({
  client: new DynamoDBClient({ maxAttempts: 1 }),
  tableName: requireEnv(environment.proofTable),
  newNonce,
  pause,
});

const signer = createKmsTokenSigner({
  client: new KMSClient({ region: deployment.region }),
  keyArn: requireEnv(environment.tokenKeyArn),
  timeoutMs: 2000,
});

const consume = createConsumeSamlResponse({
  verifier: createSamlResponseVerifier({ issuers, now }),
  proofs,
  signer,
  url,
  now,
  newTokenId: newNonce,
});

const logger = createFunctionLogger();

/** Reads assertions and signs tokens of the broker's own. Its role has no part in issuing credentials. */
export const handler = createHandler({
  handledBy: 'saml',
  own: { apiId: requireEnv(environment.apiId), stage: requireEnv(environment.stage) },
  endpoints: {},
  openEndpoints: {
    beginSamlLogin: createBeginSamlLogin({
      issuers,
      url,
      now,
      newRequestId: () => `_${randomBytes(16).toString('hex')}`,
    }),
    consumeSamlResponse: createConsumeSamlResponseEndpoint({ consume, url, logger }),
    getSamlMetadata: createGetSamlMetadata(url),
  },
  logger,
  now,
});

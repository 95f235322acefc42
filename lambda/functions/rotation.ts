import { setTimeout as pause } from 'node:timers/promises';
import { IAMClient } from '@aws-sdk/client-iam';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import type { Context } from 'aws-lambda';
import { createSdkAccessKeys } from '../adapters/sdk-access-keys.ts';
import { createSdkKeyTester } from '../adapters/sdk-key-tester.ts';
import { createSdkSecretVersions } from '../adapters/sdk-secret-versions.ts';
import { createHandleRotationEvent } from '../core/handle-rotation-event.ts';
import { toIamRegion } from '../core/iam-region.ts';
import { createRotateFederatorKey } from '../core/rotate-federator-key.ts';
import { parseSecretArn } from '../core/secret-arn.ts';
import { environment, requireEnv } from './environment.ts';
import { createFunctionLogger } from './function-logger.ts';

const now = Date.now;
const secretArn = requireEnv(environment.federatorSecretArn);
const userName = requireEnv(environment.federatorUserName);
const { partition, region, accountId } = parseSecretArn(secretArn);

/** Longest for one call with the SDK's own repeats, which do no harm: what a repeat leaves over, the next rotation deletes. */
const callTimeoutMs = 10_000;

/** What a test leaves of the function's time for its last call and its label. */
const reservedMs = 20_000;

const rotate = createRotateFederatorKey({
  keys: createSdkAccessKeys({
    client: new IAMClient({ region: toIamRegion(partition) }),
    userName,
    timeoutMs: callTimeoutMs,
  }),
  secret: createSdkSecretVersions({
    client: new SecretsManagerClient({ region }),
    secretArn,
    timeoutMs: callTimeoutMs,
  }),
  tester: createSdkKeyTester({
    toClient: (key) =>
      new STSClient({
        region,
        maxAttempts: 1,
        requestHandler: { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } },
        // A copy: the SDK writes into what it is given.
        credentials: { ...key },
      }),
    timeoutMs: 5000,
  }),
  owner: { partition, accountId, userName },
  testSeconds: requireSeconds(environment.keyTestSeconds),
  now,
  pause,
});

/** @throws TypeError naming the variable */
function requireSeconds(name: string): number {
  const text = requireEnv(name);
  if (/^\d{1,3}$/.test(text)) return Number(text);
  throw new TypeError(`environment variable ${name} is ${text}; allowed: whole seconds, 0–999`);
}

const handle = createHandleRotationEvent({
  secretArn,
  rotate,
  logger: createFunctionLogger(),
});

/** Rotates the federator's key. The one function whose role may make, deactivate and delete its keys. */
export const handler = (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> =>
  handle(event, now() + context.getRemainingTimeInMillis() - reservedMs);

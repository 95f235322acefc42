import { parentPort, workerData } from 'node:worker_threads';
import { STSClient } from '@aws-sdk/client-sts';
import { createSdkSecurityTokenService } from '../../lambda/adapters/sdk-security-token-service.ts';

/**
 * One AssumeRole in a thread of its own. Within Jest the SDK hides a network error's code: the error comes from
 * another realm, so that `instanceof Error` is false of it.
 */
const { endpoint, request, timeoutMs } = workerData;
const client = new STSClient({
  region: 'eu-west-1',
  endpoint,
  maxAttempts: 1,
  requestHandler: { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } },
  credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x'.repeat(40) },
});
const sts = createSdkSecurityTokenService({ toClient: () => client, timeoutMs });
parentPort?.postMessage(await sts.assumeRole(request));
client.destroy();

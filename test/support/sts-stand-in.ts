import { STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { createSdkSecurityTokenService } from '../../lambda/adapters/sdk-security-token-service.ts';
import type { StsAnswer } from '../../lambda/core/ports.ts';
import { type Respond, startLoopbackServer } from './loopback-server.ts';
import { anAssumeRole } from './sts-answers.ts';

/** Milliseconds: a stand-in that answers does so within a few. */
export const stsTimeoutMs = 400;

/** A server in the place of STS, and the adapter that calls it, configured as the issuer function does it. */
export async function startStsStandIn() {
  const server = await startLoopbackServer();
  const toClient = (credentials: NonNullable<STSClientConfig['credentials']>) =>
    new STSClient({
      region: 'eu-west-1',
      endpoint: server.url,
      maxAttempts: 1,
      requestHandler: { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } },
      credentials,
    });
  const toService = (credentials: () => Promise<{ accessKeyId: string; secretAccessKey: string }>) => {
    const ownClient = toClient(credentials);
    return createSdkSecurityTokenService({
      toClient: (session) => (session === undefined ? ownClient : toClient({ ...session })),
      timeoutMs: stsTimeoutMs,
    });
  };
  const sts = toService(async () => ({
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: 'x'.repeat(40),
  }));
  return {
    ...server,
    toService,
    /** Of a service that has nothing to sign with, and needs nothing. */
    webIdentities: toService(async () => {
      throw new Error('nothing here is signed');
    }),
    /** One call that is answered in this way; `requests` then holds what it sent. */
    assumeRole: (respond: Respond, request = anAssumeRole()): Promise<StsAnswer> => {
      server.respond(respond);
      return sts.assumeRole(request);
    },
  };
}

export type StsStandIn = Awaited<ReturnType<typeof startStsStandIn>>;

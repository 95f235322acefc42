import { toStsUrl } from '../../lambda/core/sts-url.ts';
import { type BrokerAnswer, type BrokerClient, BrokerRefusal, createBrokerClient } from './broker-client.ts';
import { ClientError } from './client-error.ts';
import { requireBroker, toUserAgent } from './connect.ts';
import type { Credentials } from './credentials.ts';
import { fetchDeployment } from './deployment.ts';
import { toDirectories } from './directories.ts';
import { toCredentials } from './get-credentials.ts';
import { createAwsProver } from './login/aws-signer.ts';
import { type AwsKeys, presignSessionToken } from './presign-session-token.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface SessionTokenRequest {
  readonly env: Environment;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly mfaSerial: string;
  readonly code: string;
  /** Seconds, 900–129600. */
  readonly durationSeconds?: number;
  /** Of the AWS configuration. @default the SDK's own way of finding credentials */
  readonly awsProfile?: string;
  readonly reason?: string;
  readonly signal?: AbortSignal;
  /** Takes a line for whoever waits. @default nobody is told */
  readonly note?: (line: string) => void;
}

/**
 * A session of the caller's own IAM user: presigned here, relayed by the broker under a signature of the same key.
 *
 * @throws BrokerRefusal, ClientError
 */
export async function fetchSessionToken(request: SessionTokenRequest): Promise<Credentials> {
  const { env, now, awsProfile, signal, note } = request;
  const broker = requireBroker(env, toDirectories(env));
  const { region, issuers } = await fetchDeployment(broker, signal, note);
  if (!issuers.some(({ type }) => type === 'iam'))
    throw new ClientError('refused', 'this broker takes no callers with AWS credentials');
  const presignedUrl = await presignSessionToken({
    ...{ region, sts: toSts(env, region), keys: await findKeys(awsProfile), nowMs: now() },
    ...{ mfaSerial: request.mfaSerial, code: request.code },
    ...(request.durationSeconds === undefined ? {} : { durationSeconds: request.durationSeconds }),
  });
  const login = {
    kind: 'aws',
    region,
    ...(awsProfile === undefined ? {} : { profile: awsProfile }),
  } as const;
  const client = createBrokerClient({
    ...{ broker, userAgent: toUserAgent(), note },
    prover: createAwsProver(login, env, now),
  });
  return toCredentials(await relay(client, { presignedUrl, ...request }));
}

async function relay(
  client: BrokerClient,
  { presignedUrl, reason, signal }: SessionTokenRequest & { readonly presignedUrl: string },
): Promise<BrokerAnswer> {
  try {
    return await client.call({
      ...{ method: 'POST', path: '/v1/session-tokens' },
      body: { presignedUrl, ...(reason === undefined ? {} : { reason }) },
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (cause) {
    if (!(cause instanceof BrokerRefusal) || cause.status !== 400) throw cause;
    throw new ClientError('usage', cause.message, {
      cause,
      hint: 'where the broker asks another STS than that of its region, AWS_ENDPOINT_URL_STS has to name the same one',
    });
  }
}

/** The same variables as of the AWS CLI and the SDKs name another address. */
function toSts(env: Environment, region: string): URL {
  const named = env['AWS_ENDPOINT_URL_STS'] || env['AWS_ENDPOINT_URL'];
  const url = named || toStsUrl({ region, partition: toPartition(region) });
  if (URL.canParse(url)) return new URL(url);
  throw new ClientError('usage', 'AWS_ENDPOINT_URL_STS and AWS_ENDPOINT_URL have to be URLs');
}

const toPartition = (region: string) => (region.startsWith('cn-') ? 'aws-cn' : 'aws');

async function findKeys(profile: string | undefined): Promise<AwsKeys> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  try {
    return await defaultProvider(profile === undefined ? {} : { profile })();
  } catch (cause) {
    throw new ClientError('failed', 'there are no AWS credentials to sign with', {
      cause,
      hint: 'name a profile with an access key of its own by --aws-profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    });
  }
}

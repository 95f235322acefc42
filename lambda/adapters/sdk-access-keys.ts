import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  type IAMClient,
  ListAccessKeysCommand,
  type ListAccessKeysCommandOutput,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import type { AccessKeySummary, FederatorAccessKeys } from '../core/federator-rotation-ports.ts';
import type { LongTermKey } from '../core/ports.ts';
import { RotationError } from '../core/rotation-error.ts';
import { type AwsCallError, orCallError, toAwsCallError } from './aws-call-error.ts';
import { parseSecretString, toSecretString } from './federator-secret.ts';

export interface SdkAccessKeysOptions {
  /** With the region of the partition's IAM. */
  readonly client: Pick<IAMClient, 'send'>;
  readonly userName: string;
  /** Milliseconds for a whole call, its repeats included. */
  readonly timeoutMs: number;
}

/** The access keys of one IAM user, by the AWS SDK. */
export function createSdkAccessKeys({
  client,
  userName: UserName,
  timeoutMs,
}: SdkAccessKeysOptions): FederatorAccessKeys {
  const within = () => ({ abortSignal: AbortSignal.timeout(timeoutMs) });
  return {
    list: () => orCallError('ListAccessKeys', listAll),
    create: async () => {
      try {
        const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName }), within());
        return requireKey(AccessKey);
      } catch (error) {
        throw toCreateError(toAwsCallError('CreateAccessKey', error), UserName);
      }
    },
    deactivate: (AccessKeyId) =>
      orGone('UpdateAccessKey', () =>
        client.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' }), within()),
      ),
    delete: (AccessKeyId) =>
      orGone('DeleteAccessKey', () =>
        client.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId }), within()),
      ),
  };

  async function listAll(): Promise<readonly AccessKeySummary[]> {
    const keys: AccessKeySummary[] = [];
    let Marker: string | undefined;
    do {
      const page: ListAccessKeysCommandOutput = await client.send(
        new ListAccessKeysCommand({ UserName, Marker }),
        within(),
      );
      keys.push(...toSummaries(page));
      Marker = page.IsTruncated ? page.Marker : undefined;
    } while (Marker !== undefined);
    return keys;
  }
}

function toSummaries({ AccessKeyMetadata }: ListAccessKeysCommandOutput): readonly AccessKeySummary[] {
  if (AccessKeyMetadata === undefined) throw new Error('IAM answered without a list of keys');
  return AccessKeyMetadata.map(({ AccessKeyId, Status }) => {
    if (!AccessKeyId || !Status) throw new Error('IAM listed a key without an id or a status');
    return { accessKeyId: AccessKeyId, isActive: Status === 'Active' };
  });
}

/** What the secret could not give back is refused before it is kept. */
function requireKey(
  given:
    | { readonly AccessKeyId?: string | undefined; readonly SecretAccessKey?: string | undefined }
    | undefined,
): LongTermKey {
  const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = given ?? {};
  const key = parseSecretString(toSecretString({ accessKeyId, secretAccessKey }));
  if (key === undefined) throw new Error('IAM answered without a whole key');
  return key;
}

function toCreateError(error: AwsCallError, userName: string): Error {
  if (error.code !== 'LimitExceededException') return error;
  return new RotationError('key-limit', `IAM says that user ${userName} has as many keys as it may have`);
}

async function orGone(operation: string, call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    const failure = toAwsCallError(operation, error);
    if (failure.code !== 'NoSuchEntityException') throw failure;
  }
}

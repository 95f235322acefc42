import {
  GetSecretValueCommand,
  type SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import { FederatorKeyUnavailableError } from '../core/errors.ts';
import type { FederatorKeys, LongTermKey } from '../core/ports.ts';
import { currentStage } from '../core/staging-labels.ts';
import { toErrorDetail } from './error-detail.ts';
import { parseSecretString } from './federator-secret.ts';

export interface FederatorKeysOptions {
  /** With a region, and as many attempts as the SDK makes by itself: reading twice does no harm. */
  readonly client: Pick<SecretsManagerClient, 'send'>;
  readonly secretArn: string;
  /** Milliseconds for a whole call, its repeats included. */
  readonly timeoutMs: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Milliseconds for which a key serves after it was asked for. Its rotation leaves the one before alive for an hour. */
const maxAgeMs = 300_000;

/** The key in the secret's current version: one is kept, and calls that arrive during a read share it. */
export function createSecretsManagerFederatorKeys({
  client,
  secretArn,
  timeoutMs,
  now,
}: FederatorKeysOptions): FederatorKeys {
  let held: { readonly key: LongTermKey; readonly atMs: number } | undefined;
  let pending: Promise<LongTermKey> | undefined;

  const load = async () => {
    const atMs = now();
    const key = await readKey();
    held = { key, atMs };
    return key;
  };

  const read = () => {
    pending ??= load().finally(() => {
      pending = undefined;
    });
    return pending;
  };

  return {
    async current() {
      if (held === undefined) return read();
      const ageMs = now() - held.atMs;
      // A clock that was set back makes nothing younger.
      return ageMs >= 0 && ageMs < maxAgeMs ? held.key : read();
    },
    async renew(refusedAccessKeyId) {
      const isAnother = (key: LongTermKey | undefined) =>
        key !== undefined && key.accessKeyId !== refusedAccessKeyId;
      // Another call may have had the same refusal, and has the new key already.
      if (isAnother(held?.key)) return true;
      // A read that is under way may have begun before the key was replaced.
      if (pending !== undefined && isAnother(await pending)) return true;
      return isAnother(await read());
    },
  };

  async function readKey(): Promise<LongTermKey> {
    const command = new GetSecretValueCommand({ SecretId: secretArn, VersionStage: currentStage });
    let secretString: string | undefined;
    try {
      const answer = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
      secretString = answer.SecretString;
    } catch (error) {
      throw toUnavailable(toReadDetail(error));
    }
    return (
      parseSecretString(secretString) ??
      refuse("the federator's secret holds no access key: it has not been rotated yet")
    );
  }
}

function refuse(detail: string): never {
  throw toUnavailable(detail);
}

/** Without its cause, which the log would show: a parser's message quotes what it could not parse. */
const toUnavailable = (detail: string) =>
  new FederatorKeyUnavailableError("the broker cannot read the federator's key now; try again in a while", {
    retryAfterSeconds: 30,
    detail,
  });

function toReadDetail(error: unknown): string {
  const isOfService = error instanceof SecretsManagerServiceException;
  if (Object.hasOwn(Object(error), '$response') && !isOfService) return 'the answer could not be parsed';
  return toErrorDetail(error);
}

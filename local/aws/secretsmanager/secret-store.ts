import { join } from 'node:path';
import * as z from 'zod';
import type { DataKey } from '../data-key.ts';
import { sealText, unsealText } from '../sealed-text.ts';
import { openStateFile } from '../state-file.ts';
import { type Secret, secretSchema } from './secret.ts';

/** The secrets of all accounts. */
export interface SecretStore {
  /** By ARN, by an ARN without its random end, or by name within the account. */
  find(secretId: string, accountId: string): Secret | undefined;
  /** Adds it, or replaces the one with the same ARN. On the disk before it returns. */
  save(secret: Secret): void;
}

/** Sealed on the disk with the data directory's key, as AWS has its secrets encrypted. */
export function openSecrets(dataDirectory: string, { tokens }: DataKey): SecretStore {
  const path = join(dataDirectory, 'secretsmanager');
  const file = openStateFile(path, z.array(secretSchema), {
    encode: (text) => sealText(text, tokens, 'secrets'),
    decode: (text) => {
      const opened = unsealText(text, tokens, 'secrets');
      if (opened === undefined) throw new TypeError(`${path} was not written with this data directory's key`);
      return opened;
    },
  });
  const secrets = new Map((file.initial ?? []).map((secret) => [secret.arn, secret]));
  return {
    find: (secretId, accountId) => {
      const exact = secrets.get(secretId);
      if (exact !== undefined) return exact;
      return [...secrets.values()].find((secret) =>
        secretId.startsWith('arn:')
          ? secret.arn.slice(0, -suffixLength) === secretId
          : secret.accountId === accountId && secret.name === secretId,
      );
    },
    save: (secret) => {
      secrets.set(secret.arn, secret);
      file.write([...secrets.values()]);
    },
  };
}

/** Of the hyphen and the six random characters at an ARN's end. */
const suffixLength = 7;

import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { readIfPresent } from './read-if-present.ts';

/** Credentials that were declared expired before their time, to see what their users do then. */
export interface ExpiredCredentials {
  has(accessKeyId: string): boolean;
  /** Kept on disk: they stay expired after a restart. */
  add(accessKeyId: string): void;
}

const fileSchema = z.array(z.string());

export function openExpiredCredentials(dataDirectory: string): ExpiredCredentials {
  const file = join(dataDirectory, 'expired-credentials.json');
  const expired = new Set(readExpired(file));
  return {
    has: (accessKeyId) => expired.has(accessKeyId),
    add: (accessKeyId) => {
      expired.add(accessKeyId);
      // Written beside and renamed: a kill in between leaves the old list, not half of one.
      writeFileSync(`${file}.new`, JSON.stringify([...expired]), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
  };
}

function readExpired(file: string): readonly string[] {
  const text = readIfPresent(file);
  return text === undefined ? [] : fileSchema.parse(JSON.parse(text));
}

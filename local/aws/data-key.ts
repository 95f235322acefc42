import { hkdfSync, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readIfPresent } from './read-if-present.ts';

/** The keys from which all issued credentials follow, so that none of them has to be stored. */
export interface DataKey {
  /** Secret access keys are an HMAC under it. */
  readonly secrets: Buffer;
  /** Session tokens are sealed with it. */
  readonly tokens: Buffer;
}

/** Reads the data directory's key, or makes one at the first start. Whoever reads the file can mint local credentials. */
export function openDataKey(dataDirectory: string): DataKey {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const file = join(dataDirectory, 'key');
  const key = readKey(file) ?? createKey(file);
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', key, '', `daypass local ${purpose}`, 32));
  return { secrets: derive('secret access keys'), tokens: derive('session tokens') };
}

function readKey(file: string): Buffer | undefined {
  const text = readIfPresent(file);
  if (text === undefined) return undefined;
  const key = Buffer.from(text.trim(), 'hex');
  if (key.length !== 32) throw new TypeError(`${file} must hold 64 hexadecimal digits`);
  return key;
}

function createKey(file: string): Buffer {
  const key = randomBytes(32);
  writeFileSync(file, `${key.toString('hex')}\n`, { flag: 'wx', mode: 0o600 });
  return key;
}

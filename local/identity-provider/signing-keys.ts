import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { SigningAlgorithm } from '../../lambda/core/configuration.ts';
import { systemErrorCode } from '../system-error-code.ts';

/**
 * The private keys of one issuer, one for each algorithm, as a JWK set. They are kept in a file that only its owner
 * reads, so that a token outlives a restart.
 */
export async function loadSigningKeys(options: {
  readonly directory: string;
  readonly issuer: string;
  readonly algorithms: readonly SigningAlgorithm[];
}): Promise<readonly JWK[]> {
  const file = join(options.directory, `identity-provider-${options.issuer}.json`);
  const kept = await readKeys(file);
  const missing = options.algorithms.filter((algorithm) => !kept.some(({ alg }) => alg === algorithm));
  const keys = [...kept, ...(await Promise.all(missing.map(generateKey)))];
  if (missing.length > 0) await writeWhole(file, JSON.stringify({ keys }));
  return options.algorithms.flatMap((algorithm) => keys.filter(({ alg }) => alg === algorithm));
}

/** None where there is no file; one that is damaged is replaced, since no more than a new token is lost. */
async function readKeys(file: string): Promise<readonly JWK[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return '{}';
    throw error;
  });
  const { keys } = Object(parseJson(text)) as { readonly keys?: readonly JWK[] };
  return (
    keys?.filter(({ alg, kid, kty }) => alg !== undefined && kid !== undefined && kty !== undefined) ?? []
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

async function generateKey(algorithm: SigningAlgorithm): Promise<JWK> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: algorithm, use: 'sig' };
}

/** Written beside and renamed: a killed process leaves the old file or the new one. */
async function writeWhole(file: string, text: string): Promise<void> {
  const beside = `${file}.new`;
  await writeFile(beside, text, { mode: 0o600 });
  await rename(beside, file);
}

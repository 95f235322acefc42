import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { SigningAlgorithm } from '../../lambda/core/configuration.ts';

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
  try {
    const { keys } = JSON.parse(await readFile(file, 'utf8')) as { readonly keys: readonly JWK[] };
    return keys.filter(({ alg, kid, kty }) => alg !== undefined && kid !== undefined && kty !== undefined);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return [];
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
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

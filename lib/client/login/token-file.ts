import { readFileSync, statSync } from 'node:fs';
import { ClientError } from '../client-error.ts';
import type { Prover } from '../proof.ts';
import { readCaller } from './read-claims.ts';
import { requireToken } from './require-token.ts';
import { toTokenId } from './token-id.ts';

/** Where the example of docs/callers.md has Kubernetes project the token to. */
export const kubernetesTokenPath = '/var/run/secrets/daypass/token';

/** Bytes. */
const maxLength = 65_536;

/**
 * Shows what stands in the file at that moment: whoever keeps it (the kubelet) replaces it long before it expires.
 *
 * @throws ClientError `not-logged-in` where there is no token in it
 */
export function createTokenFileProver(path: string): Prover {
  const first = readTokenFile(path);
  const caller = readCaller(first);
  return {
    id: toTokenId(first),
    remedy: `the token of ${path} is what was refused: check who writes it`,
    prove: async () => {
      const token = readTokenFile(path);
      // Caches go by the id, which has been told already.
      if (readCaller(token) !== caller) throw refuse(path, 'now holds the token of another caller');
      return { kind: 'token', token };
    },
  };
}

/** @throws ClientError `not-logged-in` where there is no token in it */
export function readTokenFile(path: string): string {
  return requireToken(readText(path), `the file ${path}`);
}

function readText(path: string): string {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) throw refuse(path, 'is not a file');
    if (stats.size > maxLength) throw refuse(path, 'is too long for a token');
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if (cause instanceof ClientError) throw cause;
    const { code } = Object(cause) as { readonly code?: unknown };
    throw refuse(path, code === 'ENOENT' ? 'is not there' : `can't be read (${String(code)})`);
  }
}

const refuse = (path: string, what: string) =>
  new ClientError('not-logged-in', `the token file ${path} ${what}`, {
    hint: 'check who writes it, or name another with: daypass login --token-file PATH',
  });

import { execFileSync } from 'node:child_process';
import { dirname, relative, resolve, sep } from 'node:path';
import type { ReadText } from './read-text.ts';

/** Bytes: git's answer is held in memory. */
const mostBytes = 16_777_216;

/**
 * Reads files as they are in a commit, such as `HEAD` or `origin/main`.
 *
 * @param file one of the repository: others are named by their path from it
 */
export function createReadGitText(revision: string, file: string): ReadText {
  const directory = dirname(resolve(file));
  return (path, maxBytes = mostBytes) => {
    const text = readBlob(`${revision}:${toGitPath(directory, path)}`, directory);
    return Buffer.byteLength(text) > maxBytes ? undefined : text;
  };
}

/** With `./` or `../` git reads a path from where it runs, not from the repository's root. */
function toGitPath(directory: string, path: string): string {
  const steps = relative(directory, resolve(path)).split(sep).join('/');
  return steps.startsWith('../') ? steps : `./${steps}`;
}

/** Not `git show`, which runs a text converter where the repository's attributes name one. */
function readBlob(name: string, directory: string): string {
  try {
    return execFileSync('git', ['cat-file', 'blob', name], {
      cwd: directory,
      encoding: 'utf8',
      maxBuffer: mostBytes,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (cause) {
    throw new Error(toReason(cause), { cause });
  }
}

function toReason(cause: unknown): string {
  const { code, stderr } = Object(cause) as { readonly code?: unknown; readonly stderr?: unknown };
  if (code === 'ENOENT') return 'there is no git, or no such directory';
  const [line = ''] = String(stderr ?? '')
    .trim()
    .split('\n');
  return line === '' ? `git: ${String(code ?? 'failed')}` : line.replace(/^fatal: /, 'git: ');
}

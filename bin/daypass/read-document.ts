import { readFileSync } from 'node:fs';
import { addAbortSignal } from 'node:stream';
import { text } from 'node:stream/consumers';
import { ClientError } from '../../lib/client/client-error.ts';
import { toPrintable } from './printable.ts';

export type Document = Readonly<Record<string, unknown>>;

/**
 * An object that somebody wrote, as JSON or YAML.
 *
 * @param path `-` for standard input
 * @throws ClientError
 */
export async function readDocument(path: string, signal: AbortSignal): Promise<Document> {
  const from = path === '-' ? 'standard input' : path;
  const written = path === '-' ? await readInput(signal) : readFile(path);
  // CommonJS: in the built package nothing but `default` is there.
  const { default: yaml } = await import('yaml');
  let value: unknown;
  try {
    value = yaml.parse(written);
  } catch (cause) {
    throw new ClientError('usage', `${from} is neither JSON nor YAML: ${toFirstLine(cause)}`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ClientError('usage', `${from} holds no object`);
  requireTree(value, from);
  return value as Document;
}

/** An alias of YAML may stand within what it names. @throws ClientError */
function requireTree(value: object, from: string): void {
  try {
    JSON.stringify(value);
  } catch (cause) {
    throw new ClientError('usage', `${from} has an alias within what it stands for`, { cause });
  }
}

/** @throws ClientError `interrupted` */
export async function readInput(signal: AbortSignal): Promise<string> {
  try {
    return await text(addAbortSignal(signal, process.stdin));
  } catch (cause) {
    throw new ClientError('interrupted', 'stopped', { cause });
  }
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ClientError('failed', `cannot read ${toFirstLine(cause)}`, { cause });
  }
}

/** The parser's message goes on with the text that it didn't understand. */
const toFirstLine = (error: unknown): string =>
  toPrintable((error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '');

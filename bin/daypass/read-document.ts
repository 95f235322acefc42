import { readFileSync } from 'node:fs';
import { addAbortSignal } from 'node:stream';
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

/** Bytes: more than any document, token or message has. */
const maxLength = 1_048_576;

/** @throws ClientError `interrupted` by the signal, `usage` where it doesn't end */
export async function readInput(signal: AbortSignal): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of addAbortSignal(signal, process.stdin) as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxLength) throw new ClientError('usage', 'standard input is too long');
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof ClientError) throw cause;
    throw new ClientError('interrupted', 'stopped', { cause });
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
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

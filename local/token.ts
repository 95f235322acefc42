import { parseArgs } from 'node:util';
import { type DemoTokenOptions, fetchDemoToken } from './fetch-demo-token.ts';

/** `npm run --silent token -- sre`: prints a fresh bearer token of a demo caller, and nothing else. */
const usage = 'usage: npm run --silent token -- CALLER [--idp URL] [--broker URL]';

const text = { type: 'string' } as const;

class UsageError extends Error {
  override readonly name = 'UsageError';
}

function parse(args: readonly string[]): DemoTokenOptions {
  const { values, positionals } = parseOrRefuse(args);
  const [caller] = positionals;
  if (caller === undefined || positionals.length > 1) throw new UsageError(usage);
  return {
    caller,
    identityProvider: toUrl('--idp', values.idp ?? 'http://127.0.0.1:9000'),
    broker: toUrl('--broker', values.broker ?? 'http://127.0.0.1:8080'),
  };
}

function parseOrRefuse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { idp: text, broker: text }, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message.split('.')[0] : error}; ${usage}`);
  }
}

function toUrl(flag: string, value: string): string {
  if (/^https?:\/\//.test(value) && URL.canParse(value)) return value.replace(/\/+$/, '');
  throw new UsageError(`${flag} ${value} is not a URL; allowed: one such as http://127.0.0.1:9000`);
}

try {
  process.stdout.write(`${await fetchDemoToken(parse(process.argv.slice(2)))}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

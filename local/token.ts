import { parseArgs } from 'node:util';
import { callersPath, demoClientSecret } from './identity-provider/demo-callers.ts';

/** `npm run --silent token -- sre [--idp URL]`: prints a fresh access token of a demo caller, and nothing else. */
const usage = 'usage: npm run --silent token -- CALLER [--idp URL]';
const defaultIdentityProvider = 'http://127.0.0.1:9000';

class TokenError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

function parse(args: readonly string[]): { readonly caller: string; readonly identityProvider: string } {
  const { values, positionals } = parseOrRefuse(args);
  const [caller] = positionals;
  const { idp = defaultIdentityProvider } = values;
  if (caller === undefined || positionals.length > 1) throw new TokenError(usage, 2);
  if (!/^https?:\/\//.test(idp) || !URL.canParse(idp)) {
    throw new TokenError(`--idp ${idp} is not a URL; allowed: one such as ${defaultIdentityProvider}`, 2);
  }
  return { caller, identityProvider: idp.replace(/\/+$/, '') };
}

function parseOrRefuse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { idp: { type: 'string' } }, allowPositionals: true });
  } catch (error) {
    throw new TokenError(`${error instanceof Error ? error.message.split('.')[0] : error}; ${usage}`, 2);
  }
}

async function fetchToken(caller: string, identityProvider: string): Promise<string> {
  const callers = await fetchJson(identityProvider, `${identityProvider}${callersPath}`);
  const found = Object.hasOwn(callers, caller) ? Object(callers[caller]) : {};
  if (typeof found.tokenEndpoint !== 'string') {
    const names = Object.keys(callers).join(', ');
    throw new TokenError(`there is no demo caller ${caller}; allowed: ${names}`, 1);
  }
  const { access_token: token } = await fetchJson(identityProvider, found.tokenEndpoint, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${caller}:${demoClientSecret}`).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'grant_type=client_credentials',
  });
  if (typeof token !== 'string') throw unreachable(identityProvider, 'it gave no token');
  return token;
}

async function fetchJson(
  identityProvider: string,
  url: string,
  init: RequestInit = {},
): Promise<Readonly<Record<string, unknown>>> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(5000) }).catch((error: unknown) => {
    throw unreachable(identityProvider, toReason(error));
  });
  if (!answer.ok) throw unreachable(identityProvider, `status ${answer.status}`);
  const value: unknown = await answer.json().catch(() => undefined);
  if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  throw unreachable(identityProvider, 'its answer is not a JSON object');
}

const unreachable = (identityProvider: string, reason: string) =>
  new TokenError(
    `no local identity provider answers at ${identityProvider} (${reason}); start it with "npm start", or name its address with --idp URL`,
    1,
  );

/** fetch says "fetch failed"; the system's own word is in the cause. */
function toReason(error: unknown): string {
  const { cause = error } = Object(error) as { readonly cause?: unknown };
  const { code, message } = Object(cause) as { readonly code?: unknown; readonly message?: unknown };
  return String(code ?? message ?? error);
}

try {
  const { caller, identityProvider } = parse(process.argv.slice(2));
  process.stdout.write(`${await fetchToken(caller, identityProvider)}\n`);
} catch (error) {
  const { message, exitCode } = error instanceof TokenError ? error : new TokenError(String(error), 1);
  process.stderr.write(`${message}\n`);
  process.exitCode = exitCode;
}

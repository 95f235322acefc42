import { createAskAsCanary } from '../adapters/ask-as-canary.ts';
import { createLogger } from '../adapters/json-logger.ts';
import { canaryExpectations, judgeCanary } from '../core/judge-canary.ts';
import { canaryEnvironment, requireEnv } from './environment.ts';

const url = new URL(requireEnv(canaryEnvironment.url));
const expected = requireExpectation(requireEnv(canaryEnvironment.expected));
const logger = createLogger({
  write: (line) => process.stdout.write(`${line}\n`),
  now: Date.now,
  stage: requireEnv(canaryEnvironment.stage),
});

const ask = createAskAsCanary({
  fetch: globalThis.fetch,
  credentials: () => ({
    accessKeyId: requireEnv('AWS_ACCESS_KEY_ID'),
    secretAccessKey: requireEnv('AWS_SECRET_ACCESS_KEY'),
    sessionToken: requireEnv('AWS_SESSION_TOKEN'),
  }),
  region: requireEnv('AWS_REGION'),
  now: Date.now,
  timeoutMs: 20_000,
});

function requireExpectation(text: string) {
  const found = canaryExpectations.find((one) => one === text);
  if (found !== undefined) return found;
  throw new TypeError(
    `environment variable ${canaryEnvironment.expected} is ${text}; allowed: allowed, refused`,
  );
}

/**
 * Asks the deployed broker for credentials and drops what it gets. An answer that is not the expected one is an error
 * of the function, which its alarm counts: so is no answer at all.
 */
export async function handler(): Promise<void> {
  const { passed, seen } = judgeCanary(expected, await ask(url));
  if (!passed) throw new Error(`the canary that should be ${expected} has seen ${seen}`);
  logger.info('canary passed', { expected, seen });
}

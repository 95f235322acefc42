import { createLogger } from '../adapters/json-logger.ts';
import type { Logger } from '../core/logger.ts';
import { environment, requireEnv } from './environment.ts';

/** What a deployed function logs by, with the metrics of its stage. */
export const createFunctionLogger = (): Logger =>
  createLogger({
    write: (line) => process.stdout.write(`${line}\n`),
    now: Date.now,
    stage: requireEnv(environment.stage),
  });

import { readFileSync } from 'node:fs';
import type { Configuration } from '../core/configuration.ts';
import { parseConfiguration } from '../core/parse-configuration.ts';
import { environment, requireEnv } from './environment.ts';

/**
 * The configuration that ships with this function: in its layer when deployed. Read once, at the cold start.
 *
 * @throws Error naming the file when there is none or it is not JSON; what `parseConfiguration` throws when it is
 * not a configuration.
 */
export function readConfigurationFile(): Configuration {
  return parseConfiguration(readJson(requireEnv(environment.configurationFile)));
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(
      `${environment.configurationFile} names ${file}, which cannot be read as JSON; the stack puts the configuration there`,
      { cause },
    );
  }
}

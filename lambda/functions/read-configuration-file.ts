import type { Configuration } from '../core/configuration.ts';
import { parseConfiguration } from '../core/parse-configuration.ts';
import { environment } from './environment.ts';
import { readJsonFile } from './read-json-file.ts';

/**
 * The configuration that ships with this function. Read once, at the cold start.
 *
 * @throws what `readJsonFile` throws, and what `parseConfiguration` throws when it is not a configuration
 */
export const readConfigurationFile = (): Configuration =>
  parseConfiguration(readJsonFile(environment.configurationFile));

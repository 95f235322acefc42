import { ConfigurationError } from '../../lambda/core/configuration-error.ts';
import { parseConfiguration } from '../../lambda/core/parse-configuration.ts';
import { aConfigurationDocument } from './a-configuration.ts';

/** What is wrong with a document, a line for each; none when it is taken. Any other error goes through. */
export function linesOf(document: unknown): readonly string[] {
  try {
    parseConfiguration(document);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
}

/** The same of a document with those issuers, and with no profiles but the given ones. */
export const issuerLines = (
  issuers: Readonly<Record<string, unknown>>,
  profiles: Readonly<Record<string, unknown>> = {},
): readonly string[] => linesOf(aConfigurationDocument({ issuers, profiles }));

import { readFileSync } from 'node:fs';

/** The feature flags of cdk.json, which change what is synthesized. */
export function deployedContext(): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync('cdk.json', 'utf8')).context;
}

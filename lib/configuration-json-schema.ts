import { writeFileSync } from 'node:fs';
import * as z from 'zod';
import { configurationSchema } from '../lambda/core/configuration-schema.ts';

/** The JSON Schema that the first line of `config/daypass.yaml` names, so that editors complete and check it. */
export function toConfigurationJsonSchema(): string {
  const schema = z.toJSONSchema(configurationSchema, { io: 'input', unrepresentable: 'any' });
  return `${JSON.stringify({ title: 'Daypass configuration', ...schema }, undefined, 2)}\n`;
}

// `npm run schema`
if (import.meta.main) {
  writeFileSync(new URL('../config/daypass.schema.json', import.meta.url), toConfigurationJsonSchema());
}

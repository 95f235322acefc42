import { writeFileSync } from 'node:fs';
import * as z from 'zod';
import { eventSchemas, eventSource } from '../lambda/core/publishing/event-schemas.ts';

/** JSON Schemas of the `detail` of each event, by its detail-type, for those who take them. */
export function toEventSchemas(): string {
  const details = Object.fromEntries(
    Object.entries(eventSchemas).map(([detailType, schema]) => [
      detailType,
      // Open: a later release adds fields.
      z.toJSONSchema(schema, { io: 'input' }),
    ]),
  );
  return `${JSON.stringify({ source: eventSource, details }, undefined, 2)}\n`;
}

// `node lib/event-schemas.ts`
if (import.meta.main) {
  writeFileSync(new URL('../docs/event-schemas.json', import.meta.url), toEventSchemas());
}

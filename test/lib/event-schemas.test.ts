import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { toEventSchemas } from '../../lib/event-schemas.ts';
import { toGlueColumns } from '../../lib/glue-columns.ts';

describe('the schemas of events', () => {
  it('are published as they are: `node lib/event-schemas.ts` writes them', () => {
    expect(readFileSync('docs/event-schemas.json', 'utf8')).toBe(toEventSchemas());
  });

  it('let a consumer take fields that a later release adds', () => {
    expect(toEventSchemas()).not.toContain('"additionalProperties": false');
  });
});

describe('the columns of a table', () => {
  it('have the types by which Athena reads such JSON, in lower case', () => {
    const schema = z.object({
      ...{ issuanceId: z.string(), size: z.int(), one: z.literal(1), isTrue: z.boolean().optional() },
      ...{ roleArns: z.array(z.string()), tags: z.record(z.string(), z.string()), state: z.enum(['A']) },
      hops: z.array(z.object({ roleArn: z.string(), at: z.object({ ms: z.int() }) })),
    });

    expect(toGlueColumns(schema).map(({ name, type }) => `${name} ${type}`)).toEqual([
      ...['issuanceid string', 'size bigint', 'one bigint', 'istrue boolean', 'rolearns array<string>'],
      ...[
        'tags map<string,string>',
        'state string',
        'hops array<struct<rolearn:string,at:struct<ms:bigint>>>',
      ],
    ]);
  });

  it('are none for what no column can hold', () => {
    expect(() => toGlueColumns(z.object({ anything: z.unknown() }))).toThrow('no column can hold anything');
    expect(() => toGlueColumns(z.object({ either: z.union([z.string(), z.int()]) }))).toThrow(TypeError);
  });
});

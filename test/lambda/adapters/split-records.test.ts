import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { splitRecords, UnreadableObjectError } from '../../../lambda/adapters/split-records.ts';

const limits = { maxBytes: 1_000_000, maxRecordBytes: 10_000 };

async function* inPieces(content: Buffer, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (let index = 0; at < content.length; index += 1) {
    const size = Math.max(1, sizes[index % sizes.length] ?? 1);
    yield content.subarray(at, at + size);
    at += size;
  }
}

async function split(text: string, sizes: readonly number[] = [7], changes: Partial<typeof limits> = {}) {
  const records: (string | undefined)[] = [];
  const pieces = inPieces(Buffer.from(text), sizes);
  for await (const record of splitRecords(pieces, { ...limits, ...changes })) records.push(record);
  return records;
}

describe('splitRecords', () => {
  it('finds each record, whatever is in it and wherever the pieces end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 3 })), {
          maxLength: 6,
        }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom(undefined, 1),
        async (records, sizes, indent) => {
          const found = await split(JSON.stringify({ Records: records }, null, indent), sizes);

          expect(found.map((record) => JSON.parse(record ?? ''))).toEqual(
            JSON.parse(JSON.stringify(records)),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('is not confused by quotes and braces in texts', async () => {
    const records = [{ a: '}],{"Records":[{' }, { b: '\\"}' }, { c: '"' }];

    expect(
      (await split(JSON.stringify({ Records: records }), [1])).map((one) => JSON.parse(one ?? '')),
    ).toEqual(records);
  });

  it.each([
    ['nothing', '', 'it ends before it is complete'],
    ['a text', 'hello', 'it ends before it is complete'],
    ['what breaks off', '{"Records":[{"a":1},{"b":', 'it ends before it is complete'],
    ['what closes too much', '}{"Records":[]}', 'no JSON'],
  ])('refuses %s', async (_case, text, message) => {
    await expect(split(text)).rejects.toThrow(new UnreadableObjectError(message));
  });

  it('gives what came before the end that is missing', async () => {
    const found: (string | undefined)[] = [];
    const pieces = inPieces(Buffer.from('{"Records":[{"a":1},{"b":'), [4]);

    await expect(
      (async () => {
        for await (const record of splitRecords(pieces, limits)) found.push(record);
      })(),
    ).rejects.toThrow(UnreadableObjectError);
    expect(found).toEqual(['{"a":1}']);
  });

  it('passes over a record of more than the limit, and gives those around it', async () => {
    const records = [{ a: 1 }, { b: 'x'.repeat(200) }, { c: 3 }];

    expect(await split(JSON.stringify({ Records: records }), [7], { maxRecordBytes: 100 })).toEqual([
      '{"a":1}',
      undefined,
      '{"c":3}',
    ]);
  });

  it('refuses more than the limits, before it is all read', async () => {
    let given = 0;
    async function* endless(piece: string) {
      for (;;) {
        given += 1;
        yield Buffer.from(given === 1 ? '{"Records":[{"a":"' : piece);
      }
    }
    const read = async (changes: Partial<typeof limits>) => {
      given = 0;
      for await (const _ of splitRecords(endless('x'.repeat(100)), { ...limits, ...changes }));
    };

    await expect(read({ maxBytes: 1000, maxRecordBytes: 1e9 })).rejects.toThrow('more than 1000 bytes');
    expect(given).toBeLessThan(20);
  });
});

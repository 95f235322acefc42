import { expect, it } from '@jest/globals';
import { readBounded } from '../../../lib/client/read-bounded.ts';

it.each([
  ['nothing', null, ''],
  ['exactly as much as it may have', 'grüß', 'grüß'],
  ['a byte more', 'grüße', undefined],
])('of an answer with %s', async (_name, body, read) => {
  expect(await readBounded(new Response(body), 6)).toBe(read);
});

it('an answer that is too long is read no further, and given up', async () => {
  let pulled = 0;
  let isCancelled = false;
  const body = new ReadableStream(
    {
      pull: (controller) => {
        pulled += 1;
        controller.enqueue(new Uint8Array(4));
      },
      cancel: () => {
        isCancelled = true;
      },
    },
    { highWaterMark: 0 },
  );

  expect(await readBounded(new Response(body), 10)).toBeUndefined();
  expect({ pulled, isCancelled }).toEqual({ pulled: 3, isCancelled: true });
});

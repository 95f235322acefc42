import { describe, expect, it } from '@jest/globals';
import type { BrokerRequest } from '../../../lib/client/broker-client.ts';
import { readPages } from '../../../lib/client/read-pages.ts';

const answering = (...answers: readonly unknown[]) => {
  const asked: BrokerRequest[] = [];
  const call = async (request: BrokerRequest) => {
    asked.push(request);
    const answer = answers[asked.length - 1];
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
    return { status: 200, headers: new Headers(), text };
  };
  return { call, asked };
};

async function readAll(client: ReturnType<typeof answering>) {
  const pages = readPages<number>(client, {
    ...{ path: '/v1/issuances', member: 'issuances', query: { state: 'DENIED' }, pageSize: 2 },
  });
  const seen: { readonly rows: readonly number[]; readonly hasMore: boolean }[] = [];
  for await (const { rows, hasMore } of pages) seen.push({ rows, hasMore });
  return seen;
}

describe('pages', () => {
  it('are read to the end by their cursors, empty ones too, with the same filters', async () => {
    const client = answering(
      { issuances: [3, 2], nextCursor: 'a' },
      { issuances: [], nextCursor: 'b' },
      { issuances: [1], scope: 'all' },
    );

    expect(await readAll(client)).toEqual([
      { rows: [3, 2], hasMore: true },
      { rows: [], hasMore: true },
      { rows: [1], hasMore: false },
    ]);
    expect(client.asked.map(({ query }) => query)).toEqual([
      { state: 'DENIED', limit: '2' },
      { state: 'DENIED', limit: '2', cursor: 'a' },
      { state: 'DENIED', limit: '2', cursor: 'b' },
    ]);
  });

  it('end where a broker goes in a circle', async () => {
    const same = { issuances: [1], nextCursor: 'a' };

    expect(await readAll(answering(same, same, same))).toHaveLength(2);
  });

  it.each([{}, { issuances: null }, { issuances: {} }, { issuances: [null] }])(
    'are none, and not empty ones, where the answer has none: %j',
    async (answer) => {
      await expect(readAll(answering(answer))).rejects.toMatchObject({ code: 'unavailable' });
    },
  );

  it.each(['<html>Sign in to this network</html>', '"text"', 'null', ''])(
    'are none where something else answers: %j',
    async (text) => {
      await expect(readAll(answering(text))).rejects.toMatchObject({ code: 'unavailable' });
    },
  );
});

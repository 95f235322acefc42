import { describe, expect, it } from '@jest/globals';
import { fetchBrokerTime } from '../../../lib/client/broker-time.ts';

const at = Date.parse('2026-11-21T12:00:07Z');
const { signal } = new AbortController();

describe("the broker's time", () => {
  it.each([
    ['is what its answer says', { date: 'Sat, 21 Nov 2026 12:00:07 GMT' }, at],
    ['is this machine’s where it does not say', {}, 5],
    ['is this machine’s where it says nonsense', { date: 'soon' }, 5],
  ])('%s', async (_, headers: Record<string, string>, expected) => {
    const client = { call: async () => ({ status: 200, headers: new Headers(headers), text: '{}' }) };

    expect(await fetchBrokerTime(client, { path: '/v1/revocations', elsewiseMs: 5, signal })).toBe(expected);
  });
});

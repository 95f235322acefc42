import type { BrokerClient } from './broker-client.ts';

/** Epoch milliseconds by the broker's clock, in whole seconds; `undefined` where the answer doesn't say. */
export function findBrokerTime(headers: Headers): number | undefined {
  const ms = Date.parse(headers.get('date') ?? '');
  return Number.isFinite(ms) ? ms : undefined;
}

/**
 * What time it is to the broker: rows and sessions have its time, and this machine's clock may be off.
 *
 * @param path of something short that the caller may read
 * @param elsewiseMs epoch milliseconds by this machine's clock
 */
export async function fetchBrokerTime(
  client: Pick<BrokerClient, 'call'>,
  {
    path,
    elsewiseMs,
    signal,
  }: { readonly path: `/v1/${string}`; readonly elsewiseMs: number; readonly signal: AbortSignal },
): Promise<number> {
  const { headers } = await client.call({ method: 'GET', path, query: { limit: '1' }, signal });
  return findBrokerTime(headers) ?? elsewiseMs;
}

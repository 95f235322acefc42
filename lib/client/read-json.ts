import type { BrokerAnswer } from './broker-client.ts';
import { ClientError } from './client-error.ts';

/**
 * The object that the broker answered with. Its members are as the route's schema has them: the broker checks them, and
 * has checked whoever asks.
 *
 * @throws ClientError `unavailable`: something between here and the broker answered in its place, as a sign-in page of a
 * network does
 */
export function readJson<Body extends object>({ text }: Pick<BrokerAnswer, 'text'>): Body {
  const value = toValue(text);
  if (typeof value === 'object' && value !== null) return value as Body;
  throw new ClientError('unavailable', 'what answered is no broker: it said something else than JSON', {
    hint: 'check DAYPASS_URL, and whether this network wants a sign-in of its own',
  });
}

function toValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

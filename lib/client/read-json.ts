import type { BrokerAnswer } from './broker-client.ts';
import { ClientError } from './client-error.ts';

/**
 * The object that the broker answered with. Its members are as the route's schema has them: the broker checks them, and
 * has checked whoever asks. What is made of their inner parts goes through `fromAnswer`, as what answered may be none.
 *
 * @param members without which it is no answer of that route
 * @throws ClientError `unavailable`: something between here and the broker answered in its place, as a sign-in page of a
 * network does, or a broker of another version
 */
export function readJson<Body extends object>(
  { text }: Pick<BrokerAnswer, 'text'>,
  members: readonly (keyof Body & string)[] = [],
): Body {
  const value = toValue(text);
  if (typeof value !== 'object' || value === null)
    throw new ClientError('unavailable', 'what answered is no broker: it said something else than JSON', {
      hint: 'check DAYPASS_URL, and whether this network wants a sign-in of its own',
    });
  const body = value as Body;
  const missing = members.find((member) => body[member] === undefined || body[member] === null);
  if (missing !== undefined) throw toStranger(`its answer has no ${missing}`);
  return body;
}

/**
 * What is made of an answer, which is nobody's to check member by member: a broker of a later version has more of them,
 * and other values.
 *
 * @throws ClientError `unavailable` where nothing can be made of it; and what `make` throws of its own accord
 */
export function fromAnswer<Result>(make: () => Result): Result {
  try {
    return make();
  } catch (cause) {
    // What JavaScript says of a member that isn't there, or is of another kind.
    if (cause instanceof TypeError || cause instanceof RangeError) throw toStranger(cause.message, cause);
    throw cause;
  }
}

export const toStranger = (why: string, cause?: unknown): ClientError =>
  new ClientError('unavailable', `what answered is no broker of this version: ${why}`, {
    cause,
    hint: 'check DAYPASS_URL, and whether broker and daypass are of versions that go together',
  });

function toValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

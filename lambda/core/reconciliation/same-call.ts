/** What a call of STS is known by. */
export interface CallIds {
  readonly requestId?: string | undefined;
  readonly accessKeyId?: string | undefined;
}

/**
 * Whether both speak of one call. Either id will do, because nobody but STS chooses them, and one of them may have been
 * edited; `undefined` where they have no kind of id in common.
 */
export function isSameCall(one: CallIds, other: CallIds): boolean | undefined {
  const pairs = [
    [one.requestId, other.requestId],
    [one.accessKeyId, other.accessKeyId],
  ].filter((pair) => !pair.includes(undefined));
  if (pairs.length === 0) return undefined;
  return pairs.some(([a, b]) => a === b);
}

/** Whether both ids are there and say so: one of them may have been written into a row by hand, to make it fit. */
export const isWholeCall = (one: CallIds, other: CallIds): boolean =>
  one.requestId !== undefined &&
  one.accessKeyId !== undefined &&
  one.requestId === other.requestId &&
  one.accessKeyId === other.accessKeyId;

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';

/**
 * What an item holds, still to be parsed.
 *
 * @throws ZodError for a number that JavaScript has none for, as DynamoDB takes it by hand: as everything else that is
 * wrong with one item, it is that item's own failure and not the store's
 */
export function readAttributes(item: Readonly<Record<string, AttributeValue>>): Record<string, unknown> {
  try {
    return unmarshall({ ...item });
  } catch {
    // The SDK's error would quote the value.
    throw new z.ZodRealError([
      { code: 'custom', path: [], message: 'an attribute cannot be read', input: undefined },
    ]);
  }
}

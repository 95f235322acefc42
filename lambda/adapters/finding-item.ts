import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import {
  type Finding,
  findingKinds,
  findingSeverities,
  findingStates,
} from '../core/reconciliation/finding.ts';
import { toFindingPlace } from '../core/reconciliation/finding-ports.ts';
import { readAttributes } from './read-attributes.ts';

/** An item as DynamoDB holds it. */
export type FindingItem = Record<string, AttributeValue>;

const text = z.string();

const finding = z.object({
  id: text,
  kind: z.enum(findingKinds),
  severity: z.enum(findingSeverities),
  state: z.enum(findingStates),
  summary: text,
  issuanceId: text.exactOptional(),
  event: z
    .object({
      eventId: text.exactOptional(),
      eventName: text.exactOptional(),
      eventTime: text.exactOptional(),
      region: text.exactOptional(),
      accountId: text.exactOptional(),
      roleArn: text.exactOptional(),
      callerArn: text.exactOptional(),
      requestId: text.exactOptional(),
      accessKeyId: text.exactOptional(),
      foundIn: text,
    })
    .exactOptional(),
  differences: z.array(z.object({ field: text, row: text.exactOptional(), event: text.exactOptional() })),
  createdAt: text,
  reopenedAt: text.exactOptional(),
  resolvedAt: text.exactOptional(),
  resolution: text.exactOptional(),
  expiresAtSeconds: z.number(),
});

/** @param nonce by which a write of our own is known; never shown */
export const toItem = (found: Finding, nonce: string): FindingItem =>
  marshall(
    // As the schema has it: what else a discovery might carry goes no further.
    { ...finding.parse(found), nonce, day: found.createdAt.slice(0, 10), place: toFindingPlace(found) },
    { removeUndefinedValues: true },
  );

/** @throws ZodError when the item is no finding: an unreadable one is an error, never left out */
export const fromItem = (item: FindingItem): Finding => finding.parse(readAttributes(item));

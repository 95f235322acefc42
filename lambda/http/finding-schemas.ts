import * as z from 'zod';
import { findingKinds, findingSeverities, findingStates } from '../core/reconciliation/finding.ts';
import { instant, limit } from './audit-schemas.ts';
import { strictObject } from './parse-request.ts';

export const findingsQuery = strictObject({
  kind: z.enum(findingKinds, { error: findingKinds.join(', ') }).exactOptional(),
  state: z.enum(findingStates, { error: findingStates.join(', ') }).exactOptional(),
  severity: z.enum(findingSeverities, { error: findingSeverities.join(', ') }).exactOptional(),
  from: instant.exactOptional(),
  to: instant.exactOptional(),
  limit: limit.exactOptional(),
  cursor: z
    .string()
    .regex(/^[\w-]{1,300}$/, { error: 'the nextCursor of an answer' })
    .exactOptional(),
});

const text = z.string();

/** One finding. Values of rows and events are in it, and never a secret. */
export const findingAnswer = z.strictObject({
  id: text,
  kind: z.enum(findingKinds),
  severity: z.enum(findingSeverities),
  state: z.enum(findingStates).describe('RESOLVED: what was missing has come'),
  summary: text,
  issuanceId: text.exactOptional(),
  event: z
    .strictObject({
      eventId: text.exactOptional(),
      eventName: text.exactOptional(),
      eventTime: text.exactOptional(),
      region: text.exactOptional(),
      accountId: text.describe('Account whose trail has the event').exactOptional(),
      roleArn: text.exactOptional(),
      callerArn: text.exactOptional(),
      requestId: text.exactOptional(),
      accessKeyId: text.describe('Of the session that was given').exactOptional(),
      foundIn: text.describe('The object of S3, or the event of EventBridge, that holds it'),
    })
    .describe("CloudTrail's event, as far as it was read")
    .exactOptional(),
  differences: z
    .array(z.strictObject({ field: text, row: text.exactOptional(), event: text.exactOptional() }))
    .describe('What differs, each with both values'),
  createdAt: z.iso.datetime(),
  reopenedAt: z.iso.datetime().exactOptional().describe('When it was found again, after it was resolved'),
  resolvedAt: z.iso.datetime().exactOptional(),
  resolution: text.exactOptional(),
  keptUntil: z.iso.datetime(),
});

export const findingsAnswer = z.strictObject({
  findings: z.array(findingAnswer),
  from: z.iso.datetime().describe('The span of time that was looked at, inclusive'),
  to: z.iso.datetime().describe('Its end, exclusive'),
  nextCursor: text.exactOptional().describe('Where there may be more: give it back with the same filters'),
});

import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import {
  changeOperations,
  findingCodes,
  type IntegrationVersion,
  inconclusiveReasons,
  integrationStates,
  probeKinds,
} from '../core/integrations/integration.ts';
import { readAttributes } from './read-attributes.ts';

/** An item as DynamoDB holds it. */
export type IntegrationItem = Record<string, AttributeValue>;

/** The one partition of the index: integrations are counted in hundreds. */
export const listing = 'integrations';

/**
 * Statements, policies and keys are kept as JSON text: a number of theirs may be more than DynamoDB's, and what was
 * written comes back to the letter.
 *
 * @throws ZodError for what `fromItem` would not take
 */
export function toItem({ integration, change }: IntegrationVersion): IntegrationItem {
  const { name, version, trust, sessionPolicy, jwks, ...rest } = integration;
  const kept = {
    ...{ name, version },
    // Each integration is listed by its first version.
    ...(version === 1 ? { listing } : {}),
    integration: {
      ...rest,
      trust: JSON.stringify(trust),
      ...(sessionPolicy === undefined ? {} : { sessionPolicy: JSON.stringify(sessionPolicy) }),
      ...(jwks === undefined ? {} : { jwks: JSON.stringify(jwks) }),
    },
    change,
  };
  const stored = marshall(kept, { removeUndefinedValues: true });
  // What could not be read again would stop the integration for ever: versions are never changed.
  fromItem(stored);
  return stored;
}

const text = z.string();
const document = z.record(text, z.unknown());

/** The value behind JSON text. */
const json = <Value extends z.ZodType>(value: Value) =>
  text
    .transform((written, context): unknown => {
      try {
        return JSON.parse(written);
      } catch {
        context.addIssue({ code: 'custom', message: 'JSON' });
        return z.NEVER;
      }
    })
    .pipe(value);

/** What a verification saw, as it is kept and as one function hands it to another. */
export const verificationShape = z.strictObject({
  at: text,
  version: z.int().positive(),
  issuanceIds: z.array(text),
  result: z.enum(['PASSED', 'FAILED', 'INCONCLUSIVE']),
  proved: z.enum(['current', 'next']).exactOptional(),
  probes: z.array(
    z.strictObject({
      kind: z.enum(probeKinds),
      wanted: z.enum(['accepted', 'refused']),
      seen: z.enum(['accepted', 'refused', 'inconclusive']),
      errorCode: text.exactOptional(),
      because: z.enum(inconclusiveReasons).exactOptional(),
    }),
  ),
  findings: z.array(
    z.strictObject({
      code: z.enum(findingCodes),
      severity: z.enum(['danger', 'error', 'warning']),
      message: text,
      remedy: text,
    }),
  ),
});

/** Strict: what one function keeps and another does not know would be gone with the next version. */
const item = z.strictObject({
  name: text,
  version: z.int().min(1),
  listing: z.literal(listing).exactOptional(),
  integration: z.strictObject({
    description: text,
    owner: text,
    requestAccessUrl: text.exactOptional(),
    roleArn: text,
    trust: json(z.array(document)),
    duration: z.strictObject({ defaultSeconds: z.number(), maxSeconds: z.number() }),
    sessionPolicy: json(document).exactOptional(),
    sessionTags: z.record(text, text),
    setSourceIdentity: z.boolean(),
    state: z.enum(integrationStates),
    externalIds: z.strictObject({
      current: text,
      next: text.exactOptional(),
      previous: z.array(z.strictObject({ value: text, acceptedUntil: text })).exactOptional(),
    }),
    verification: verificationShape.exactOptional(),
    provenAt: text.exactOptional(),
    jwks: json(z.strictObject({ keys: z.array(document) })).exactOptional(),
    suspension: z.strictObject({ at: text, by: text, reason: text }).exactOptional(),
  }),
  change: z.strictObject({
    operation: z.enum(changeOperations),
    at: text,
    principal: z
      .strictObject({ issuer: text, subject: text, sessionName: text.exactOptional() })
      .exactOptional(),
    reason: text.exactOptional(),
    sourceIp: text.exactOptional(),
    gatewayRequestId: text.exactOptional(),
    nonce: text,
  }),
});

/** @throws ZodError when the item is no version: an unreadable one is an error, never left out */
export function fromItem(stored: IntegrationItem): IntegrationVersion {
  const { name, version, integration, change } = item.parse(readAttributes(stored));
  return { integration: { name, version, ...integration }, change };
}

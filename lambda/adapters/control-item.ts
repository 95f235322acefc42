import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { findRemoveAfter, policyStates, type Revocation } from '../core/controls/revocation.ts';
import { type Suspension, suspensionStates, toTargetKey } from '../core/controls/suspension.ts';
import { controlTable } from './control-table.ts';
import { readAttributes } from './read-attributes.ts';

/** An item as DynamoDB holds it. */
export type ControlItem = Record<string, AttributeValue>;

/** The partitions of the index `listing`, and that of the index `due`. */
export const listings = { suspensions: 'suspensions', revocations: 'revocations' } as const;
export const duePartition = 'revocations';

export const toRevocationKey = (id: string) => `revocation#${id}`;

const text = z.string();
const actor = z.strictObject({ issuer: text, subject: text, sessionName: text.exactOptional() });

const change = {
  state: z.enum(suspensionStates),
  reason: text,
  by: actor,
  at: text,
  gatewayRequestId: text,
};

const suspension = z.object({
  version: z.int().min(1),
  of: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('everything') }),
    z.strictObject({ kind: z.literal('principal'), issuer: text, subject: text }),
    z.strictObject({ kind: z.literal('profile'), name: text }),
    z.strictObject({ kind: z.literal('issuer'), name: text }),
    z.strictObject({ kind: z.literal('integration'), name: text }),
  ]),
  ...change,
  history: z.array(z.strictObject(change)),
});

export function toSuspensionItem({ target, ...rest }: Suspension, nonce: string): ControlItem {
  const key = toTargetKey(target);
  const kept = {
    [controlTable.partitionKey]: key,
    listing: listings.suspensions,
    of: target,
    nonce,
    ...rest,
  };
  return marshall(kept, { removeUndefinedValues: true });
}

/** @throws ZodError when the item is no suspension: what cannot be read is never taken for lifted */
export function fromSuspensionItem(item: ControlItem): Suspension {
  const { of: target, ...rest } = suspension.parse(readAttributes(item));
  return { target, ...rest };
}

const ended = z.strictObject({
  userIds: z.array(text).exactOptional(),
  sourceIdentity: text.exactOptional(),
  issuedFrom: text.exactOptional(),
  issuedBefore: text.exactOptional(),
});

const revocationChange = {
  version: z.int().min(1),
  reason: text,
  by: actor,
  at: text,
  gatewayRequestId: text,
};

const revocation = z.object({
  id: text,
  scope: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('issuance'), issuanceId: text }),
    z.strictObject({ kind: z.literal('principal'), issuer: text, subject: text, before: text }),
    z.strictObject({ kind: z.literal('role'), roleArn: text, before: text }),
  ]),
  ...revocationChange,
  // Rows that were written before there was one.
  history: z.array(z.strictObject(revocationChange)).default([]),
  policies: z.array(
    z.strictObject({
      holder: z.strictObject({ type: z.enum(['role', 'user']), arn: text }),
      policyName: text,
      ends: z.array(ended),
      removableAt: text,
      state: z.enum(policyStates),
      detail: text.exactOptional(),
    }),
  ),
  keptUntilSeconds: z.number(),
});

/** One whose policies may stand on roles does not expire: the schedule would not find them any more. */
export function toRevocationItem(given: Revocation, nonce: string): ControlItem {
  const { expiresAtSeconds: keptUntilSeconds, ...rest } = given;
  const removeAfter = findRemoveAfter(given);
  const kept = {
    [controlTable.partitionKey]: toRevocationKey(given.id),
    listing: listings.revocations,
    nonce,
    ...rest,
    keptUntilSeconds,
    ...(removeAfter === undefined
      ? { [controlTable.timeToLiveAttribute]: keptUntilSeconds }
      : { due: duePartition, removeAfter }),
  };
  return marshall(kept, { removeUndefinedValues: true });
}

/** @throws ZodError when the item is no revocation */
export function fromRevocationItem(item: ControlItem): Revocation {
  const { keptUntilSeconds: expiresAtSeconds, ...rest } = revocation.parse(readAttributes(item));
  return { ...rest, expiresAtSeconds };
}

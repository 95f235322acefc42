import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { mechanisms } from '../core/configuration.ts';
import { type Issuance, issuancePurposes, issuanceStates } from '../core/issuance.ts';
import { matches, maxSightings, type Sightings } from '../core/reconciliation/sighting.ts';
import { dayShards } from './issuance-table.ts';
import { readAttributes } from './read-attributes.ts';

/** An item as DynamoDB holds it. */
export type IssuanceItem = Record<string, AttributeValue>;

/** Attributes that place the row in the indexes. */
export const toDayKey = (id: string, createdAt: string) => `${createdAt.slice(0, 10)}#${toShard(id)}`;

/** The sparse index of rows that somebody still has to look at. */
export const toOpenKey = (state: 'PENDING' | 'UNMATCHED', id: string) => `${state}#${toShard(id)}`;

/** The last character of a ULID is one of 32 at random. By character code, some shards would stay empty. */
const toShard = (id: string) => shardName(ulidAlphabet.indexOf(id.slice(-1)) % dayShards);

/** Crockford's base32, in the order in which ids sort. */
export const ulidAlphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const shardName = (shard: number) => String(shard).padStart(2, '0');

/** The keys of all shards of a day, or of the rows that are open in one way. */
export const toShardKeys = (prefix: string): readonly string[] =>
  Array.from({ length: dayShards }, (_, shard) => `${prefix}#${shardName(shard)}`);

export const toItem = (row: object): IssuanceItem => marshall(row, { removeUndefinedValues: true });

const text = z.string();

/** What a row must hold to be shown. Keys of the indexes and the nonce are the adapter's own and stay behind. */
const issuance = z.object({
  id: text,
  state: z.enum(issuanceStates),
  createdAt: text,
  principal: z.object({ issuer: text, subject: text, sessionName: text.exactOptional() }),
  profile: text.exactOptional(),
  integration: text.exactOptional(),
  purpose: z.enum(issuancePurposes).exactOptional(),
  requestedDurationSeconds: z.number().exactOptional(),
  reason: text.exactOptional(),
  sourceIp: text,
  userAgent: text,
  gatewayRequestId: text,
  region: text.exactOptional(),
  expiresAtSeconds: z.number(),
  mechanism: z.enum(mechanisms).exactOptional(),
  enforcement: z.literal('recorded').exactOptional(),
  roleArns: z.array(text).exactOptional(),
  roleSessionName: text.exactOptional(),
  sourceIdentity: text.exactOptional(),
  durationSeconds: z.number().exactOptional(),
  sessionTags: z.record(text, text).exactOptional(),
  transitiveTagKeys: z.array(text).exactOptional(),
  sessionPolicySha256: text.exactOptional(),
  managedPolicyArns: z.array(text).exactOptional(),
  callerAccessKeyId: text.exactOptional(),
  targetPrincipal: text.exactOptional(),
  taskPolicyArn: text.exactOptional(),
  audiences: z.array(text).exactOptional(),
  statement: text.exactOptional(),
  finishedAt: text.exactOptional(),
  stsRequestId: text.exactOptional(),
  accessKeyId: text.exactOptional(),
  hops: z.array(z.object({ roleArn: text, stsRequestId: text, accessKeyId: text })).exactOptional(),
  expiration: text.exactOptional(),
  packedPolicySize: z.number().exactOptional(),
  errorCode: text.exactOptional(),
  detail: text.exactOptional(),
  match: z.enum(matches).exactOptional(),
});

/** CloudTrail's event of one call. */
export const sightingItem = z.object({
  eventId: text,
  sharedEventId: text.exactOptional(),
  eventTime: text,
  eventName: text,
  region: text,
  accountId: text,
  requestId: text.exactOptional(),
  accessKeyId: text.exactOptional(),
  errorCode: text.exactOptional(),
  differences: z.array(text).exactOptional(),
});

/** The attribute that holds the event of a call: one for each, so that none is written over another's. */
export const toSightingAttribute = (place: number): string => `event${place}`;

const places = Array.from({ length: maxSightings }, (_, place) => place);

/** @throws ZodError when the item is no issuance: an unreadable row is an error, never left out */
export function fromItem(item: IssuanceItem): Issuance {
  const attributes = readAttributes(item);
  const sightings: Sightings = Object.fromEntries(
    places.flatMap((place) => {
      const found: unknown = attributes[toSightingAttribute(place)];
      return found === undefined ? [] : [[place, sightingItem.parse(found)]];
    }),
  );
  const row = issuance.parse(attributes);
  return Object.keys(sightings).length === 0 ? row : { ...row, sightings };
}

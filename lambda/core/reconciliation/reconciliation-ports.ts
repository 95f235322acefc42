import type { Issuance } from '../issuance.ts';
import type { Discovery } from './finding.ts';
import type { Match, Sighting, Sightings } from './sighting.ts';

/** A row, and what CloudTrail was seen to say of it. */
export interface TrackedIssuance extends Issuance {
  /** Region of the function that wrote it. Absent in rows older than the attribute. */
  readonly region?: string;
  readonly match?: Match;
  readonly sightings: Sightings;
  /** Whether the row is in the index `open`. */
  readonly isOpen: boolean;
}

/** The issuances as the reconciliation reads and completes them. Each method rejects when the store cannot answer. */
export interface IssuanceMatcher {
  /** A consistent read. `undefined` when there is none, or it has expired. */
  find(id: string): Promise<TrackedIssuance | undefined>;
  /** By the index, so perhaps some seconds late; the row itself is read consistently. The newest where there are several. */
  findByAccessKeyId(accessKeyId: string): Promise<TrackedIssuance | undefined>;
  /**
   * One conditional write. `false`, and nothing is written, when the row is not as it was seen: its state or its match is
   * another, or one of the places that are written holds another event (by `eventId`) or holds one where none was.
   */
  update(seen: TrackedIssuance, change: IssuanceChange): Promise<boolean>;
  /**
   * PENDING to UNKNOWN, with `errorCode` `swept`: the attributes that an outcome has, and the index's (`UNMATCHED`).
   * `false`, and nothing is written, when it is no longer PENDING.
   */
  sweep(seen: TrackedIssuance, finishedAt: string): Promise<boolean>;
  /** Ids from the index `open`, oldest first, of rows created before. A row may have changed since the index saw it. */
  listOpen(query: OpenQuery): Promise<OpenPage>;
}

export interface IssuanceChange {
  /** Each takes the place of what the row was seen to have there. */
  readonly sightings?: Sightings;
  readonly match?: Match;
  /** Whether the row leaves the index `open`. Only of a row that is not PENDING. */
  readonly closes: boolean;
}

export interface OpenQuery {
  readonly state: 'PENDING' | 'UNMATCHED';
  /** Epoch milliseconds, exclusive: rows whose ids were made before. */
  readonly beforeMs: number;
  /** Only ids that sort after this one. */
  readonly after?: string;
  readonly limit: number;
}

export interface OpenPage {
  /** Ascending. */
  readonly ids: readonly string[];
  /** The page is not the last. */
  readonly hasMore: boolean;
}

/** Findings. Each method resolves once it is durable and rejects when the store cannot answer. */
export interface FindingStore {
  /** `isNew` for whoever opens it, the first time or again after it was resolved: an alarm counts these. One that is open stays as it is. */
  record(discovery: Discovery): Promise<{ readonly isNew: boolean }>;
  /** OPEN to RESOLVED. `false` when there is none of that id that is open. */
  resolve(id: string, resolution: string): Promise<boolean>;
}

/**
 * Calls of STS by the broker's roles that name no issuance (denied ones, whose parameters CloudTrail does not show, and
 * messages decoded), kept for some days by request id until a row's turn comes. In the table of witnesses, under
 * `sts#<request id>`.
 */
export interface NamelessCalls {
  /** The first copy stays. */
  remember(requestId: string, sighting: Sighting): Promise<void>;
  find(requestId: string): Promise<Sighting | undefined>;
  /** Says that this issuance is missing the call of this request: one that comes late has no other way to its row. */
  expect(requestId: string, issuanceId: string): Promise<void>;
  /** Id of the issuance that is missing it. */
  findExpecting(requestId: string): Promise<string | undefined>;
}

/** The gateway's access log. */
export interface GatewayWitnesses {
  /** `undefined` when there is no line of that request. Only ever a line that was written for a request that reached a route. */
  find(gatewayRequestId: string): Promise<GatewayLine | undefined>;
}

/** What a line of the access log says of a request. */
export interface GatewayLine {
  readonly gatewayRequestId: string;
  /** The authorizer's: `toPrincipalId` of the principal. Absent (`-` in the line) under `/iam/v1`, where there is none. */
  readonly principalId?: string;
  /** Under `/iam/v1`: account of whoever signed. */
  readonly accountId?: string;
  /** Under `/iam/v1`: ARN of whoever signed, with the session's name. */
  readonly userArn?: string;
  /** Of the answer, as HTTP has it. */
  readonly status?: number;
  /** Epoch milliseconds. */
  readonly requestTimeMs?: number;
}

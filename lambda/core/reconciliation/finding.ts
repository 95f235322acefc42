/** What the reconciliation found, and a person has to look at. */
export const findingKinds = [
  'unaudited-issuance',
  'edited-row',
  'mismatch',
  'missing-from-cloudtrail',
  'unreadable-event',
  'no-access-log-line',
  'other-principal',
] as const;

/**
 * `unaudited-issuance`: STS gave a session with the broker's authority, of which the audit says nothing. `edited-row`:
 * the session name carries the digest of another intent than the row now holds. `mismatch`: row and event differ.
 * `missing-from-cloudtrail`: a row whose event never came. `unreadable-event`: a record of STS that says nothing.
 * `no-access-log-line` and `other-principal`: the gateway saw no such request, or another caller.
 */
export type FindingKind = (typeof findingKinds)[number];

export const findingSeverities = ['critical', 'error', 'warning'] as const;

export type FindingSeverity = (typeof findingSeverities)[number];

export const findingStates = ['OPEN', 'RESOLVED'] as const;

export type FindingState = (typeof findingStates)[number];

/** Found, not yet recorded. Holds no secret, and nothing that a caller wrote but names in STS's characters. */
export interface Discovery {
  /** `<kind>-<what it is about>`: who finds the same again names the same. 1–128 of `A–Z a–z 0–9 . _ -`. */
  readonly id: string;
  readonly kind: FindingKind;
  readonly severity: FindingSeverity;
  /** One sentence. */
  readonly summary: string;
  readonly issuanceId?: string;
  readonly event?: FoundEvent;
  /** What differs, each with both values. Empty where nothing is compared. */
  readonly differences: readonly Difference[];
}

export interface Difference {
  /** Of the row. */
  readonly field: string;
  /** Absent: it says nothing. */
  readonly row?: string;
  readonly event?: string;
}

/** The event as far as it was read. */
export interface FoundEvent {
  readonly eventId?: string;
  readonly eventName?: string;
  /** ISO 8601. */
  readonly eventTime?: string;
  readonly region?: string;
  readonly accountId?: string;
  readonly roleArn?: string;
  readonly callerArn?: string;
  readonly requestId?: string;
  /** Of the session that was given: what it does is found in CloudTrail by this. */
  readonly accessKeyId?: string;
  /** The S3 object, or the EventBridge event, that holds it. */
  readonly foundIn: string;
}

/** As the table holds it. */
export interface Finding extends Discovery {
  readonly state: FindingState;
  /** ISO 8601, with milliseconds: when it was found first. */
  readonly createdAt: string;
  /** When it was found again, after it was resolved. */
  readonly reopenedAt?: string;
  readonly resolvedAt?: string;
  /** Why it is none any more. */
  readonly resolution?: string;
  /** Epoch seconds after which it is deleted. */
  readonly expiresAtSeconds: number;
}

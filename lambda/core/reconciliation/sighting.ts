/** What became of looking for an issuance in CloudTrail. Absent: it is still looked for, or never needs to be. */
export const matches = ['MATCHED', 'MISMATCHED', 'MISSING', 'ABSENT', 'NOT_EXPECTED'] as const;

/**
 * `MATCHED`: every event that must be there is, and says what the row says. `MISMATCHED`: it says something else, see
 * the findings. `MISSING`: it had not come when its time was up; one that comes later heals it. `ABSENT`: none came, as
 * it may be where the answer was lost. `NOT_EXPECTED`: the trail covers no account that would have one.
 */
export type Match = (typeof matches)[number];

/** CloudTrail's event of one call of STS, as the row keeps it under the call's place: 0 for the first hop. */
export interface Sighting {
  /** Of the copy that was seen first. */
  readonly eventId: string;
  readonly sharedEventId?: string;
  /** ISO 8601, in seconds. */
  readonly eventTime: string;
  readonly eventName: string;
  readonly region: string;
  /** Account of the copy that was seen first. */
  readonly accountId: string;
  readonly requestId?: string;
  /** Of the session that was given. */
  readonly accessKeyId?: string;
  /** Absent: it was granted. */
  readonly errorCode?: string;
  /** Names of what differs from the row; their values are in the finding. Absent: nothing does. */
  readonly differences?: readonly string[];
}

/** By the call's place. The last place is of the call that the credentials are for. */
export type Sightings = Readonly<Partial<Record<number, Sighting>>>;

/** Places that a row has: three roles at most, and the call that the last one's session makes. */
export const maxSightings = 6;

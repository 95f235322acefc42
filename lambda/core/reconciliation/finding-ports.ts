import type { Finding, FindingKind, FindingSeverity, FindingState } from './finding.ts';

/** Reads findings. Expired ones are not there. Rejects with `AuditUnavailableError`. */
export interface FindingReader {
  /** `undefined` when there is none. */
  find(id: string): Promise<Finding | undefined>;
  /** By when they were found first, newest first. */
  page(query: FindingQuery): Promise<FindingPage>;
}

export interface FindingQuery {
  readonly kind?: FindingKind;
  readonly state?: FindingState;
  readonly severity?: FindingSeverity;
  /** Epoch milliseconds, inclusive. */
  readonly fromMs: number;
  /** Epoch milliseconds, exclusive. */
  readonly toMs: number;
  /** Only what was found before this place. */
  readonly before?: string;
  readonly limit: number;
}

export interface FindingPage {
  /** May be fewer than the limit, even none, while there are more. */
  readonly findings: readonly Finding[];
  /** Where the next page begins, as `toFindingPlace` has it; `undefined` at the end. */
  readonly next?: string;
}

/** Where a finding stands among all: by time, and by id where they are of one instant. */
export const toFindingPlace = ({ createdAt, id }: Pick<Finding, 'createdAt' | 'id'>): string =>
  `${createdAt}#${id}`;

const place = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[\w.-]{0,128}$/;

/** Whether this can be a place at all. */
export const isFindingPlace = (value: string): boolean => place.test(value);

const findingId = /^[\w.-]{1,128}$/;

/** Whether this can name a finding at all. */
export const isFindingId = (value: string): boolean => findingId.test(value);

import type { Revocation } from './revocation.ts';
import type { Suspension, SuspensionTarget } from './suspension.ts';

/**
 * What is suspended, as every request that issues asks. Rejects with `ControlsUnavailableError` when any of the targets
 * cannot be read: that is never the same as not suspended.
 */
export interface SuspensionReader {
  /** Those of the targets that are suspended, in their order. Consistent. */
  findSuspended(targets: readonly SuspensionTarget[]): Promise<readonly SuspendedTarget[]>;
}

export interface SuspendedTarget {
  readonly target: SuspensionTarget;
  readonly reason: string;
}

/** Counts attempts. Rejects with `ControlsUnavailableError` when it cannot. */
export interface QuotaRegister {
  /** Counts one; `false`, and nothing counted, when there were as many as the limit before. */
  count(attempt: CountedAttempt): Promise<boolean>;
}

export interface CountedAttempt {
  /** As `toSourceIdentity` says it; with `/used` behind it, of proofs that were used before. */
  readonly principalId: string;
  /** Minutes since the epoch. */
  readonly minute: number;
  readonly limit: number;
}

/** Suspensions, one for each thing that was ever suspended. Methods reject with `ControlsUnavailableError`. */
export interface SuspensionStore {
  /** By its key. Consistent. */
  find(key: string): Promise<Suspension | undefined>;
  /** Puts the version that follows the one before. @returns `false` when somebody else's came first */
  put(suspension: Suspension): Promise<boolean>;
  /** By key. What was put last may be missing for a moment. */
  list(page: ListPage): Promise<Listed<Suspension>>;
}

/** Revocations, each by its id. Methods reject with `ControlsUnavailableError`. */
export interface RevocationStore {
  find(id: string): Promise<Revocation | undefined>;
  /** Puts the version that follows the one before. @returns `false` when somebody else's came first */
  put(revocation: Revocation): Promise<boolean>;
  /** Newest first. What was put last may be missing for a moment. */
  list(page: ListPage): Promise<Listed<Revocation>>;
  /** Those with policies that were put onto roles and are no longer needed; the longest due first. */
  due(nowMs: number, limit: number): Promise<DueRevocations>;
}

export interface DueRevocations {
  readonly revocations: readonly Revocation[];
  /** Keys of rows that no version of ours wrote: whether policies of theirs stand on roles, nobody can read. */
  readonly unreadable: readonly string[];
}

export interface ListPage {
  /** The key after which the page begins. */
  readonly after?: string;
  readonly limit: number;
}

export interface Listed<Item> {
  readonly items: readonly Item[];
  /** The `after` of the next page; absent at the end. */
  readonly next?: string;
}

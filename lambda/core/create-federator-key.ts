import type {
  AccessKeySummary,
  FederatorAccessKeys,
  FederatorSecret,
  SecretVersion,
} from './federator-rotation-ports.ts';
import { type RotatingVersion, readCurrent, requireRotating } from './pending-version.ts';
import type { LongTermKey } from './ports.ts';
import { isPreviousKeyWanted } from './previous-key-grace.ts';
import { RotationError } from './rotation-error.ts';
import { pendingStage, previousStage } from './staging-labels.ts';

export interface KeyCreation {
  readonly keys: FederatorAccessKeys;
  readonly secret: FederatorSecret;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after that many milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>;
}

export interface KeyOutcome {
  readonly outcome: string;
  readonly accessKeyId?: string;
  readonly deletedAccessKeyIds?: readonly string[];
}

/** IAM's quota, which cannot be raised. */
const maxKeys = 2;

/** IAM may count a key that was just deleted, or not yet list one that was just made. */
const attempts = 4;
const attemptPauseMs = 5000;

/** How old what was read may be when a deletion begins, which takes ten seconds more at most: half a test in all. */
const readLastsMs = 20_000;

/** A key that IAM does not list by then is not only late. */
const listedWithinMs = 3_600_000;

/**
 * createSecret: makes the user's next key and keeps it as the pending version. A repeat finds it there.
 *
 * A kill between making a key and keeping it leaves one whose secret nobody has: no version names it, so that the
 * repeat deletes it. So it does with the key before the current one, once nobody can be using it. The key of the current
 * version is never touched, even when the same step runs twice at once: the keys are listed before the versions are
 * read, and no key becomes current in the minute after it was kept, which is longer than a deletion may take.
 *
 * @throws RotationError `previous-key-active`; `key-limit`; `too-slow`; `abandoned`, once, when the pending
 *   version's key can never become current: the next rotation begins anew
 */
export async function createFederatorKey(options: KeyCreation, versionId: string): Promise<KeyOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryToCreate(options, versionId);
    } catch (error) {
      const isLimit = error instanceof RotationError && error.code === 'key-limit';
      if (!isLimit || attempt === attempts) throw error;
    }
    await options.pause(attemptPauseMs);
  }
}

async function tryToCreate(options: KeyCreation, versionId: string): Promise<KeyOutcome> {
  const { keys, secret } = options;
  const listed = await keys.list();
  const readAtMs = options.now();
  const version = await requireRotating(secret, versionId);
  if (version.isCurrent) return { outcome: 'already-current' };
  const pending = await secret.read({ versionId, stage: pendingStage });
  if (pending !== undefined) return keepPending(options, { versionId, pending, listed });

  const deletedAccessKeyIds = await makeRoom(options, { version, listed, readAtMs });
  const key = await keys.create();
  await secret.put(versionId, key);
  return { outcome: 'created', accessKeyId: key.accessKeyId, deletedAccessKeyIds };
}

/** A version's value cannot be changed: one that can never become current would block every later rotation. */
async function keepPending(
  { secret, now }: KeyCreation,
  {
    versionId,
    pending,
    listed,
  }: {
    readonly versionId: string;
    readonly pending: SecretVersion;
    readonly listed: readonly AccessKeySummary[];
  },
): Promise<KeyOutcome> {
  const accessKeyId = pending.key?.accessKeyId;
  const isUsable = listed.some((key) => key.isActive && key.accessKeyId === accessKeyId);
  const mayBeLate = accessKeyId !== undefined && now() - pending.createdAtMs < listedWithinMs;
  if (accessKeyId !== undefined && (isUsable || mayBeLate))
    return { outcome: 'already-created', accessKeyId };
  await secret.moveStage({ stage: pendingStage, from: versionId, to: undefined });
  throw new RotationError(
    'abandoned',
    `version ${versionId} holds ${accessKeyId === undefined ? 'no key' : `key ${accessKeyId}, which is not an active key of the user`}; it is no longer ${pendingStage}, and the next rotation begins anew`,
  );
}

/** What decides which keys are still wanted. */
interface KeysSeen {
  readonly version: RotatingVersion;
  readonly listed: readonly AccessKeySummary[];
  /** Epoch milliseconds. */
  readonly readAtMs: number;
}

/** Deletes the keys that nobody can be using, and says which. */
async function makeRoom(options: KeyCreation, seen: KeysSeen): Promise<readonly string[]> {
  const { version, listed } = seen;
  const current = await readCurrent(options.secret, version.currentId);
  const previousKey = await readPreviousKey(options.secret, version);
  // Issuers may have it cached. Where somebody has deactivated the current key, the hourly task leaves this one active.
  const isWanted = isPreviousKeyWanted({ description: version, current, nowMs: options.now() });
  const isInUse = ({ accessKeyId, isActive }: AccessKeySummary) =>
    isActive && isWanted && accessKeyId === previousKey?.accessKeyId;
  const unwanted = listed
    .filter((key) => key.accessKeyId !== current.key?.accessKeyId && !isInUse(key))
    .map(({ accessKeyId }) => accessKeyId);
  for (const accessKeyId of unwanted) await deleteInTime(options, accessKeyId, seen);
  if (listed.length - unwanted.length >= maxKeys) {
    throw new RotationError(
      'previous-key-active',
      `the user has ${maxKeys} keys, and the previous one, ${previousKey?.accessKeyId}, may still be in use; an hour after the secret's last change the rotation goes on`,
    );
  }
  return unwanted;
}

async function deleteInTime(
  { keys, now }: KeyCreation,
  accessKeyId: string,
  { readAtMs }: KeysSeen,
): Promise<void> {
  if (now() - readAtMs > readLastsMs) {
    throw new RotationError(
      'too-slow',
      `it took too long to decide on key ${accessKeyId}; it was not deleted`,
    );
  }
  await keys.delete(accessKeyId);
}

async function readPreviousKey(
  secret: FederatorSecret,
  { stages }: RotatingVersion,
): Promise<LongTermKey | undefined> {
  const versionId = stages.get(previousStage);
  if (versionId === undefined) return undefined;
  return (await secret.read({ versionId, stage: previousStage }))?.key;
}

import type { FederatorAccessKeys, FederatorSecret } from './federator-rotation-ports.ts';
import { readCurrent, requireCurrent } from './pending-version.ts';
import { isPreviousKeyWanted } from './previous-key-grace.ts';
import { previousStage } from './staging-labels.ts';

export interface KeyDeactivation {
  readonly keys: FederatorAccessKeys;
  readonly secret: FederatorSecret;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * Deactivates the key that the current one replaced, an hour later. Deletes nothing: a key that turns out to be missed
 * can be activated again until the next rotation.
 */
export async function deactivatePreviousKey({
  keys,
  secret,
  now,
}: KeyDeactivation): Promise<{ readonly outcome: string; readonly accessKeyId?: string }> {
  const listed = await keys.list();
  const description = await secret.describe();
  const previousId = description.stages.get(previousStage);
  if (previousId === undefined) return { outcome: 'no-previous-key' };
  const previous = await secret.read({ versionId: previousId, stage: previousStage });
  if (previous?.key === undefined) return { outcome: 'no-previous-key' };
  const { accessKeyId } = previous.key;
  const isActive = (id: string | undefined) => listed.some((key) => key.isActive && key.accessKeyId === id);
  if (!isActive(accessKeyId)) return { outcome: 'not-active', accessKeyId };
  const current = await readCurrent(secret, requireCurrent(description));
  if (isPreviousKeyWanted({ description, current, nowMs: now() }))
    return { outcome: 'too-early', accessKeyId };
  const currentKeyId = current.key?.accessKeyId;
  // The current version may hold the same key again, or what is no key of the user's: then this one is the last.
  if (currentKeyId === accessKeyId || !isActive(currentKeyId))
    return { outcome: 'no-other-key', accessKeyId };
  await keys.deactivate(accessKeyId);
  return { outcome: 'deactivated', accessKeyId };
}

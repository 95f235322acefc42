import type { FederatorSecret, SecretDescription, SecretVersion } from './federator-rotation-ports.ts';
import type { LongTermKey } from './ports.ts';
import { RotationError } from './rotation-error.ts';
import { currentStage, pendingStage } from './staging-labels.ts';

/** Where a version of the secret stands in its rotation. */
export interface RotatingVersion extends SecretDescription {
  readonly versionId: string;
  /** The version that is used until this one is. */
  readonly currentId: string;
  /** The rotation's work is done: whatever step is repeated has nothing to do. */
  readonly isCurrent: boolean;
}

/**
 * The version that a step is for.
 *
 * @throws RotationError `not-pending` for any version but the one that is being rotated to, or was at last;
 *   `no-current-version`
 */
export async function requireRotating(secret: FederatorSecret, versionId: string): Promise<RotatingVersion> {
  const description = await secret.describe();
  const currentId = requireCurrent(description);
  const isCurrent = currentId === versionId;
  if (!isCurrent && description.stages.get(pendingStage) !== versionId) {
    throw new RotationError(
      'not-pending',
      `version ${versionId} of the secret is not being rotated to; allowed: the version labelled ${pendingStage}`,
    );
  }
  return { ...description, versionId, currentId, isCurrent };
}

/** @throws RotationError `no-current-version`: there would be no telling which key is in use. */
export function requireCurrent({ stages }: SecretDescription): string {
  const currentId = stages.get(currentStage);
  if (currentId !== undefined) return currentId;
  throw new RotationError(
    'no-current-version',
    `no version of the secret is labelled ${currentStage}; the stack makes the secret with one`,
  );
}

/** @throws RotationError `no-current-version` when it cannot be seen whether it holds a key, and which. */
export async function readCurrent(secret: FederatorSecret, currentId: string): Promise<SecretVersion> {
  const current = await secret.read({ versionId: currentId, stage: currentStage });
  if (current !== undefined) return current;
  throw new RotationError('no-current-version', `version ${currentId}, which is current, has no value`);
}

/** @throws RotationError `no-pending-key` */
export async function requirePendingKey(secret: FederatorSecret, versionId: string): Promise<LongTermKey> {
  const pending = await secret.read({ versionId, stage: pendingStage });
  if (pending?.key !== undefined) return pending.key;
  throw new RotationError('no-pending-key', `version ${versionId} holds no key yet; createSecret puts one`);
}

import { createFederatorKey, type KeyCreation } from './create-federator-key.ts';
import { deactivatePreviousKey } from './deactivate-previous-key.ts';
import { finishFederatorRotation } from './finish-federator-rotation.ts';
import { isRotationOverdue } from './is-rotation-overdue.ts';
import { requireRotating } from './pending-version.ts';
import type { RotationTask } from './rotation-event.ts';
import { type KeyTest, testFederatorKey } from './test-federator-key.ts';

/** What a task came to. Nothing of it is secret: it's for the log. */
export interface RotationOutcome {
  readonly outcome: string;
  /** The key that it's about. */
  readonly accessKeyId?: string;
  /** Keys that were deleted to make room. */
  readonly deletedAccessKeyIds?: readonly string[];
  /** The key in use should have been replaced some days ago. */
  readonly isOverdue?: boolean;
}

/**
 * Does one task of the rotation. Each can be done again, after a kill at any point, and in any order: what is there to
 * be seen in IAM and in the secret decides, and nothing is remembered.
 *
 * @param deadlineMs epoch milliseconds by which a test gives up
 * Rejects with `RotationError`, and with whatever the ports reject with.
 */
export type RotateFederatorKey = (task: RotationTask, deadlineMs: number) => Promise<RotationOutcome>;

/** The rotation of the federator's key: an access key of an IAM user, who has two at most, kept in a secret. */
export const createRotateFederatorKey =
  (options: KeyCreation & KeyTest): RotateFederatorKey =>
  async (task, deadlineMs) => {
    if (task.kind === 'deactivate-previous-key')
      return { ...(await deactivatePreviousKey(options)), isOverdue: await isRotationOverdue(options) };
    const { versionId } = task;
    switch (task.step) {
      case 'createSecret':
        return createFederatorKey(options, versionId);
      case 'setSecret':
        // IAM knows the key since it made it.
        await requireRotating(options.secret, versionId);
        return { outcome: 'nothing-to-do' };
      case 'testSecret':
        return testFederatorKey(options, { versionId, deadlineMs });
      case 'finishSecret':
        return finishFederatorRotation(options, versionId);
    }
  };

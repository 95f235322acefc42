import { requirePendingKey, requireRotating } from './pending-version.ts';
import { RotationError } from './rotation-error.ts';
import { currentStage, testedStage } from './staging-labels.ts';
import { findRefusal, type KeyTest } from './test-federator-key.ts';

/**
 * finishSecret: makes the pending key the current one, and the current one the previous: one call, so that there's
 * always one to read. A key that did not pass its test, or was taken away since, doesn't become current, in whatever
 * order the steps come.
 *
 * @throws RotationError `not-tested`, `wrong-identity`
 */
export async function finishFederatorRotation(
  options: Pick<KeyTest, 'secret' | 'tester' | 'owner'>,
  versionId: string,
): Promise<{ readonly outcome: string; readonly accessKeyId?: string }> {
  const { secret } = options;
  const { isCurrent, currentId, stages } = await requireRotating(secret, versionId);
  if (isCurrent) return { outcome: 'already-current' };
  const key = await requirePendingKey(secret, versionId);
  const { accessKeyId } = key;
  if (stages.get(testedStage) !== versionId) {
    throw new RotationError(
      'not-tested',
      `key ${accessKeyId} has not passed its test; testSecret comes first`,
    );
  }
  const refusal = await findRefusal(options, key);
  if (refusal !== undefined) {
    throw new RotationError(
      'not-tested',
      `key ${accessKeyId} passed its test, and is now refused: ${refusal}`,
    );
  }
  await secret.moveStage({ stage: currentStage, from: currentId, to: versionId });
  return { outcome: 'made-current', accessKeyId };
}

import type { LogFields, Logger } from './logger.ts';
import type { RotateFederatorKey } from './rotate-federator-key.ts';
import { parseRotationEvent, type RotationTask } from './rotation-event.ts';

export interface RotationHandling {
  readonly secretArn: string;
  readonly rotate: RotateFederatorKey;
  readonly logger: Logger;
}

/**
 * Takes an event of Secrets Manager or of the schedule, does what it asks for, and writes one line about it.
 *
 * @param deadlineMs epoch milliseconds by which a test gives up
 * Rejects when it was not done: Secrets Manager asks again then.
 */
export const createHandleRotationEvent =
  ({ secretArn, rotate, logger }: RotationHandling) =>
  async (event: unknown, deadlineMs: number): Promise<void> => {
    let fields: LogFields = {};
    try {
      const task = parseRotationEvent(event, secretArn);
      fields = toFields(task);
      const outcome = await rotate(task, deadlineMs);
      logger.info('rotation', { ...fields, ...outcome });
    } catch (error) {
      logger.error('rotation failed', { ...fields, error });
      throw error;
    }
  };

const toFields = (task: RotationTask): LogFields =>
  task.kind === 'step' ? { task: task.step, versionId: task.versionId } : { task: task.kind };

import * as z from 'zod';
import { RotationError } from './rotation-error.ts';

/** The steps of a rotation, in the order in which Secrets Manager asks for them. */
export const rotationSteps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

export type RotationStep = (typeof rotationSteps)[number];

/** The schedule's whole event. */
export const deactivationEvent = { task: 'deactivate-previous-key' } as const;

export type RotationTask =
  | {
      readonly kind: 'step';
      readonly step: RotationStep;
      /** Secrets Manager's ClientRequestToken: the id of the version that is to become current. */
      readonly versionId: string;
    }
  | { readonly kind: 'deactivate-previous-key' };

/** Secrets Manager may add members, as it did RotationToken. */
const stepEvent = z.object({
  Step: z.enum(rotationSteps),
  SecretId: z.string().min(1).max(2048),
  ClientRequestToken: z.string().regex(/^[\x21-\x7e]{32,64}$/),
  task: z.never().optional(),
});

const scheduleEvent = z.strictObject({ task: z.literal(deactivationEvent.task) });

/**
 * What an event asks for.
 *
 * @throws RotationError `malformed-event`, or `foreign-secret` when it is about another secret
 */
export function parseRotationEvent(event: unknown, secretArn: string): RotationTask {
  if (scheduleEvent.safeParse(event).success) return { kind: deactivationEvent.task };
  const { data } = stepEvent.safeParse(event);
  if (data === undefined) {
    throw new RotationError(
      'malformed-event',
      `the event is not one of a rotation; allowed: {Step, SecretId, ClientRequestToken} with a Step of ${rotationSteps.join(', ')}, or {"task":"${deactivationEvent.task}"}`,
    );
  }
  if (data.SecretId !== secretArn) {
    throw new RotationError('foreign-secret', `the event is about another secret; allowed: ${secretArn}`);
  }
  return { kind: 'step', step: data.Step, versionId: data.ClientRequestToken };
}

import * as z from 'zod';

/** Minutes between two runs of the schedule. */
export const runEveryMinutes = 10;

/** What the schedule sends to the function `integrations`. */
export const verifyIntegrationsEvent = { task: 'verify-integrations' } as const;

/** What an operator may send: those looked at longer ago than that are due now, instead of in their own time. */
export interface VerifyIntegrationsEvent {
  readonly task: (typeof verifyIntegrationsEvent)['task'];
  readonly olderThanSeconds?: number;
}

const schema = z.strictObject({
  task: z.literal(verifyIntegrationsEvent.task),
  olderThanSeconds: z.int().min(0).exactOptional(),
});

/** Whether an event is this one and nothing else: API Gateway's have other members, and not this one. */
export const isVerifyIntegrationsEvent = (event: unknown): event is VerifyIntegrationsEvent =>
  schema.safeParse(event).success;

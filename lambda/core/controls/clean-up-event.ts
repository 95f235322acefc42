import * as z from 'zod';

/** Minutes between two runs of the schedule. */
export const cleanUpEveryMinutes = 60;

/** What the schedule sends to the function `controls`. */
export const cleanUpEvent = { task: 'clean-up-revocations' } as const;

const schema = z.strictObject({ task: z.literal(cleanUpEvent.task) });

/** Whether an event is this one and nothing else: API Gateway's have other members, and not this one. */
export const isCleanUpEvent = (event: unknown): event is typeof cleanUpEvent =>
  schema.safeParse(event).success;

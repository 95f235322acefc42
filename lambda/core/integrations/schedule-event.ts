import * as z from 'zod';

/** What the schedule sends to the function `integrations`. */
export const verifyIntegrationsEvent = { task: 'verify-integrations' } as const;

const schema = z.strictObject({ task: z.literal(verifyIntegrationsEvent.task) });

/** Whether an event is this one and nothing else: API Gateway's have other members, and not this one. */
export const isVerifyIntegrationsEvent = (event: unknown): boolean => schema.safeParse(event).success;

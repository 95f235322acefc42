import * as z from 'zod';
import { isConsoleDestination, toDestinationAllowed } from '../core/console-destination.ts';
import { credentialsBody, issuingBody } from './credential-schemas.ts';
import { strictObject } from './parse-request.ts';

/** The body of `credentials`, and where the link leads. */
export const toConsoleBody = (partition: string) =>
  strictObject({ ...issuingBody.shape, destination: toDestination(partition) });

/** The same of an integration: none of them is shown a proof of the caller's. */
export const toIntegrationConsoleBody = (partition: string) =>
  strictObject({ ...credentialsBody.shape, destination: toDestination(partition) });

function toDestination(partition: string) {
  const allowed = toDestinationAllowed(partition);
  return z
    .string({ error: allowed })
    .refine((text) => isConsoleDestination(text, partition), { error: allowed })
    .describe(
      "A page of the AWS console, of the broker's partition; the start page when left out, such as https://console.aws.amazon.com/",
    )
    .exactOptional();
}

export const consoleAnswer = z.strictObject({
  IssuanceId: z.string(),
  SigninUrl: z.string().describe('Signs in whoever opens it: a secret until ExpiresAt'),
  ExpiresAt: z.iso.datetime().describe('Until when the link can be opened: 15 minutes'),
  SessionExpiresAt: z.iso.datetime().describe('When the console session ends: with its credentials'),
});

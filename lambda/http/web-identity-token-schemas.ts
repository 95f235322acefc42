import * as z from 'zod';
import { credentialsBody } from './credential-schemas.ts';
import { strictObject } from './parse-request.ts';

const audienceAllowed = 'one of the audiences that GET /v1/profiles shows for the profile';

export const webIdentityTokenBody = strictObject({
  audience: z.string({ error: audienceAllowed }).min(1, { error: audienceAllowed }).describe(audienceAllowed),
  durationSeconds: z
    .int({ error: 'an integer number of seconds' })
    .describe("At most the profile's maximum for tokens; its default when left out")
    .exactOptional(),
  reason: credentialsBody.shape.reason,
});

export const webIdentityTokenAnswer = z.strictObject({
  IssuanceId: z.string(),
  WebIdentityToken: z
    .string()
    .describe("A JWT that AWS signs: whoever has it is the profile's role to its audience"),
  Expiration: z.iso.datetime(),
});

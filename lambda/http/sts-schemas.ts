import * as z from 'zod';
import { maxPresignedUrl } from '../core/presigned-session-token.ts';
import { stsLimits } from '../core/sts-limits.ts';
import { credentialsAnswer, credentialsBody } from './credential-schemas.ts';
import { strictObject } from './parse-request.ts';

const { reason } = credentialsBody.shape;

const presignedUrlAllowed = `a GetSessionToken of AWS STS as a presigned URL, at most ${maxPresignedUrl} characters`;

/** Its shape alone: `parsePresignedSessionToken` reads the request. */
export const sessionTokenBody = strictObject({
  presignedUrl: z
    .string({ error: presignedUrlAllowed })
    .max(maxPresignedUrl, { error: presignedUrlAllowed })
    .describe(
      'A GET of GetSessionToken at the STS endpoint of the region, with SerialNumber and TokenCode, signed in the query with the long-term key that signs this call, its host alone among the headers',
    ),
  reason,
});

/** Of GetSessionToken, which names no user. */
export const sessionTokenAnswer = credentialsAnswer.pick({ IssuanceId: true, Credentials: true });

const { min, max } = stsLimits.encodedMessage;
const encodedMessageAllowed = `${min}–${max} characters without spaces, as AWS wrote them`;

export const authorizationMessageBody = strictObject({
  encodedMessage: z
    .string({ error: encodedMessageAllowed })
    .min(min, { error: encodedMessageAllowed })
    .max(max, { error: encodedMessageAllowed })
    .regex(/^[\x21-\x7e]*$/, { error: encodedMessageAllowed })
    .describe('What stands behind "Encoded authorization failure message" in an error of AWS'),
  reason,
});

export const authorizationMessageAnswer = z.strictObject({
  IssuanceId: z.string(),
  DecodedMessage: z
    .record(z.string(), z.unknown())
    .describe('Whether a Deny refused, and the principal, the action, the resource and the conditions'),
});

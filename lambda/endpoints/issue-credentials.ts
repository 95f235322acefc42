import * as z from 'zod';
import { isProfileName } from '../core/configuration-schema.ts';
import { InvalidRequestError } from '../core/errors.ts';
import type { IssueCredentials } from '../core/issue-credentials.ts';
import { isReason, reasonAllowed } from '../core/reason.ts';
import { stsLimits } from '../core/sts-limits.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { parameter, parseRequest, strictObject } from '../http/parse-request.ts';
import { credentialFormats, renderCredentials } from '../http/render-credentials.ts';

const tagKey = z.string().regex(stsLimits.tagKey.pattern, { error: stsLimits.tagKey.allowed });
const tagValue = z
  .string({ error: stsLimits.tagValue.allowed })
  .regex(stsLimits.tagValue.pattern, { error: stsLimits.tagValue.allowed });

const body = strictObject({
  durationSeconds: z.int({ error: 'an integer number of seconds' }).exactOptional(),
  reason: z.string({ error: reasonAllowed }).refine(isReason, { error: reasonAllowed }).exactOptional(),
  sessionTags: z
    .record(tagKey, tagValue, {
      error: ({ code }) =>
        code === 'invalid_key' ? stsLimits.tagKey.allowed : 'an object from tag keys to values',
    })
    .exactOptional(),
});

const query = strictObject({
  format: parameter(z.enum(credentialFormats, { error: credentialFormats.join(', ') })),
});

/** `POST /v1/profiles/{profile}/credentials?format=`: issues; the body can only narrow. */
export const createIssueCredentialsEndpoint =
  (issueCredentials: IssueCredentials): Endpoint =>
  async (request) => {
    const profile = requireProfileName(request.pathParameters['profile']);
    const { format = 'sts' } = parseRequest('query', query, request.query);
    const narrowing = parseRequest('body', body, request.body);

    const issued = await issueCredentials(request.principal, { profile, ...narrowing }, request.origin);

    return renderCredentials(issued, format);
  };

function requireProfileName(name = ''): string {
  if (isProfileName(name)) return name;
  throw new InvalidRequestError('that is no name of a profile; allowed: 1–63 characters of a–z, 0–9 and -');
}

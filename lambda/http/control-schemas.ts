import * as z from 'zod';
import { isProfileName } from '../core/configuration-schema.ts';
import { policyStates } from '../core/controls/revocation.ts';
import { suspensionStates } from '../core/controls/suspension.ts';
import { isIntegrationName } from '../core/integrations/integration-schema.ts';
import { isSubject } from '../core/is-subject.ts';
import { isReason, reasonAllowed } from '../core/reason.ts';
import { issuancesQuery } from './audit-schemas.ts';
import { strictObject } from './parse-request.ts';

const reason = z
  .string({ error: reasonAllowed })
  .refine(isReason, { error: reasonAllowed })
  .describe('Kept with the change');

const issuerAllowed = 'a name of an issuer: 1–24 characters of a–z, 0–9 and -';
const issuerName = z
  .string({ error: issuerAllowed })
  .regex(/^[a-z][a-z0-9-]{0,23}$/, { error: issuerAllowed });

const subjectAllowed = 'a subject as whoami shows it: 1–1024 characters, none of them invisible';

const principal = strictObject({
  issuer: issuerName,
  subject: z.string({ error: subjectAllowed }).refine(isSubject, { error: subjectAllowed }),
}).describe('Of an IAM role: its ARN, for all of its sessions');

const profileAllowed = 'a name of a profile';

const integrationAllowed = 'a name of an integration';

export const suspendBody = strictObject({
  everything: z.literal(true, { error: 'true' }).exactOptional(),
  principal: principal.exactOptional(),
  profile: z
    .string({ error: profileAllowed })
    .refine(isProfileName, { error: profileAllowed })
    .exactOptional(),
  issuer: issuerName.exactOptional(),
  integration: z
    .string({ error: integrationAllowed })
    .refine(isIntegrationName, { error: integrationAllowed })
    .describe('Its role, for everybody, and what its own keys open. It is not looked up')
    .exactOptional(),
  reason,
}).describe('One of everything, principal, profile, issuer and integration');

export const liftBody = strictObject({ reason });

export const revokeBody = strictObject({ reason });

const instantAllowed = 'an ISO 8601 instant in UTC such as 2026-11-21T08:00:00Z, which is not in the future';
const roleArnAllowed = 'the ARN of a role, with its path: arn:aws:iam::<account>:role/<path and name>';

export const revokeAllBody = strictObject({
  principal: principal.exactOptional(),
  roleArn: z
    .string({ error: roleArnAllowed })
    .regex(/^arn:aws(?:-cn|-us-gov)?:iam::[0-9]{12}:role\/(?:[!-~]{1,510}\/)?[\w+=,.@-]{1,64}$/, {
      error: roleArnAllowed,
    })
    .refine((arn) => !/[*?'"\\$`]|\/\//.test(arn), { error: roleArnAllowed })
    .exactOptional(),
  before: z.iso.datetime({ error: instantAllowed }),
  reason,
}).describe('One of principal and roleArn');

const limitAllowed = 'an integer, 1–100';

const page = {
  limit: z
    .string()
    .regex(/^([1-9][0-9]?|100)$/, { error: limitAllowed })
    .transform(Number)
    .exactOptional(),
  cursor: issuancesQuery.shape.cursor,
};

export const suspensionsQuery = strictObject({
  includeLifted: z.literal('true', { error: 'true' }).exactOptional(),
  ...page,
});

export const revocationsQuery = strictObject(page);

const text = z.string();
const instant = z.iso.datetime();
const actor = z.strictObject({ issuer: text, subject: text, sessionName: text.exactOptional() });
const change = {
  state: z.enum(suspensionStates),
  reason: text,
  by: actor,
  at: instant,
  gatewayRequestId: text,
};

export const suspensionAnswer = z.strictObject({
  id: text,
  version: z.int(),
  everything: z.literal(true).exactOptional(),
  principal: z.strictObject({ issuer: text, subject: text }).exactOptional(),
  profile: text.exactOptional(),
  issuer: text.exactOptional(),
  integration: text.exactOptional(),
  ...change,
  history: z.array(z.strictObject(change)).describe('The changes before, newest first; 20 at most'),
  note: text.describe('What else to know of it').exactOptional(),
});

export const suspensionsAnswer = z.strictObject({
  suspensions: z.array(suspensionAnswer),
  nextCursor: text.exactOptional().describe('Where there may be more: give it back as cursor'),
});

const policy = z.strictObject({
  attachTo: z.strictObject({ type: z.enum(['role', 'user']), arn: text, accountId: text }),
  policyName: text,
  policy: z.record(text, z.unknown()).describe('The inline policy'),
  apply: text.describe('The command that puts it there, with credentials of that account'),
  remove: text.describe('The command that takes it off again'),
  removableAt: instant.describe('When all that it ends has expired by itself'),
  state: z
    .enum(policyStates)
    .describe(
      'PRINTED: somebody has to apply it, it was not tried here; APPLIED: it is there; APPLYING: perhaps; FAILED: it is not there; REMOVED: it was taken off again; LEFT: it could not be taken off for a week',
    ),
  detail: text.exactOptional(),
});

const revocationChange = {
  version: z.int(),
  reason: text,
  by: actor,
  at: instant,
  gatewayRequestId: text,
};

const revocation = {
  id: text,
  issuanceId: text.exactOptional(),
  principal: z.strictObject({ issuer: text, subject: text }).exactOptional(),
  roleArn: text.exactOptional(),
  before: instant.exactOptional(),
  ...revocationChange,
  history: z
    .array(z.strictObject(revocationChange))
    .describe('Who asked for the same before, newest first; 20 at most'),
  policies: z.array(policy),
};

export const revocationAnswer = z.strictObject({
  ...revocation,
  takesEffect: text.describe('How soon, once a policy is there'),
  ends: z.array(text).describe('What ends with the sessions'),
  cannotEnd: z.array(text).describe('What does not, and what to do about it'),
});

export const revocationsAnswer = z.strictObject({
  revocations: z.array(z.strictObject(revocation)),
  nextCursor: text.exactOptional(),
});

import * as z from 'zod';
import type { AppliedPolicy } from './revoker.ts';

/** What the function `controls` sends to `revoker`. */
export type RevokeTask =
  | ({ readonly task: 'apply' } & AppliedPolicy)
  | ({ readonly task: 'remove' } & Pick<AppliedPolicy, 'roleArn' | 'policyName'>);

const roleArn = z.string().min(20).max(2048);
const policyName = z.string().regex(/^daypass-revoked-[0-9A-HJKMNP-TV-Z]{26}$/);

/** At most what fits a policy; each member says which sessions. The document is made by the function itself. */
const ends = z
  .array(
    z.strictObject({
      userIds: z
        .array(z.string().regex(/^(?:\*|[0-9]{12}):[\w+=,.@-]{2,64}$/))
        .min(1)
        .exactOptional(),
      sourceIdentity: z
        .string()
        .regex(/^[\w+=,.@-]{2,64}$/)
        .exactOptional(),
      issuedFrom: z.iso.datetime({ precision: 0 }).exactOptional(),
      issuedBefore: z.iso.datetime({ precision: 0 }).exactOptional(),
    }),
  )
  .min(1);

const revokeTask = z.discriminatedUnion('task', [
  z.strictObject({ task: z.literal('apply'), roleArn, policyName, ends }),
  z.strictObject({ task: z.literal('remove'), roleArn, policyName }),
]);

/** @throws TypeError for every other event: whoever may invoke the function may do no more than this */
export function parseRevokeTask(event: unknown): RevokeTask {
  const { data } = revokeTask.safeParse(event);
  if (data === undefined) throw new TypeError('this function takes the tasks of the function controls only');
  return data;
}

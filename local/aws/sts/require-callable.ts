import { toAccessDeniedMessage } from '../access-denied.ts';
import { AwsError } from '../aws-error.ts';
import type { Caller } from '../caller.ts';

/** What needs a long-term key. */
const longTermOnly = ['GetFederationToken', 'GetSessionToken'];

/** What the sessions of a user and of a federated user can still call of STS. A role's session has no such list. */
const callable = {
  user: ['AssumeRole', 'GetCallerIdentity'],
  'federated-user': ['GetCallerIdentity'],
  root: ['GetCallerIdentity'],
} as const;

/**
 * Refuses what temporary credentials can't call, whatever their policies say. AWS's words for the calls that aren't
 * `longTermOnly` aren't documented: they are those of any refusal here.
 * Source: IAM guide, "Compare AWS STS credentials".
 *
 * @param resource what a message of STS would name
 * @throws AwsError AccessDenied
 */
export function requireCallable(operation: string, caller: Caller, resource: string): void {
  if (caller.session === undefined) return;
  if (longTermOnly.includes(operation)) {
    throw new AwsError('AccessDenied', 403, `Cannot call ${operation} with session credentials`);
  }
  if (caller.type === 'session') return;
  const allowed: readonly string[] = callable[caller.type];
  if (allowed.includes(operation)) return;
  const message = toAccessDeniedMessage(caller.arn, { action: `sts:${operation}`, resource });
  throw new AwsError('AccessDenied', 403, message);
}

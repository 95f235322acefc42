import { type AuthorizationOutcome, authorize } from '../../lambda/core/policy/authorize.ts';
import type { Policy } from '../../lambda/core/policy/policy.ts';
import { policyKinds, toAccessDeniedMessage } from './access-denied.ts';
import { type Caller, toCallerPolicies, toRequestPrincipal } from './caller.ts';
import { type ContextEntries, toPrincipalContext } from './principal-context.ts';

/** Who calls, from where and when. */
export interface DecidedCall {
  readonly caller: Caller;
  readonly region: string;
  readonly sourceIp: string;
  readonly nowMs: number;
}

export interface Access {
  readonly action: string;
  readonly resource: string;
  /** The service's own condition keys. @default none */
  readonly context?: ContextEntries;
  /** @default the caller's account */
  readonly resourceAccountId?: string;
  /** @default the resource has none */
  readonly resourcePolicy?: Policy | undefined;
}

/** What the caller's policies, and the resource's where it has one, say of a call. */
export function decideCall(
  call: DecidedCall,
  { action, resource, context = [], resourceAccountId = call.caller.accountId, resourcePolicy }: Access,
): AuthorizationOutcome {
  const { caller } = call;
  return authorize({
    request: {
      principal: toRequestPrincipal(caller),
      action,
      resource,
      context: new Map([
        ...toPrincipalContext(caller, call),
        ['aws:resourceaccount', resourceAccountId] as const,
        ...context,
      ]),
    },
    ...toCallerPolicies(caller),
    ...(resourcePolicy === undefined ? {} : { resourcePolicy }),
    resourceAccountId,
  });
}

/** A refusal in the words of those services that also say which policy was silent. */
export function toFullDeniedMessage(
  { caller }: DecidedCall,
  denied: { readonly action: string; readonly resource: string; readonly outcome: AuthorizationOutcome },
): string {
  const { action, outcome } = denied;
  const silent =
    outcome.effect === 'ImplicitDeny'
      ? ` because no ${policyKinds[outcome.source ?? 'identity'].replace(/^an? /, '')} allows the ${action} action`
      : '';
  return `${toAccessDeniedMessage(caller.arn, denied)}${silent}`;
}

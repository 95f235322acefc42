import type { Issuer } from './configuration.ts';
import { evaluatePolicy } from './policy/evaluate-policy.ts';
import type { Principal } from './principal.ts';
import { toPrincipalContext } from './request-context.ts';

/** Whether the broker hears this principal of its issuer at all: by the issuer's `admit` statements, where it has some. */
export function isAdmitted(principal: Principal, { name, admit }: Issuer, nowMs: number): boolean {
  if (admit === undefined) return true;
  const { effect } = evaluatePolicy([admit], {
    principal: { type: 'Federated', provider: name },
    context: toPrincipalContext(principal, nowMs),
  });
  return effect === 'Allow';
}

import type { Configuration } from '../configuration.ts';
import { decideTrust } from '../decide-issuance.ts';
import type { Principal, RequestOrigin } from '../principal.ts';
import { toRequestContext } from '../request-context.ts';

/** Who asks, and from where. */
export interface Caller {
  readonly principal: Principal;
  readonly origin: RequestOrigin;
}

type Context = Pick<Configuration, 'issuers' | 'integrations'>;

/**
 * The statement of the configuration's `integrations` section that trusts the caller with them; `undefined` where none
 * does. Without the section nobody is trusted.
 */
export function findManagingStatement(
  { principal, origin }: Caller,
  { integrations }: Context,
  nowMs: number,
): string | undefined {
  if (integrations === undefined) return undefined;
  const context = toRequestContext(principal, origin, nowMs);
  const { effect, statement } = decideTrust(integrations.trust, principal, context);
  return effect === 'Allow' ? statement : undefined;
}

export const isIntegrationManager = (caller: Caller, configuration: Context, nowMs: number): boolean =>
  findManagingStatement(caller, configuration, nowMs) !== undefined;

/**
 * Whether the caller is the third party of this integration. An issuer of another kind that was configured under the
 * name later is not.
 */
export function isIntegrationItself(
  { issuer, subject }: Principal,
  name: string,
  { issuers, integrations }: Context,
): boolean {
  const type = issuers.get(name)?.type ?? 'integration';
  return integrations !== undefined && issuer === name && subject === name && type === 'integration';
}

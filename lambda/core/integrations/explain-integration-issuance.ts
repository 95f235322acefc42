import type { Configuration } from '../configuration.ts';
import { decideTrust } from '../decide-issuance.ts';
import type { BrokerError } from '../errors.ts';
import { type AllowExplanation, type DenyReasons, explainAllow, explainDeny } from '../explain-decision.ts';
import type { NarrowingRequest } from '../plan-session.ts';
import type { Principal, RequestOrigin } from '../principal.ts';
import { toRequestContext } from '../request-context.ts';
import { toSuspendedCallerError } from '../suspended-caller.ts';
import { decideIntegration, findCandidate, toStateError } from './decide-integration.ts';
import { isIntegrationManager } from './integration-authority.ts';
import type { IntegrationStore } from './integration-ports.ts';

/** What would become of a request for a third party's role, and why. */
export type IntegrationExplanation =
  | AllowExplanation
  | {
      readonly effect: 'Deny';
      /** For whom the integration trusts: that it is not verified, or suspended and why. For a suspended caller: that it is. */
      readonly error?: BrokerError;
      /** For managers, and for whom the audit section trusts. */
      readonly reserved?: DenyReasons;
    };

/** @throws what issuing would throw for a request that is not taken, and IntegrationsUnavailableError */
export type ExplainIntegrationIssuance = (
  principal: Principal,
  request: NarrowingRequest & { readonly integration: string },
  origin: RequestOrigin,
) => Promise<IntegrationExplanation>;

/** As `createExplainIssuance`: no row, no STS call, and whom the integration does not trust learns nothing of it. */
export function createExplainIntegrationIssuance(ports: {
  readonly configuration: Configuration;
  readonly store: Pick<IntegrationStore, 'find'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}): ExplainIntegrationIssuance {
  const { configuration, now } = ports;

  return async (principal, { integration, ...narrowing }, origin) => {
    const candidate = await findCandidate(integration, ports);
    const nowMs = now();
    const context = toRequestContext(principal, origin, nowMs);
    const decision = decideIntegration(candidate, { principal, context, request: narrowing });
    if (decision.effect === 'Allow')
      return explainAllow(decision, { principal, origin, narrowing }, { integration });
    const mayKnow =
      isIntegrationManager({ principal, origin }, configuration, nowMs) ||
      decideTrust(configuration.audit.trust, principal, context).effect === 'Allow';
    const error =
      toSuspendedCallerError(principal) ?? ('integration' in decision ? toStateError(decision) : undefined);
    const profile = 'profile' in candidate ? candidate.profile : undefined;
    return {
      effect: 'Deny',
      ...(error === undefined ? {} : { error }),
      ...(mayKnow ? { reserved: explainDeny(decision, profile, { principal, context, narrowing }) } : {}),
    };
  };
}

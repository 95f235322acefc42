import type { Configuration } from './configuration.ts';
import { decideIssuance, decideTrust } from './decide-issuance.ts';
import type { BrokerError } from './errors.ts';
import { type AllowExplanation, type DenyReasons, explainAllow, explainDeny } from './explain-decision.ts';
import type { IssueCredentialsRequest } from './issue-credentials.ts';
import type { Principal, RequestOrigin } from './principal.ts';
import { toRequestContext } from './request-context.ts';
import { toSuspendedCallerError } from './suspended-caller.ts';

/** What would become of a request, and why. */
export type Explanation =
  | AllowExplanation
  | {
      readonly effect: 'Deny';
      /** For a third party that is suspended. */
      readonly error?: BrokerError;
      /** For whom the audit section trusts: to everybody else every denial reads the same. */
      readonly reserved?: DenyReasons;
    };

/** @throws what issuing would throw for a request that the profile doesn't take: it would be the same refusal */
export type ExplainIssuance = (
  principal: Principal,
  request: IssueCredentialsRequest,
  origin: RequestOrigin,
) => Explanation;

/**
 * What issuing would do, without doing any of it: no row, no STS call, and a proof that may have one effect keeps it.
 * A caller learns by it what `GET /v1/profiles` tells already, whether a profile is its own; for that no row is kept
 * either.
 */
export function createExplainIssuance(ports: {
  readonly configuration: Configuration;
  /** Epoch milliseconds. */
  readonly now: () => number;
}): ExplainIssuance {
  const { configuration, now } = ports;

  return (principal, { profile: name, ...narrowing }, origin) => {
    const context = toRequestContext(principal, origin, now());
    const profile = configuration.profiles.get(name);
    const decision = decideIssuance(profile, principal, context, narrowing);
    if (decision.effect === 'Allow')
      return explainAllow(decision, { principal, origin, narrowing }, { profile: name });
    const isTrusted = decideTrust(configuration.audit.trust, principal, context).effect === 'Allow';
    const error = toSuspendedCallerError(principal);
    return {
      effect: 'Deny',
      ...(error === undefined ? {} : { error }),
      ...(isTrusted ? { reserved: explainDeny(decision, profile, { principal, context, narrowing }) } : {}),
    };
  };
}

import { assumeRoles } from '../assume-roles.ts';
import type { AllowDecision, DenyDecision } from '../decide-issuance.ts';
import type { Intent, IssuancePurpose } from '../issuance.ts';
import { createIssue, type Issued, type IssuePorts } from '../issue.ts';
import { planIssuance } from '../plan-issuance.ts';
import { type NarrowingRequest, toContact } from '../plan-session.ts';
import type { GivenSession, SecurityTokenService } from '../ports.ts';
import type { Principal, RequestOrigin } from '../principal.ts';
import { decideIntegration, findCandidate, type StateDenial, toStateError } from './decide-integration.ts';
import type { IntegrationStore } from './integration-ports.ts';

export interface IssueIntegrationCredentialsPorts extends IssuePorts {
  readonly store: Pick<IntegrationStore, 'find'>;
  readonly sts: Pick<SecurityTokenService, 'assumeRole'>;
}

/** The integration's name is all that says whose role it is: role and ExternalId are the integration's own. */
export interface IssueIntegrationCredentialsRequest extends NarrowingRequest {
  readonly integration: string;
  /** What for, where it is not for the credentials themselves. */
  readonly purpose?: IssuancePurpose;
}

export type IssuedIntegrationCredentials = Issued<GivenSession> & {
  readonly intent: Intent & { readonly integration: string };
};

/**
 * @throws as issuing for a profile, and IntegrationsUnavailableError; IntegrationNotVerifiedError and
 * IntegrationSuspendedError to those whom the integration's trust allows
 */
export type IssueIntegrationCredentials = (
  principal: Principal,
  request: IssueIntegrationCredentialsRequest,
  origin: RequestOrigin,
) => Promise<IssuedIntegrationCredentials>;

/** Issues the credentials of a third party's role, by its integration's ExternalId, while that is proven. */
export function createIssueIntegrationCredentials(
  ports: IssueIntegrationCredentialsPorts,
): IssueIntegrationCredentials {
  const { configuration, store, sts } = ports;
  const issue = createIssue(ports);

  return async (principal, request, origin) => {
    const { integration: name, purpose, durationSeconds, reason } = request;
    const candidate = await findCandidate(name, { configuration, store });
    const { intent, answer } = await issue<AllowDecision, GivenSession>({
      principal,
      origin,
      asked: {
        integration: name,
        ...(purpose === undefined ? {} : { purpose }),
        ...(durationSeconds === undefined ? {} : { requestedDurationSeconds: durationSeconds }),
        ...(reason === undefined ? {} : { reason }),
      },
      decide: (context) => decideIntegration(candidate, { principal, context, request }),
      deniedMessage: `no integration ${name} that you may use`,
      toDeniedError: (decision: DenyDecision | StateDenial, issuanceId) =>
        'integration' in decision ? toStateError(decision, { issuanceId }) : undefined,
      plan: (decision, attempt) => {
        const plan = planIssuance(decision, attempt, request);
        if (plan.mechanism !== 'assume-role') throw new TypeError('an integration has a role to assume');
        return {
          intent: plan.intent,
          wanted: `the session of integration ${name}`,
          signedBy: 'broker',
          contact: toContact(decision.profile),
          ask: () => assumeRoles(plan.requests, sts),
        };
      },
    });
    return { intent: { ...intent, integration: name }, answer };
  };
}

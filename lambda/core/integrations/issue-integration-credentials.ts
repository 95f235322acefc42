import { assumeRoles } from '../assume-roles.ts';
import type { AssumeRoleProfile, Configuration } from '../configuration.ts';
import { type AllowDecision, type DenyDecision, decideIssuance } from '../decide-issuance.ts';
import { type BrokerError, IntegrationNotVerifiedError, IntegrationSuspendedError } from '../errors.ts';
import type { Intent, IssuancePurpose } from '../issuance.ts';
import { createIssue, type Issued, type IssuePorts } from '../issue.ts';
import { planIssuance } from '../plan-issuance.ts';
import { type NarrowingRequest, toContact } from '../plan-session.ts';
import type { RequestContext } from '../policy/policy.ts';
import type { GivenSession, SecurityTokenService } from '../ports.ts';
import type { Principal, RequestOrigin } from '../principal.ts';
import { toIntegrationProfile } from './compile-integration.ts';
import type { Integration } from './integration.ts';
import type { IntegrationStore } from './integration-ports.ts';
import { isIntegrationName } from './integration-schema.ts';

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
      decide: (context) => decide(candidate, { principal, context, request }),
      deniedMessage: `no integration ${name} that you may use`,
      toDeniedError,
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

/** What might be issued, or why nothing can be. */
type Candidate =
  | { readonly integration: Integration; readonly profile: AssumeRoleProfile }
  | { readonly detail: string };

async function findCandidate(
  name: string,
  { configuration, store }: Pick<IssueIntegrationCredentialsPorts, 'configuration' | 'store'>,
): Promise<Candidate> {
  const found = isIntegrationName(name) ? await store.find(name) : undefined;
  if (found === undefined) return { detail: 'no such integration' };
  const { integration } = found;
  // Another's ExternalId must not leave, whatever the store answers.
  if (integration.name !== name) throw new TypeError('the store answered with another integration');
  if (integration.state === 'DELETED') return { detail: 'the integration is deleted' };
  const compiled = toIntegrationProfile(integration, configuration);
  if ('profile' in compiled) return { integration, profile: withConsole(compiled.profile) };
  const places = compiled.problems.map(({ path }) => path.join('.')).join(', ');
  return { detail: `the configuration no longer takes the integration: ${places}` };
}

/** Whoever has the credentials can make a link of them: it would keep nothing from anybody. */
const withConsole = (profile: AssumeRoleProfile): AssumeRoleProfile => ({ ...profile, console: true });

/** Why whom the trust allows gets nothing: its own to know. */
interface StateDenial extends DenyDecision {
  readonly integration: Integration;
}

/** First who, then whether: who is not trusted learns nothing of the integration's state. */
function decide(
  candidate: Candidate,
  {
    principal,
    context,
    request,
  }: {
    readonly principal: Principal;
    readonly context: RequestContext;
    readonly request: NarrowingRequest;
  },
): AllowDecision | DenyDecision | StateDenial {
  if ('detail' in candidate) return { effect: 'Deny', detail: candidate.detail };
  const { integration, profile } = candidate;
  const decision = decideIssuance(profile, principal, context, request);
  if (decision.effect === 'Deny' || integration.state === 'VERIFIED') return decision;
  return {
    effect: 'Deny',
    statement: decision.statement,
    detail: `the integration is ${integration.state}, and trusts this principal`,
    integration,
  };
}

function toDeniedError(decision: DenyDecision | StateDenial, issuanceId: string): BrokerError | undefined {
  if (!('integration' in decision)) return undefined;
  const { integration, detail } = decision;
  const { name, owner, suspension } = integration;
  const extensions = { issuanceId, ...toContact(toContactOf(integration)).extensions };
  if (integration.state !== 'SUSPENDED') {
    return new IntegrationNotVerifiedError(
      `integration ${name} gives nothing until its role is verified; ${owner} can verify it`,
      { detail, extensions },
    );
  }
  const { at, reason } = suspension ?? {};
  return new IntegrationSuspendedError(
    `integration ${name} is suspended${reason === undefined ? '' : `: ${reason}`}; ${owner} can resume it`,
    {
      detail,
      extensions: {
        ...extensions,
        ...(reason === undefined ? {} : { suspension: { at, reason } }),
      },
    },
  );
}

const toContactOf = ({
  owner,
  requestAccessUrl,
}: Integration): Pick<Configuration, 'owner' | 'requestAccessUrl'> => ({
  owner,
  ...(requestAccessUrl === undefined ? {} : { requestAccessUrl }),
});

import { createStsCalls, type StsPorts } from './ask-sts.ts';
import {
  type Configuration,
  type Mechanism,
  usesFederator,
  usesSaml,
  usesWebIdentity,
} from './configuration.ts';
import { decideCallersProof } from './decide-callers-proof.ts';
import { decideIssuance } from './decide-issuance.ts';
import type { Intent, IssuancePurpose } from './issuance.ts';
import { createIssue, type Issue, type Issued, type IssuePorts } from './issue.ts';
import { planIssuance } from './plan-issuance.ts';
import { type NarrowingRequest, toContact } from './plan-session.ts';
import type { GivenSession } from './ports.ts';
import type { Principal, RequestOrigin } from './principal.ts';

export type IssueCredentialsPorts = IssuePorts & StsPorts;

export interface IssueCredentialsRequest extends NarrowingRequest, CallersProof {
  readonly profile: string;
  /** What for, where it is not for the credentials themselves. */
  readonly purpose?: IssuancePurpose;
}

/** What a caller shows that STS is to see: whoever holds it can show it again. In no row, log or error. */
export interface CallersProof {
  /** The bearer token of this request. Absent under `/iam/v1`. */
  readonly bearerToken?: string;
  /** A SAML response for AWS, in base64. */
  readonly samlAssertion?: string;
}

export type IssuedCredentials = Issued<GivenSession> & {
  readonly intent: Intent & { readonly profile: string };
};

export type IssueCredentials = (
  principal: Principal,
  request: IssueCredentialsRequest,
  origin: RequestOrigin,
) => Promise<IssuedCredentials>;

/** Issues the credentials of a profile, by the mechanism that the profile has. */
export function createIssueCredentials(ports: IssueCredentialsPorts): IssueCredentials {
  const { configuration } = ports;
  requirePorts(configuration, ports);
  const issue: Issue = createIssue(ports);

  return async (principal, request, origin) => {
    const { profile: name, purpose, durationSeconds, reason } = request;
    const profile = configuration.profiles.get(name);
    const { intent, answer } = await issue({
      principal,
      origin,
      asked: {
        profile: name,
        ...(purpose === undefined ? {} : { purpose }),
        ...(durationSeconds === undefined ? {} : { requestedDurationSeconds: durationSeconds }),
        ...(reason === undefined ? {} : { reason }),
      },
      decide: (context) => {
        const decision = decideIssuance(profile, principal, context, request);
        if (decision.effect === 'Deny') return decision;
        return decideCallersProof(decision, request, { ...ports, principal, nowMs: ports.now() });
      },
      deniedMessage: toDeniedMessage(name),
      plan: (decision, attempt) => {
        const plan = planIssuance(decision, attempt, request);
        return {
          intent: plan.intent,
          wanted: `the session of profile ${name}`,
          contact: toContact(decision.profile),
          signedBy: isProvenByToken(plan.mechanism) ? 'caller' : 'broker',
          ...createStsCalls(plan, request, ports),
        };
      },
    });
    return { intent: { ...intent, profile: name }, answer };
  };
}

/** By a token or an assertion: such a call is not signed. */
const isProvenByToken = (mechanism: Mechanism) => mechanism === 'web-identity' || mechanism === 'saml';

/** The same words for an unknown, a forbidden and a mismatched profile. */
export const toDeniedMessage = (profile: string) =>
  `no profile ${profile} that you may use; GET /v1/profiles lists those that you may`;

function requirePorts(configuration: Configuration, ports: StsPorts): void {
  if (usesWebIdentity(configuration) && ports.webIdentity === undefined) {
    throw new TypeError('a profile has the mechanism web-identity, and there is nobody to sign its tokens');
  }
  if (usesFederator(configuration) && ports.federator === undefined) {
    throw new TypeError(
      'a profile has the mechanism federation-token, and there is no federator to ask for it',
    );
  }
  if (usesSaml(configuration) && ports.saml === undefined) {
    throw new TypeError('a profile has the mechanism saml, and there is nobody to read its assertions');
  }
}

import { askWithRoleSession } from './ask-with-role-session.ts';
import { assumeRoleWithWebIdentity, type WebIdentityIssuer } from './assume-role-with-web-identity.ts';
import { assumeRoles } from './assume-roles.ts';
import type { SamlVerifier } from './authentication-ports.ts';
import { createFederationTokenCalls, type Federator } from './get-federation-token.ts';
import type { Asked, Planned } from './issue.ts';
import type { CallersProof } from './issue-credentials.ts';
import type { IssuancePlan } from './plan-issuance.ts';
import type { GivenSession, RootTokenService, SamlTokenService, SecurityTokenService } from './ports.ts';

/** What each mechanism asks STS with. */
export interface StsPorts {
  readonly sts: SecurityTokenService;
  readonly root: RootTokenService;
  /** Needed where a profile has the mechanism `web-identity`. */
  readonly webIdentity?: WebIdentityIssuer;
  /** Needed where a profile has the mechanism `federation-token`. */
  readonly federator?: Federator;
  /** Needed where a profile has the mechanism `saml`. */
  readonly saml?: { readonly service: SamlTokenService; readonly verifier: SamlVerifier };
}

/**
 * How STS is asked for what is planned: once for each hop, and never rejecting.
 *
 * @param proof in which `decideCallersProof` found nothing wrong: it goes to STS and is in no answer
 */
export function createStsCalls(
  plan: IssuancePlan,
  proof: CallersProof,
  ports: StsPorts,
): Pick<Planned<GivenSession>, 'ask' | 'mayAskAgain'> {
  if (plan.mechanism !== 'federation-token') return { ask: () => askSts(plan, proof, ports) };
  if (ports.federator === undefined) throw new TypeError('there is no federator to ask for a session');
  return createFederationTokenCalls(plan, ports.federator);
}

async function askSts(
  plan: Exclude<IssuancePlan, { readonly mechanism: 'federation-token' }>,
  proof: CallersProof,
  ports: StsPorts,
): Promise<Asked<GivenSession>> {
  switch (plan.mechanism) {
    case 'assume-role':
      return assumeRoles(plan.requests, ports.sts);
    case 'assume-root':
      return askForRoot(plan, ports);
    case 'web-identity':
      return { answer: await askWithWebIdentity(plan, proof, ports), hops: [] };
    case 'saml':
      return { answer: await askWithSaml(plan, proof, ports), hops: [] };
  }
}

const askForRoot = (
  { requests, root }: Extract<IssuancePlan, { readonly mechanism: 'assume-root' }>,
  { sts, root: service }: StsPorts,
) =>
  askWithRoleSession(
    {
      requests,
      name: `AssumeRoot of ${root.targetPrincipal}`,
      call: (credentials) => service.assumeRoot(root, credentials),
    },
    sts,
  );

function askWithWebIdentity(
  plan: Extract<IssuancePlan, { readonly mechanism: 'web-identity' }>,
  { bearerToken }: CallersProof,
  { sts, webIdentity: issuer }: StsPorts,
) {
  if (plan.passthrough) {
    if (bearerToken === undefined) throw new TypeError("there is no token of the caller's");
    return sts.assumeRoleWithWebIdentity({ ...plan.session, webIdentityToken: bearerToken });
  }
  if (issuer === undefined) throw new TypeError('there is nobody to sign a token');
  return assumeRoleWithWebIdentity(plan, { sts, issuer });
}

function askWithSaml(
  { session }: Extract<IssuancePlan, { readonly mechanism: 'saml' }>,
  { samlAssertion }: CallersProof,
  { saml }: StsPorts,
) {
  if (saml === undefined || samlAssertion === undefined) throw new TypeError('there is no assertion to show');
  return saml.service.assumeRoleWithSaml({ ...session, samlAssertion });
}

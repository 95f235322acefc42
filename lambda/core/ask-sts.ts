import { askWithRoleSession } from './ask-with-role-session.ts';
import { assumeRoleWithWebIdentity, type WebIdentityIssuer } from './assume-role-with-web-identity.ts';
import { assumeRoles } from './assume-roles.ts';
import type { SamlVerifier } from './authentication-ports.ts';
import { createFederationTokenCalls, type Federator } from './get-federation-token.ts';
import type { Planned } from './issue.ts';
import type { CallersProof } from './issue-credentials.ts';
import type { IssuancePlan } from './plan-issuance.ts';
import type {
  GivenSession,
  RootTokenService,
  SamlTokenService,
  SecurityTokenService,
  StsAnswer,
} from './ports.ts';

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

type Calls = Pick<Planned<GivenSession>, 'ask' | 'mayAskAgain'>;

/**
 * How STS is asked for what is planned: once for each hop, and never rejecting.
 *
 * @param proof in which `decideCallersProof` found nothing wrong: it goes to STS and is in no answer
 * @throws TypeError before anything is written down, where a port or a proof is missing that the plan needs
 */
export function createStsCalls(plan: IssuancePlan, proof: CallersProof, ports: StsPorts): Calls {
  switch (plan.mechanism) {
    case 'assume-role':
      return { ask: () => assumeRoles(plan.requests, ports.sts) };
    case 'assume-root':
      return { ask: () => askForRoot(plan, ports) };
    case 'federation-token':
      return createFederationTokenCalls(plan, required(ports.federator, 'federator to ask for a session'));
    case 'web-identity':
      return plan.passthrough ? passOn(plan, proof, ports) : signAndAsk(plan, ports);
    case 'saml':
      return showAssertion(plan, proof, ports);
  }
}

function required<Value>(value: Value | undefined, what: string): Value {
  if (value === undefined) throw new TypeError(`there is no ${what}`);
  return value;
}

/** A call without sessions on the way. */
const alone = (call: () => Promise<StsAnswer>): Calls => ({
  ask: async () => ({ answer: await call(), hops: [] }),
});

type PlanOf<Mechanism> = Extract<IssuancePlan, { readonly mechanism: Mechanism }>;

const askForRoot = ({ requests, root }: PlanOf<'assume-root'>, { sts, root: service }: StsPorts) =>
  askWithRoleSession(
    {
      requests,
      name: `AssumeRoot of ${root.targetPrincipal}`,
      call: (credentials) => service.assumeRoot(root, credentials),
    },
    sts,
  );

function passOn({ session }: PlanOf<'web-identity'>, proof: CallersProof, { sts }: StsPorts): Calls {
  const webIdentityToken = required(proof.bearerToken, "token of the caller's");
  return alone(() => sts.assumeRoleWithWebIdentity({ ...session, webIdentityToken }));
}

function signAndAsk(plan: PlanOf<'web-identity'>, { sts, webIdentity }: StsPorts): Calls {
  const issuer = required(webIdentity, 'issuer to sign a token');
  return alone(() => assumeRoleWithWebIdentity(plan, { sts, issuer }));
}

function showAssertion({ session }: PlanOf<'saml'>, proof: CallersProof, { saml }: StsPorts): Calls {
  const { service } = required(saml, 'service to show an assertion to');
  const samlAssertion = required(proof.samlAssertion, 'assertion to show');
  return alone(() => service.assumeRoleWithSaml({ ...session, samlAssertion }));
}

import { assumeRoleWithWebIdentity, type WebIdentityIssuer } from './assume-role-with-web-identity.ts';
import { assumeRoles } from './assume-roles.ts';
import type { Asked } from './issue.ts';
import type { IssuancePlan } from './plan-issuance.ts';
import type { GivenSession, SecurityTokenService } from './ports.ts';

/** What each mechanism asks STS with. */
export interface StsPorts {
  readonly sts: SecurityTokenService;
  /** Needed where a profile has the mechanism `web-identity`. */
  readonly webIdentity?: WebIdentityIssuer;
}

/** Asks STS for what is planned: once for each hop. Never rejects. */
export async function askSts(plan: IssuancePlan, ports: StsPorts): Promise<Asked<GivenSession>> {
  switch (plan.mechanism) {
    case 'assume-role':
      return assumeRoles(plan.requests, ports.sts);
    case 'web-identity':
      return { answer: await askWithWebIdentity(plan, ports), hops: [] };
  }
}

function askWithWebIdentity(
  plan: Extract<IssuancePlan, { readonly mechanism: 'web-identity' }>,
  { sts, webIdentity: issuer }: StsPorts,
) {
  if (issuer === undefined) throw new TypeError('there is nobody to sign a token');
  return assumeRoleWithWebIdentity(plan, { sts, issuer });
}

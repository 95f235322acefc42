import type { Asked, IssuePorts } from '../issue.ts';
import type { SecurityTokenService } from '../ports.ts';
import type { Principal, RequestOrigin } from '../principal.ts';
import type { NewExternalId } from './integration-ports.ts';
import type { SeenSession } from './seen-session.ts';

export interface VerifyPorts extends IssuePorts {
  /** Of the very role that issues: each call within 5 seconds. */
  readonly sts: Pick<SecurityTokenService, 'assumeRole'>;
  readonly prober: Prober;
  readonly newExternalId: NewExternalId;
}

/**
 * How the prober asks for a role. `no-id`: as itself, whom the trust policy names beside the issuing role, without an
 * ExternalId. `stranger`: with the right one (`next` during a rotation), by a role of the broker's account that no trust
 * policy names; without it a principal that is a wildcard, or the broker's whole account, would not be found.
 */
export const proberProbes = ['no-id', 'stranger'] as const;

/** All that the prober is told: it looks up the rest, so that nobody who calls it can steer it. */
export interface ProbeTask {
  readonly integration: string;
  readonly probe: (typeof proberProbes)[number];
}

/**
 * A function that asks for an integration's role and does nothing else. It sends a deny-all session policy for 900
 * seconds and neither source identity nor tags, and drops the credentials. Never rejects, and takes 5 seconds at most.
 */
export type Prober = (task: ProbeTask) => Promise<Asked<SeenSession>>;

/** In whose name a verification asks; that they may is decided before. */
export interface VerifyAuthority {
  /** A person, or the schedule. Its source identity is what the role sees. */
  readonly principal: Principal;
  readonly origin: RequestOrigin;
  /** The configuration's statement that allows it, for the rows. */
  readonly statement: string;
}

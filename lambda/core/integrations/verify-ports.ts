import type { Asked, IssuePorts } from '../issue.ts';
import type { SecurityTokenService } from '../ports.ts';
import type { Principal, RequestOrigin } from '../principal.ts';
import type { NewExternalId } from './integration-ports.ts';
import type { ShapeName } from './probe-shapes.ts';
import type { SeenSession } from './seen-session.ts';

export interface VerifyPorts extends Omit<IssuePorts, 'admission'> {
  /** Of the very role that issues: each call within 5 seconds. */
  readonly sts: Pick<SecurityTokenService, 'assumeRole'>;
  readonly prober: Prober;
  readonly newExternalId: NewExternalId;
}

/**
 * How the prober asks for a role. `prober-right-id`: as itself, whom the trust policy names beside the issuing role, and
 * must be given it. `no-id`: as itself, without an ExternalId. `stranger`: with the right one, by a role of the broker's
 * account that no trust policy names; without it a principal that is a wildcard, or the broker's whole account, would
 * not be found.
 */
export const proberProbes = ['prober-right-id', 'no-id', 'stranger'] as const;

/** The ids that a trust policy may have. */
export const activeIds = ['current', 'next'] as const;

export type ActiveId = (typeof activeIds)[number];

/** All that the prober is told: it looks up the rest, so that nobody who calls it can steer it. */
export interface ProbeTask {
  readonly integration: string;
  /** The one that the row is about: of another, nothing is asked. */
  readonly version: number;
  readonly probe: (typeof proberProbes)[number];
  readonly shape: ShapeName;
  /** Which of the integration's ids is sent; `no-id` sends none. */
  readonly which: ActiveId;
  /** Of the probe's row. Part of the session's name, and nothing else. */
  readonly issuanceId: string;
}

/**
 * A function that asks for an integration's role and does nothing else. It sends a deny-all session policy for 900
 * seconds, and drops the credentials. Never rejects, and takes 5 seconds at most.
 */
export type Prober = (task: ProbeTask) => Promise<Asked<SeenSession>>;

/** In whose name a verification asks; that they may is decided before. */
export interface VerifyAuthority {
  /** A person, or the schedule. The role does not see which: see `probeSourceIdentity`. */
  readonly principal: Principal;
  readonly origin: RequestOrigin;
  /** The configuration's statement that allows it, for the rows. */
  readonly statement: string;
}

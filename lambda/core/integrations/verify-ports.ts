import type { IssuePorts } from '../issue.ts';
import type { SecurityTokenService, StsAnswer } from '../ports.ts';
import type { Principal, RequestOrigin } from '../principal.ts';
import type { NewExternalId } from './integration-ports.ts';

export interface VerifyPorts extends IssuePorts {
  /** Of the very role that issues: each call within 5 seconds. */
  readonly sts: Pick<SecurityTokenService, 'assumeRole'>;
  readonly prober: Prober;
  readonly newExternalId: NewExternalId;
}

/**
 * A function that asks for an integration's role and does nothing else. It is given the integration's name alone and
 * looks up the rest, so that nobody who calls it can steer it. It sends a deny-all session policy for 900 seconds and
 * neither source identity nor tags, and drops the credentials. Never rejects; each call within 5 seconds.
 */
export interface Prober {
  /** By the role that the trust policy names beside the issuing one, without an ExternalId. */
  probeWithoutExternalId(probe: { readonly integration: string }): Promise<ProberAnswer>;
  /**
   * With the right ExternalId (`next` during a rotation), by a role of the broker's account that no trust policy
   * names. Without it a principal that is a wildcard, or the broker's whole account, is not found.
   */
  probeAsStranger?(probe: { readonly integration: string }): Promise<ProberAnswer>;
}

/** No secret is in it. */
export type ProberAnswer = StsAnswer<{ readonly accessKeyId: string; readonly expiration: Date }>;

/** In whose name a verification asks; that they may is decided before. */
export interface VerifyAuthority {
  /** A person, or the schedule. Its source identity is what the role sees. */
  readonly principal: Principal;
  readonly origin: RequestOrigin;
  /** The configuration's statement that allows it, for the rows. */
  readonly statement: string;
}

import type { Configuration, Profile } from './configuration.ts';
import { decideIssuance } from './decide-issuance.ts';
import type { Principal, RequestOrigin } from './principal.ts';
import { toRequestContext } from './request-context.ts';

export type ListProfiles = (principal: Principal, origin: RequestOrigin) => readonly Profile[];

/** The profiles that the principal would get with their default duration and without a reason. */
export function createListProfiles(ports: {
  readonly configuration: Configuration;
  /** Epoch milliseconds. */
  readonly now: () => number;
}): ListProfiles {
  return (principal, origin) => {
    const context = toRequestContext(principal, origin, ports.now());
    return [...ports.configuration.profiles.values()].filter(
      (profile) => decideIssuance(profile, principal, context).effect === 'Allow',
    );
  };
}

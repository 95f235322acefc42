import type { Principal, RequestOrigin } from '../../../../lambda/core/principal.ts';
import { toPrincipal } from '../../../../lambda/core/to-principal.ts';
import { readConfigurationFile } from '../../../../lib/config.ts';
import { readWorld } from '../../../../local/world.ts';
import { nowMs, nowSeconds } from '../../../support/tokens.ts';

/** The example deployment, in which the rows are decided. */
export const { configuration } = readConfigurationFile('config/daypass.yaml');

/** One caller who asks for one profile of the example. */
export interface IssuanceRow {
  readonly name: string;
  readonly expected: 'Allow' | 'Deny';
  readonly profile: string;
  readonly principal: Principal;
  readonly origin?: Partial<RequestOrigin>;
}

const world = readWorld('local/world.yaml');

/** The principal that a demo caller's token proves, with other claims in the principal; one of `undefined` is absent. */
export function aDemoCaller(
  name: 'sre' | 'developer' | 'ci' | 'acme',
  claims: Readonly<Record<string, string | readonly string[] | undefined>> = {},
  changes: Partial<Principal> = {},
): Principal {
  const caller = world.callers[name];
  const issuer = configuration.issuers.get(caller?.issuer ?? '');
  if (caller === undefined || issuer?.type !== 'oidc') throw new TypeError(`the world has no caller ${name}`);
  const principal = toPrincipal({ sub: caller.subject, ...caller.claims }, issuer, {
    issuedAt: nowSeconds - 10,
    expiresAt: nowSeconds + 600,
    nowMs,
  });
  const merged = Object.entries({ ...principal.claims, ...claims }).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  return { ...principal, claims: Object.fromEntries(merged), ...changes };
}

import type { AuthorizationOutcome } from '../../../../../lambda/core/policy/authorize.ts';
import type { RequestPrincipal } from '../../../../../lambda/core/policy/policy.ts';
import { trust } from './principal-rows.ts';

/** One row: with these policies on each side, sts:AssumeRole is decided so, by that side. */
export interface AuthorizationRow {
  readonly name: string;
  readonly principal: RequestPrincipal;
  readonly identity?: readonly unknown[];
  readonly session?: readonly unknown[];
  readonly trust?: unknown;
  readonly account: string;
  readonly expected: AuthorizationOutcome['effect'];
  readonly source: AuthorizationOutcome['source'];
}

export const own = '111111111111';
export const other = '222222222222';
export const lambda: RequestPrincipal = { type: 'Service', service: 'lambda.amazonaws.com' };
export const provider: RequestPrincipal = { type: 'Federated', provider: 'accounts.google.com' };

export function policy(effect: 'Allow' | 'Deny', action = 'sts:AssumeRole'): unknown {
  return { Version: '2012-10-17', Statement: [{ Effect: effect, Action: action, Resource: '*' }] };
}
export const allows = policy('Allow');
export const allowsElse = policy('Allow', 's3:GetObject');
export const denies = policy('Deny');

export const byUser = trust({ AWS: 'arn:aws:iam::111111111111:user/ops/jo' });
export const byRole = trust({ AWS: 'arn:aws:iam::111111111111:role/daypass/issuer' });
export const bySession = trust({ AWS: 'arn:aws:sts::111111111111:assumed-role/issuer/jo' });
export const byAccount = trust({ AWS: own });
export const byEverybody = trust('*');
export const byOther = trust({ AWS: '333333333333' });
export const byRoleAndAccount = trust({ AWS: [own, 'arn:aws:iam::111111111111:role/daypass/issuer'] });

import type { PrincipalPattern, RequestPrincipal } from './policy.ts';

/**
 * How a statement's Principal names the caller. Source: IAM guide, "Principal" and "Policy evaluation logic".
 *
 * - `self`: by its own ARN, service or provider name, or by `*`. Within an account nothing else limits this Allow.
 * - `role`: by the ARN of the role whose session it is, and so with all the role's sessions. Session policies limit it.
 * - `account`: by its account. That only delegates: the account's own policies decide.
 */
export type PrincipalMatch = 'self' | 'role' | 'account';

/** From the strongest to the weakest grant. */
const principalMatches: readonly PrincipalMatch[] = ['self', 'role', 'account'];

/** The strongest way in which one of the patterns names the principal; `undefined` when none does. */
export function matchPrincipal(
  patterns: readonly PrincipalPattern[],
  principal: RequestPrincipal,
): PrincipalMatch | undefined {
  const found = patterns.map((pattern) => matchPattern(pattern, principal));
  return strongestMatch(found);
}

/** The strongest of several matches; `undefined` when there is none. */
export function strongestMatch(matches: readonly (PrincipalMatch | undefined)[]): PrincipalMatch | undefined {
  return principalMatches.find((match) => matches.includes(match));
}

/** ARNs are compared whole and with regard to case: AWS has no wildcards in them. */
function matchPattern(pattern: PrincipalPattern, principal: RequestPrincipal): PrincipalMatch | undefined {
  switch (pattern.type) {
    case 'Any':
      return 'self';
    case 'AWS':
      if (principal.type !== 'AWS') return undefined;
      if (principal.arn === pattern.arn) return 'self';
      return principal.roleArn === pattern.arn ? 'role' : undefined;
    case 'Account':
      return principal.type === 'AWS' && principal.accountId === pattern.accountId ? 'account' : undefined;
    case 'Service':
      return principal.type === 'Service' && principal.service === pattern.service ? 'self' : undefined;
    case 'Federated':
      return principal.type === 'Federated' && principal.provider === pattern.provider ? 'self' : undefined;
  }
}

import { evaluatePolicy, statementApplies } from './evaluate-policy.ts';
import { matchPrincipal, type PrincipalMatch, strongestMatch } from './match-principal.ts';
import type { AuthorizationRequest, Evaluation, Policy, RequestPrincipal, Statement } from './policy.ts';

/** All that decides on one request to an AWS service. Source: IAM guide, "Policy evaluation logic". */
export interface Authorization {
  readonly request: AuthorizationRequest & { readonly principal: RequestPrincipal };
  /** The caller's own; empty when it has none. */
  readonly identityPolicies: readonly Policy[];
  /** Those that the caller's session was given; an empty list allows nothing, `undefined` means that it was given none. */
  readonly sessionPolicies?: readonly Policy[];
  /** The role's trust policy; `undefined` for services without one. */
  readonly resourcePolicy?: Policy;
  readonly resourceAccountId: string;
}

/** `source` is the side that decided: whose Allow or Deny it was, or which side's Allow was missing. */
export type AuthorizationOutcome = Evaluation & { readonly source?: DecidingSide };

type DecidingSide = 'identity' | 'session' | 'resource';

/**
 * Decides as AWS does:
 *
 * 1. An explicit Deny on any side denies.
 * 2. Services and federated callers have no policies of their own: the resource policy alone decides.
 * 3. Without a resource policy the caller's policies decide, within its own account only.
 * 4. Across accounts both sides must allow.
 * 5. Within the account it depends on how the resource policy names the caller (see `PrincipalMatch`): by itself
 *    or by its role suffices, the latter within its session policies; by its account needs the caller's Allow too.
 *
 * The caller's Allow is that of its identity policies, and of its session policies where it was given some.
 */
export function authorize(authorization: Authorization): AuthorizationOutcome {
  return denyExplicitly(authorization) ?? allow(authorization);
}

function allow(authorization: Authorization): AuthorizationOutcome {
  const { request, resourcePolicy, resourceAccountId } = authorization;
  const { principal } = request;
  const grant = resourcePolicy === undefined ? undefined : findGrant(resourcePolicy, authorization);
  if (principal.type !== 'AWS') return grant?.allowed ?? missing('resource');
  const isSameAccount = principal.accountId === resourceAccountId;
  if (resourcePolicy === undefined && isSameAccount) return allowByCaller(authorization);
  if (grant === undefined) return missing('resource');
  const refused = isSameAccount ? refuseWithin(grant.match, authorization) : refuseByCaller(authorization);
  return refused ?? grant.allowed;
}

function denyExplicitly({
  request,
  identityPolicies,
  sessionPolicies = [],
  resourcePolicy,
}: Authorization): AuthorizationOutcome | undefined {
  const sides: readonly (readonly [DecidingSide, readonly Policy[]])[] = [
    ['identity', identityPolicies],
    ['session', sessionPolicies],
    ['resource', resourcePolicy === undefined ? [] : [resourcePolicy]],
  ];
  return sides
    .map(([source, policies]) => ({ ...evaluatePolicy(policies, request), source }))
    .find(({ effect }) => effect === 'ExplicitDeny');
}

/** What the account's own policies withhold from a grant of that strength. */
function refuseWithin(match: PrincipalMatch, authorization: Authorization): AuthorizationOutcome | undefined {
  switch (match) {
    case 'self':
      return undefined;
    case 'role':
      return refuseBySession(authorization);
    case 'account':
      return refuseByCaller(authorization);
  }
}

function allowByCaller(authorization: Authorization): AuthorizationOutcome {
  const { identityPolicies, request } = authorization;
  return (
    refuseByCaller(authorization) ?? { ...evaluatePolicy(identityPolicies, request), source: 'identity' }
  );
}

function refuseByCaller(authorization: Authorization): AuthorizationOutcome | undefined {
  const { identityPolicies, request } = authorization;
  if (evaluatePolicy(identityPolicies, request).effect !== 'Allow') return missing('identity');
  return refuseBySession(authorization);
}

function refuseBySession({ sessionPolicies, request }: Authorization): AuthorizationOutcome | undefined {
  if (sessionPolicies === undefined) return undefined;
  return evaluatePolicy(sessionPolicies, request).effect === 'Allow' ? undefined : missing('session');
}

interface Grant {
  readonly match: PrincipalMatch;
  readonly allowed: AuthorizationOutcome;
}

/** The strongest grant of the resource policy: one statement may name the role where another names its account. */
function findGrant(policy: Policy, { request }: Authorization): Grant | undefined {
  const allowing = policy.statements.filter(
    (statement) => statement.effect === 'Allow' && statementApplies(statement, request),
  );
  const toMatch = ({ principals = [] }: Statement) => matchPrincipal(principals, request.principal);
  const match = strongestMatch(allowing.map(toMatch));
  const statement = allowing.find((candidate) => toMatch(candidate) === match);
  if (match === undefined || statement === undefined) return undefined;
  return { match, allowed: { effect: 'Allow', statement, source: 'resource' } };
}

function missing(source: DecidingSide): AuthorizationOutcome {
  return { effect: 'ImplicitDeny', source };
}

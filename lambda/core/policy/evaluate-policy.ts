import { conditionHolds } from './condition.ts';
import { matchPrincipal } from './match-principal.ts';
import { matchesPattern, matchesWildcard } from './match-wildcard.ts';
import type { AuthorizationRequest, Evaluation, PatternList, Policy, Statement } from './policy.ts';
import { readPolicyText, resolvePattern } from './policy-text.ts';

/**
 * Decides by one set of statements: an explicit Deny first, then an Allow, else an implicit Deny. Of several
 * statements that decide alike, the first in the documents' order is named.
 *
 * @throws TypeError when statements ask for an element (principal, action, resource) that the request leaves out
 */
export function evaluatePolicy(policies: readonly Policy[], request: AuthorizationRequest): Evaluation {
  const statements = policies.flatMap((policy) => policy.statements);
  const applying = statements.filter((statement) => statementApplies(statement, request));
  const denying = applying.find(({ effect }) => effect === 'Deny');
  if (denying !== undefined) return { effect: 'ExplicitDeny', statement: denying };
  const allowing = applying.find(({ effect }) => effect === 'Allow');
  if (allowing !== undefined) return { effect: 'Allow', statement: allowing };
  return { effect: 'ImplicitDeny' };
}

/** Whether a statement speaks of this request, whatever its effect: all of its elements match. */
export function statementApplies(statement: Statement, request: AuthorizationRequest): boolean {
  return (
    matchesPrincipals(statement, request) &&
    matchesActions(statement, request) &&
    matchesResources(statement, request) &&
    statement.conditions.every((condition) => conditionHolds(condition, request.context))
  );
}

function matchesPrincipals({ principals }: Statement, { principal }: AuthorizationRequest): boolean {
  if (principals === undefined) return true;
  return matchPrincipal(principals, requireElement('principal', principal)) !== undefined;
}

function matchesActions({ actions }: Statement, request: AuthorizationRequest): boolean {
  if (actions === undefined) return true;
  const action = requireElement('action', request.action);
  return matchesList(actions, (pattern) => matchesWildcard(pattern, action, { ignoreCase: true }));
}

/**
 * A `*` in a resource goes beyond colons, as in AWS where it ends a field. A pattern whose variable has no value
 * matches no resource: in NotResource that takes no resource out.
 */
function matchesResources({ resources }: Statement, request: AuthorizationRequest): boolean {
  if (resources === undefined) return true;
  const resource = requireElement('resource', request.resource);
  return matchesList(resources, (source) => {
    const pattern = resolvePattern(readPolicyText(source, resources.variables), request.context);
    return pattern !== undefined && matchesPattern(pattern, resource);
  });
}

function matchesList({ patterns, negated }: PatternList, matches: (pattern: string) => boolean): boolean {
  return patterns.some(matches) !== negated;
}

/** A statement that cannot be compared must not become one that does not apply: it may be a Deny. */
function requireElement<T>(name: string, value: T | undefined): T {
  if (value === undefined)
    throw new TypeError(`the policy has statements on the ${name}, and the request has none`);
  return value;
}

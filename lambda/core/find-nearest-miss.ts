import { toStatementName } from './decide-issuance.ts';
import { conditionHolds } from './policy/condition.ts';
import { matchPrincipal } from './policy/match-principal.ts';
import type { Condition, Policy, RequestContext } from './policy/policy.ts';
import type { Principal } from './principal.ts';

/** The Allow that came nearest to holding, and what in it didn't hold. */
export interface NearestMiss {
  /** Its Sid, or its position. */
  readonly statement: string;
  /** `Principal`, and conditions as `<operator> <key>`, without a value of the profile's or of the caller's. */
  readonly failed: readonly string[];
}

/**
 * Of the Allow statements, the one that speaks of the caller's issuer and has the fewest failed conditions; the first
 * of several. `undefined` where none could be met at all, because there is no Allow.
 */
export function findNearestMiss(
  trust: Policy,
  principal: Principal,
  context: RequestContext,
): NearestMiss | undefined {
  const misses = trust.statements
    .filter(({ effect }) => effect === 'Allow')
    .map((statement) => {
      const isForOthers =
        matchPrincipal(statement.principals ?? [], { type: 'Federated', provider: principal.issuer }) ===
        undefined;
      const conditions = statement.conditions.filter((condition) => !conditionHolds(condition, context));
      return { statement, isForOthers, conditions };
    })
    .sort(
      (a, b) => Number(a.isForOthers) - Number(b.isForOthers) || a.conditions.length - b.conditions.length,
    );
  const [nearest] = misses;
  return (
    nearest && {
      statement: toStatementName(nearest.statement),
      failed: [...(nearest.isForOthers ? ['Principal'] : []), ...nearest.conditions.map(toText)],
    }
  );
}

const toText = ({ qualifier, operator, ifExists, key }: Condition) =>
  `${qualifier === undefined ? '' : `${qualifier}:`}${operator}${ifExists ? 'IfExists' : ''} ${key}`;

import { type ConditionOperator, conditionOperators } from './policy.ts';

/** `ForAllValues:StringLikeIfExists`, taken apart. */
export interface OperatorName {
  readonly operator: ConditionOperator;
  readonly qualifier?: SetQualifier;
  readonly ifExists: boolean;
}

type SetQualifier = 'ForAllValues' | 'ForAnyValue';

const setQualifiers: readonly SetQualifier[] = ['ForAllValues', 'ForAnyValue'];
const ifExistsSuffix = 'ifexists';

/** What `parseOperatorName` takes, for messages. */
export const operatorNameForm = `${conditionOperators.join(', ')}; ForAllValues: or ForAnyValue: before it or IfExists after it, but for Null, and not ForAnyValue with IfExists`;

/**
 * Reads an operator's name, without regard to case; `undefined` when it is none.
 *
 * ForAnyValue with IfExists is refused: by its documentation AWS takes a missing key for true (IfExists) and for
 * false (ForAnyValue), and who reads the policy could not tell which.
 */
export function parseOperatorName(name: string): OperatorName | undefined {
  const colon = name.indexOf(':');
  const qualifier = setQualifiers.find((known) => isSameName(known, name.slice(0, Math.max(colon, 0))));
  if (colon !== -1 && qualifier === undefined) return undefined;
  const rest = name.slice(colon + 1);
  const ifExists = rest.toLowerCase().endsWith(ifExistsSuffix);
  const base = ifExists ? rest.slice(0, -ifExistsSuffix.length) : rest;
  const operator = conditionOperators.find((known) => isSameName(known, base));
  if (operator === undefined) return undefined;
  if (operator === 'Null' && (ifExists || qualifier !== undefined)) return undefined;
  if (qualifier === undefined) return { operator, ifExists };
  return qualifier === 'ForAnyValue' && ifExists ? undefined : { operator, qualifier, ifExists };
}

function isSameName(known: string, written: string): boolean {
  return known.toLowerCase() === written.toLowerCase();
}

import { normalizeConditionKey } from '../../lambda/core/policy/condition-key.ts';
import { operatorRules } from '../../lambda/core/policy/operators.ts';
import type { Condition, ConditionOperator } from '../../lambda/core/policy/policy.ts';
import { isRangeCovered } from './range-covered.ts';
import { areOperandsApart, isOperandWithin, matchesEmpty, type Operand } from './value-within.ts';

/** Whether a request that meets `narrow` always meets `wide`; `false` where that can't be shown. */
export function conditionImplies(narrow: Condition, wide: Condition): boolean {
  if (normalizeConditionKey(narrow.key) !== normalizeConditionKey(wide.key)) return false;
  if (wide.operator === 'Null' && wide.values.includes('false') && asksForValue(narrow)) return true;
  if (narrow.operator === 'Null' || wide.operator === 'Null')
    return narrow.operator === wide.operator && narrow.values.every((value) => wide.values.includes(value));
  if (narrow.qualifier !== wide.qualifier) return false;
  if (isNegated(narrow) !== isNegated(wide)) return isNegated(wide) && isEachApart(narrow, wide);
  if (takesAbsence(narrow) && !takesAbsence(wide)) return false;
  if (narrow.variables !== wide.variables && [...narrow.values, ...wide.values].some(hasVariable))
    return false;
  // A negated operator holds where none matches: the more it names, the less it takes.
  return isNegated(narrow) ? isEachWithin(wide, narrow) : isEachWithin(narrow, wide);
}

const hasVariable = (value: string) => value.includes('${');

function isEachWithin(narrow: Condition, wide: Condition): boolean {
  if (toPositive(narrow.operator) === 'IpAddress')
    return narrow.values.every((value) => isRangeCovered(value, wide.values));
  return toOperands(narrow).every((one) => toOperands(wide).some((other) => isOperandWithin(one, other)));
}

/** A negated operator holds for what is none of its values, and where there is none at all. */
const isEachApart = (narrow: Condition, wide: Condition): boolean =>
  toOperands(narrow).every((one) => toOperands(wide).every((other) => areOperandsApart(one, other)));

const toOperands = ({ operator, values, variables }: Condition): readonly Operand[] =>
  values.map((value) => ({ operator: toPositive(operator), value, variables }));

/** Whether it holds for no absent key and no empty value, which is what Null takes for none. */
function asksForValue(condition: Condition): boolean {
  const { operator, qualifier, values } = condition;
  if (operator === 'Null') return false;
  if (qualifier !== undefined) return qualifier === 'ForAnyValue';
  return !takesAbsence(condition) && !values.some((value) => matchesEmpty(operator, value));
}

export const isNegated = ({ operator }: Condition): boolean =>
  operator !== 'Null' && operatorRules[operator].negated;

/** Whether it holds where the key is absent; with a set operator the suffix makes no difference. */
const takesAbsence = (condition: Condition): boolean =>
  condition.qualifier === undefined && (condition.ifExists || isNegated(condition));

const positives: Readonly<Partial<Record<ConditionOperator, ConditionOperator>>> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  NumericNotEquals: 'NumericEquals',
  DateNotEquals: 'DateEquals',
  NotIpAddress: 'IpAddress',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
};

const toPositive = (operator: ConditionOperator): ConditionOperator => positives[operator] ?? operator;

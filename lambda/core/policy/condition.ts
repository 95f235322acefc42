import { normalizeConditionKey } from './condition-key.ts';
import { type Comparison, operatorRules } from './operators.ts';
import type { Condition, RequestContext } from './policy.ts';
import { readPolicyText } from './policy-text.ts';

type Values = string | readonly string[];

/**
 * Whether one condition holds for a request. Source: IAM guide, "Condition operators", "Single-valued vs.
 * multivalued context keys" and "Policy variables with no value".
 *
 * | the key in the request | positive | negated | …IfExists | ForAllValues | ForAnyValue |
 * |---|---|---|---|---|---|
 * | absent, or an empty list | false | true | true | true | false |
 * | a string | any value matches | none matches | as without | the one value decides | the one value decides |
 * | an empty string | compared | compared | as without | true | false |
 * | a list | false | false | false | each value holds | some value holds |
 *
 * Null asks whether the key is absent or has empty values only, and takes no set operator.
 *
 * A value of the policy whose variable has no value in the request matches nothing: a positive operator is false
 * for it, and a negated one true, as AWS documents. So `StringNotEquals: {"aws:RequestTag/team": "${claims:team}"}`
 * belongs in a Deny, where it denies those without a team; in an Allow it would let them in.
 */
export function conditionHolds(condition: Condition, context: RequestContext): boolean {
  const values = context.get(normalizeConditionKey(condition.key)) ?? [];
  if (condition.operator === 'Null') return condition.values.includes(String(isNull(values)));
  const { negated, compare } = operatorRules[condition.operator];
  const holdsFor = (value: string) => matchesAny(compare, condition, value, context) !== negated;
  if (condition.qualifier === 'ForAllValues') return isNull(values) || toList(values).every(holdsFor);
  if (condition.qualifier === 'ForAnyValue') return !isNull(values) && toList(values).some(holdsFor);
  if (typeof values === 'string') return holdsFor(values);
  // AWS compares a list by a set operator only: without one neither an operator nor its negation holds.
  return values.length === 0 && (negated || condition.ifExists);
}

/** The values of the policy are alternatives: OR for a positive operator, and so NOR for its negation. */
function matchesAny(
  compare: Comparison,
  { values, variables }: Condition,
  value: string,
  context: RequestContext,
): boolean {
  return values.some((operand) =>
    compare.variables
      ? compare.matches(readPolicyText(operand, variables), value, context)
      : compare.matches(operand, value),
  );
}

/** AWS's "null data set, such as an empty string": what set operators and Null take for no value at all. */
function isNull(values: Values): boolean {
  return toList(values).every((value) => value === '');
}

function toList(values: Values): readonly string[] {
  return typeof values === 'string' ? [values] : values;
}

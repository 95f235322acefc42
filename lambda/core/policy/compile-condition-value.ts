import { type Place, readOneOrMore, refuse } from './document-place.ts';
import { isBoolean, operatorRules } from './operators.ts';
import type { ConditionOperator } from './policy.ts';
import { parsePolicyText, variableForm } from './policy-text.ts';
import { checkVariables, type StatementScope } from './statement-scope.ts';

const valueForm = 'a string, number or boolean, or a list with at least one of them';

/** Compiles the values of one condition key; `undefined`, and problems, when one of them cannot be taken. */
export function compileValues(
  place: Place,
  operator: ConditionOperator,
  scope: StatementScope,
): readonly string[] | undefined {
  const values = readOneOrMore(place, valueForm)?.map((item) => {
    const text = readScalar(item);
    return text === undefined ? undefined : compileValue(item, text, operator, scope);
  });
  return values?.every((value) => value !== undefined) ? values : undefined;
}

/** Whether `${…}` is a variable in this operator's values, as far as the document's Version knows variables. */
export function takesVariables(operator: ConditionOperator): boolean {
  return operator !== 'Null' && operatorRules[operator].compare.variables;
}

/** Numbers from 2^53 on may have lost digits before they came here. */
function readScalar(place: Place): string | undefined {
  const { value } = place;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number') return refuse(place, valueForm);
  const isExact = Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
  return isExact ? String(value) : refuse(place, 'a number below 2^53, or a larger one in quotes');
}

function compileValue(
  place: Place,
  text: string,
  operator: ConditionOperator,
  scope: StatementScope,
): string | undefined {
  if (operator === 'Null' || operator === 'Bool') {
    return isBoolean(text) ? text.toLowerCase() : refuse(place, 'true or false');
  }
  const { compare } = operatorRules[operator];
  if (!compare.variables) return compare.accepts(text) ? text : refuse(place, compare.allowed);
  const parts = parsePolicyText(text, scope.variables);
  if (parts === undefined) return refuse(place, variableForm);
  if (!compare.accepts(parts)) return refuse(place, compare.allowed);
  checkVariables(place, parts, scope);
  return text;
}

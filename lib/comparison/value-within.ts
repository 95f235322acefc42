import { parseDecimal } from '../../lambda/core/policy/decimal.ts';
import { parseInstant } from '../../lambda/core/policy/instant.ts';
import { anyText, foldCase, type Pattern } from '../../lambda/core/policy/match-wildcard.ts';
import type { ConditionOperator } from '../../lambda/core/policy/policy.ts';
import {
  arePatternsApart,
  isPatternWithin,
  isVariable,
  toElements,
  toLiteralElements,
} from './pattern-within.ts';

/** A value of a policy under an operator that isn't negated; of addresses, `isRangeCovered` knows. */
export interface Operand {
  readonly operator: ConditionOperator;
  readonly value: string;
  /** Whether `${…}` is a variable. */
  readonly variables: boolean;
}

/**
 * Whether everything that `narrow` matches is matched by `wide` as well. `false` where that can't be shown: of patterns
 * and variables only the plain cases are.
 */
export function isOperandWithin(narrow: Operand, wide: Operand): boolean {
  if (narrow.value === wide.value && toMeaning(narrow.operator) === toMeaning(wide.operator)) return true;
  // Under an old Version, that is plain text to the evaluator and may be a variable to whoever fills in a template.
  if ([narrow, wide].some(({ value, variables }) => !variables && value.includes('${'))) return false;
  if (narrow.operator.startsWith('Arn')) return wide.operator.startsWith('Arn') && isArnWithin(narrow, wide);
  if (narrow.operator.startsWith('String')) return isTextWithin(narrow, wide);
  return isIntervalWithin(narrow, wide);
}

/** Whether nothing is matched by both; `false` where that can't be shown, and for all that is no text. */
export function areOperandsApart(one: Operand, other: Operand): boolean {
  if (![one, other].every(({ operator }) => operator.startsWith('String'))) return false;
  // What differs in more than its case differs for those who look at the case as well.
  const toFolded = ({ operator, value }: Operand) =>
    operator === 'StringLike' ? toElements(foldCase(value)) : toLiteralElements(foldCase(value));
  return arePatternsApart(toFolded(one), toFolded(other));
}

/** ArnEquals and ArnLike behave identically (IAM guide, "Condition operators"). */
const toMeaning = (operator: ConditionOperator) => (operator === 'ArnEquals' ? 'ArnLike' : operator);

function isTextWithin(narrow: Operand, wide: Operand): boolean {
  if (wide.operator === 'StringEqualsIgnoreCase')
    return isPlain(narrow) && foldCase(narrow.value) === foldCase(wide.value);
  if (narrow.operator === 'StringEqualsIgnoreCase') return false;
  if (wide.operator === 'StringEquals') return isPlain(narrow) && narrow.value === wide.value;
  if (wide.operator !== 'StringLike') return false;
  const toOwn = narrow.operator === 'StringEquals' ? toLiteralElements : toElements;
  return isPatternWithin(toOwn(narrow.value), toElements(wide.value));
}

/** Whether the operator, which isn't negated, may match the empty text: a variable's default may be empty. */
export const matchesEmpty = (operator: ConditionOperator, value: string): boolean =>
  operator === 'BinaryEquals'
    ? value === ''
    : operator.startsWith('String') &&
      toElements(value).every((element) => element === anyText || isVariable(element));

/** Whether it matches one text alone, but for its case. */
const isPlain = ({ operator, value }: Operand) => operator !== 'StringLike' || !/[*?]/.test(value);

/** Field by field, as ARNs are matched; the sixth keeps its colons. */
function isArnWithin(narrow: Operand, wide: Operand): boolean {
  const fields = toFields(toElements(wide.value));
  return toFields(toElements(narrow.value)).every((field, index) =>
    isPatternWithin(field, fields[index] ?? []),
  );
}

/** A colon within a variable's name parts no fields. */
function toFields(arn: Pattern, count = 6): readonly Pattern[] {
  const colon = arn.indexOf(':');
  if (count === 1 || colon === -1) return [arn];
  return [arn.slice(0, colon), ...toFields(arn.slice(colon + 1), count - 1)];
}

/** Ends that are absent are infinite. */
interface Interval {
  readonly from?: bigint;
  readonly to?: bigint;
}

function isIntervalWithin(narrow: Operand, wide: Operand): boolean {
  if (toKind(narrow.operator) !== toKind(wide.operator)) return false;
  const [inner, outer] = [toInterval(narrow), toInterval(wide)];
  if (inner === undefined || outer === undefined) return false;
  const beginsWithin = outer.from === undefined || (inner.from !== undefined && inner.from >= outer.from);
  const endsWithin = outer.to === undefined || (inner.to !== undefined && inner.to <= outer.to);
  return beginsWithin && endsWithin;
}

const toKind = (operator: ConditionOperator) => /^(?:Numeric|Date)/.exec(operator)?.[0];

/** Both ends included: between two decimals, or two instants, that policies can write there is always a smallest step. */
function toInterval({ operator, value }: Operand): Interval | undefined {
  const kind = toKind(operator);
  if (kind === undefined) return undefined;
  const point = kind === 'Numeric' ? parseDecimal(value) : toBigInt(parseInstant(value));
  if (point === undefined) return undefined;
  switch (operator.slice(kind.length)) {
    case 'Equals':
      return { from: point, to: point };
    case 'LessThan':
      return { to: point - 1n };
    case 'LessThanEquals':
      return { to: point };
    case 'GreaterThan':
      return { from: point + 1n };
    case 'GreaterThanEquals':
      return { from: point };
    default:
      return undefined;
  }
}

const toBigInt = (instant: number | undefined) => (instant === undefined ? undefined : BigInt(instant));

import { addressRangeForm, parseAddress, parseAddressRange, rangeContains } from './address-range.ts';
import { splitArn, splitPlainArn } from './arn.ts';
import { decimalForm, parseDecimal } from './decimal.ts';
import { instantForm, parseInstant } from './instant.ts';
import { foldCase, matchesPattern } from './match-wildcard.ts';
import type { ConditionOperator, RequestContext } from './policy.ts';
import { type PolicyText, resolvePattern, resolveText } from './policy-text.ts';

/**
 * What an operator asks of one value of the policy and one of the request. A value of the policy that it cannot
 * read is refused when the policy is loaded; one of the request is no match.
 */
export type Comparison = PlainComparison | TextComparison;

interface PlainComparison {
  readonly variables: false;
  readonly allowed: string;
  readonly accepts: (operand: string) => boolean;
  readonly matches: (operand: string, value: string) => boolean;
}

/** Strings and ARNs alone take variables and wildcards. */
interface TextComparison {
  readonly variables: true;
  readonly allowed: string;
  readonly accepts: (operand: PolicyText) => boolean;
  readonly matches: (operand: PolicyText, value: string, context: RequestContext) => boolean;
}

/** A negated operator holds where its comparison matches none of the policy's values. */
export interface OperatorRule {
  readonly negated: boolean;
  readonly compare: Comparison;
}

const stringEquals = compareText((operand, value) => operand === value);
const stringEqualsIgnoreCase = compareText((operand, value) => foldCase(operand) === foldCase(value));

const stringLike: TextComparison = {
  variables: true,
  allowed: 'a string',
  accepts: () => true,
  matches: (operand, value, context) => {
    const pattern = resolvePattern(operand, context);
    return pattern !== undefined && matchesPattern(pattern, value);
  },
};

/** ArnEquals is ArnLike: "behave identically", and wildcards count in both. */
const arnLike: TextComparison = {
  variables: true,
  allowed: 'an ARN with all six fields, arn:partition:service:region:account:resource',
  accepts: (operand) => splitArn(operand) !== undefined,
  matches: matchesArn,
};

/** AWS writes true and false in any case, and so do the policies that people write. */
const bool: PlainComparison = {
  variables: false,
  allowed: 'true or false',
  accepts: isBoolean,
  matches: (operand, value) => operand.toLowerCase() === value.toLowerCase(),
};

/** Canonical base64 on both sides, so that equal text is equal bytes. */
const binaryEquals: PlainComparison = {
  variables: false,
  allowed: 'bytes in base64, padded',
  accepts: isBase64,
  matches: (operand, value) => operand === value,
};

const ipAddress: PlainComparison = {
  variables: false,
  allowed: addressRangeForm,
  accepts: (operand) => parseAddressRange(operand) !== undefined,
  matches: (operand, value) => {
    const [range, address] = [parseAddressRange(operand), parseAddress(value)];
    return range !== undefined && address !== undefined && rangeContains(range, address);
  },
};

const isEqual = <T>(a: T, b: T): boolean => a === b;
const isLess = <T>(a: T, b: T): boolean => a < b;
const isAtMost = <T>(a: T, b: T): boolean => a <= b;
const isGreater = <T>(a: T, b: T): boolean => a > b;
const isAtLeast = <T>(a: T, b: T): boolean => a >= b;

/** Every operator but Null, which asks for no value. Source: IAM guide, "Condition operators". */
export const operatorRules: Readonly<Record<Exclude<ConditionOperator, 'Null'>, OperatorRule>> = {
  StringEquals: { negated: false, compare: stringEquals },
  StringNotEquals: { negated: true, compare: stringEquals },
  StringEqualsIgnoreCase: { negated: false, compare: stringEqualsIgnoreCase },
  StringNotEqualsIgnoreCase: { negated: true, compare: stringEqualsIgnoreCase },
  StringLike: { negated: false, compare: stringLike },
  StringNotLike: { negated: true, compare: stringLike },
  NumericEquals: { negated: false, compare: compareNumbers(isEqual) },
  NumericNotEquals: { negated: true, compare: compareNumbers(isEqual) },
  NumericLessThan: { negated: false, compare: compareNumbers(isLess) },
  NumericLessThanEquals: { negated: false, compare: compareNumbers(isAtMost) },
  NumericGreaterThan: { negated: false, compare: compareNumbers(isGreater) },
  NumericGreaterThanEquals: { negated: false, compare: compareNumbers(isAtLeast) },
  DateEquals: { negated: false, compare: compareInstants(isEqual) },
  DateNotEquals: { negated: true, compare: compareInstants(isEqual) },
  DateLessThan: { negated: false, compare: compareInstants(isLess) },
  DateLessThanEquals: { negated: false, compare: compareInstants(isAtMost) },
  DateGreaterThan: { negated: false, compare: compareInstants(isGreater) },
  DateGreaterThanEquals: { negated: false, compare: compareInstants(isAtLeast) },
  Bool: { negated: false, compare: bool },
  BinaryEquals: { negated: false, compare: binaryEquals },
  IpAddress: { negated: false, compare: ipAddress },
  NotIpAddress: { negated: true, compare: ipAddress },
  ArnEquals: { negated: false, compare: arnLike },
  ArnLike: { negated: false, compare: arnLike },
  ArnNotEquals: { negated: true, compare: arnLike },
  ArnNotLike: { negated: true, compare: arnLike },
};

/** Whether the text is `true` or `false`, in any case. */
export function isBoolean(text: string): boolean {
  return text.toLowerCase() === 'true' || text.toLowerCase() === 'false';
}

function compareText(matches: (operand: string, value: string) => boolean): TextComparison {
  return {
    variables: true,
    allowed: 'a string',
    accepts: () => true,
    matches: (operand, value, context) => {
      const text = resolveText(operand, context);
      return text !== undefined && matches(text, value);
    },
  };
}

/** `value` is the request's, as in "the request's value is less than the policy's". */
function compareNumbers(holds: (value: bigint, operand: bigint) => boolean): PlainComparison {
  return comparePlain(parseDecimal, decimalForm, holds);
}

function compareInstants(holds: (value: number, operand: number) => boolean): PlainComparison {
  return comparePlain(parseInstant, instantForm, holds);
}

function comparePlain<T>(
  parse: (text: string) => T | undefined,
  allowed: string,
  holds: (value: T, operand: T) => boolean,
): PlainComparison {
  return {
    variables: false,
    allowed,
    accepts: (operand) => parse(operand) !== undefined,
    matches: (operand, value) => {
      const [wanted, given] = [parse(operand), parse(value)];
      return wanted !== undefined && given !== undefined && holds(given, wanted);
    },
  };
}

/** Field by field: a `*` ends at its colon, except in the sixth field, which keeps its colons. */
function matchesArn(operand: PolicyText, value: string, context: RequestContext): boolean {
  const given = splitPlainArn(value);
  const wanted = splitArn(operand);
  if (given === undefined || wanted === undefined) return false;
  return wanted.every((field, index) => {
    const pattern = resolvePattern(field, context);
    return pattern !== undefined && matchesPattern(pattern, given[index] ?? '');
  });
}

function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}

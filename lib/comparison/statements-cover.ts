import { foldCase } from '../../lambda/core/policy/match-wildcard.ts';
import type { Condition, PatternList, PrincipalPattern, Statement } from '../../lambda/core/policy/policy.ts';
import { toCanonicalText } from './canonical-text.ts';
import { conditionImplies, isNegated } from './condition-implies.ts';
import { arePatternsApart, isPatternWithin, toElements } from './pattern-within.ts';

/** More than this, and a statement is compared as a whole: what several others cover together may be missed then. */
const maxParts = 512;

/**
 * Whether every request that the statement speaks of is spoken of by one of `others`; `false` where that can't be shown.
 * Alternatives are looked at one by one: two statements of a value each are as good as one with both.
 */
export function isCovered(statement: Statement, others: readonly Statement[]): boolean {
  const alike = others.filter(({ effect }) => effect === statement.effect);
  return toParts(statement).every((part) => alike.some((other) => isPartWithin(part, other)));
}

/** The statement's alternatives: one principal, action, resource and value each. */
function toParts(statement: Statement): readonly Statement[] {
  const { principals, actions, resources, conditions } = statement;
  const choices = [
    ...[principals, toChoices(actions), toChoices(resources)].map((list) => list?.length ?? 1),
    ...conditions.map((condition) => (isSplit(condition) ? condition.values.length : 1)),
  ];
  if (choices.reduce((product, count) => product * count, 1) > maxParts) return [statement];
  let parts: readonly Statement[] = [statement];
  parts = parts.flatMap((part) =>
    principals === undefined ? [part] : principals.map((one) => ({ ...part, principals: [one] })),
  );
  parts = parts.flatMap((part) => splitPatterns(part, 'actions', actions));
  parts = parts.flatMap((part) => splitPatterns(part, 'resources', resources));
  return conditions.reduce(splitCondition, parts);
}

const toChoices = (list: PatternList | undefined) => (list?.negated === false ? list.patterns : undefined);

const splitPatterns = (
  part: Statement,
  name: 'actions' | 'resources',
  list: PatternList | undefined,
): readonly Statement[] =>
  list === undefined || list.negated
    ? [part]
    : list.patterns.map((pattern) => ({ ...part, [name]: { ...list, patterns: [pattern] } }));

/** Its values are alternatives; those of ForAllValues are not: each value of the request may need another. */
const isSplit = (condition: Condition) => !isNegated(condition) && condition.qualifier !== 'ForAllValues';

const splitCondition = (parts: readonly Statement[], condition: Condition): readonly Statement[] =>
  isSplit(condition)
    ? parts.flatMap((part) =>
        condition.values.map((value) => ({
          ...part,
          conditions: part.conditions.map((one) => (one === condition ? { ...one, values: [value] } : one)),
        })),
      )
    : parts;

const isPartWithin = (narrow: Statement, wide: Statement): boolean =>
  arePrincipalsWithin(narrow.principals, wide.principals) &&
  arePatternsWithin(narrow.actions, wide.actions, foldCase) &&
  arePatternsWithin(narrow.resources, wide.resources, (text) => text) &&
  wide.conditions.every((condition) => narrow.conditions.some((one) => conditionImplies(one, condition)));

function arePrincipalsWithin(
  narrow: readonly PrincipalPattern[] | undefined,
  wide: readonly PrincipalPattern[] | undefined,
): boolean {
  if (wide === undefined || wide.some(({ type }) => type === 'Any')) return true;
  const texts = wide.map(toCanonicalText);
  return narrow?.every((one) => texts.includes(toCanonicalText(one))) ?? false;
}

function arePatternsWithin(
  narrow: PatternList | undefined,
  wide: PatternList | undefined,
  fold: (text: string) => string,
): boolean {
  if (wide === undefined) return true;
  if (narrow === undefined) return false;
  const isWithin = (one: string, other: string) =>
    (narrow.variables === wide.variables || !/\$\{/.test(one + other)) &&
    isPatternWithin(toElements(fold(one)), toElements(fold(other)));
  const isApart = (one: string, other: string) =>
    arePatternsApart(toElements(fold(one)), toElements(fold(other)));
  const areWithin = (inner: PatternList, outer: PatternList) =>
    inner.patterns.every((one) => outer.patterns.some((other) => isWithin(one, other)));
  if (narrow.negated && !wide.negated) return wide.patterns.includes('*');
  // All but some of them: what is none of those.
  if (wide.negated && !narrow.negated)
    return narrow.patterns.every((one) => wide.patterns.every((other) => isApart(one, other)));
  return narrow.negated ? areWithin(wide, narrow) : areWithin(narrow, wide);
}

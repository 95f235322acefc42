import { compileValues, takesVariables } from './compile-condition-value.ts';
import { conditionKeyForm, isConditionKey, normalizeConditionKey } from './condition-key.ts';
import { type Place, readEntries, refuse } from './document-place.ts';
import { type OperatorName, operatorNameForm, parseOperatorName } from './operator-name.ts';
import type { Condition } from './policy.ts';
import { describeKey, type StatementScope } from './statement-scope.ts';

interface PlacedCondition {
  readonly condition: Condition;
  readonly place: Place;
}

/** Compiles a Condition element, which may be empty: IAM's console writes `{}`. What cannot be taken is reported. */
export function compileConditions(place: Place, scope: StatementScope): readonly Condition[] {
  const blocks = readEntries(place, 'an object of condition operators');
  const operators = new Set<string>();
  const placed = [...(blocks ?? [])].flatMap(([name, block]) => {
    const operator = parseOperatorName(name);
    if (operator === undefined) return refuse(block, operatorNameForm) ?? [];
    const { qualifier = '', ifExists } = operator;
    const isNew = addNew(operators, `${qualifier}:${operator.operator}:${ifExists}`);
    if (!isNew) refuse(block, 'each operator once, without regard to case');
    return compileBlock(block, operator, scope);
  });
  if (scope.grammar.describeConditionKey !== undefined && scope.effect === 'Allow') requirePresence(placed);
  return placed.map(({ condition }) => condition);
}

/** An operator with its keys. An empty one is refused: what was to stand there would be missing without a word. */
function compileBlock(
  block: Place,
  operator: OperatorName,
  scope: StatementScope,
): readonly PlacedCondition[] {
  const entries = readEntries(block, 'an object of condition keys');
  if (entries?.size === 0) refuse(block, 'at least one condition key');
  const keys = new Set<string>();
  return [...(entries ?? [])].flatMap(([key, place]) => {
    if (!isConditionKey(key)) return refuse(place, conditionKeyForm) ?? [];
    const isNew = addNew(keys, normalizeConditionKey(key));
    if (!isNew) refuse(place, 'each key once, without regard to case');
    checkKind(place, key, operator, scope);
    const values = compileValues(place, operator.operator, scope);
    checkValues(place, key, values ?? [], scope);
    const variables = scope.variables && takesVariables(operator.operator);
    return values === undefined ? [] : [{ place, condition: { ...operator, key, values, variables } }];
  });
}

/** A value that can never match leaves a Deny without effect, and nobody notices. */
function checkValues(place: Place, key: string, values: readonly string[], scope: StatementScope): void {
  const description = describeKey(key, scope);
  if (description === undefined || 'refused' in description) return;
  const [allowed] = values.flatMap((value) => description.refuseValue?.(value) ?? []);
  if (allowed !== undefined) refuse(place, allowed);
}

function addNew(seen: Set<string>, name: string): boolean {
  const before = seen.size;
  return seen.add(name).size > before;
}

/** A list without a set operator would never match; a missing scalar with ForAllValues always would. */
function checkKind(
  place: Place,
  key: string,
  { operator, qualifier }: OperatorName,
  scope: StatementScope,
): void {
  const description = describeKey(key, scope);
  if (description === undefined) return;
  if ('refused' in description) {
    refuse(place, description.refused);
  } else if (description.kind === 'list' && qualifier === undefined && operator !== 'Null') {
    refuse(place, `ForAnyValue:${operator} or ForAllValues:${operator}, because ${key} is a list`);
  } else if (description.kind === 'scalar' && qualifier !== undefined) {
    refuse(place, `${operator} without ${qualifier}:, because ${key} is a single value`);
  }
}

/** ForAllValues is true for a key that is missing: in an Allow it would let everybody in who has none. */
function requirePresence(placed: readonly PlacedCondition[]): void {
  const present = new Set(
    placed
      .filter(({ condition }) => requiresKey(condition))
      .map(({ condition }) => normalizeConditionKey(condition.key)),
  );
  for (const { condition, place } of placed) {
    if (condition.qualifier !== 'ForAllValues' || present.has(normalizeConditionKey(condition.key))) continue;
    refuse(
      place,
      `ForAllValues in an Allow with Null: { "${condition.key}": "false" } beside it, because it is true for a missing key`,
    );
  }
}

function requiresKey({ operator, values }: Condition): boolean {
  return operator === 'Null' && values.every((value) => value === 'false');
}

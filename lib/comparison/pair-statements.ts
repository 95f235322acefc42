import { normalizeConditionKey } from '../../lambda/core/policy/condition-key.ts';
import type { Condition, Statement } from '../../lambda/core/policy/policy.ts';
import { toCanonicalText } from './canonical-text.ts';

/** Which statement of one version has become which of the other. */
export interface PairedStatements {
  readonly pairs: readonly (readonly [before: Statement, after: Statement])[];
  readonly removed: readonly Statement[];
  readonly added: readonly Statement[];
}

interface Candidate {
  readonly pair: readonly [Statement, Statement];
  readonly likeness: number;
  /** The same whichever version is the first: what has become what doesn't depend on who asks. */
  readonly tie: string;
}

/** By content first, then by Sid; those without one by what they have in common. */
export function pairStatements(before: readonly Statement[], after: readonly Statement[]): PairedStatements {
  const texts = new Map([...before, ...after].map((one) => [one, toContent(one)]));
  const candidates = before
    .flatMap((one) => after.map((other) => toCandidate(one, other, texts)))
    .filter(({ likeness }) => likeness > 0)
    .sort((a, b) => b.likeness - a.likeness || (a.tie < b.tie ? -1 : 1));
  const taken = new Set<Statement>();
  const pairs = candidates.flatMap(({ pair }) => {
    if (pair.some((one) => taken.has(one))) return [];
    for (const one of pair) taken.add(one);
    return [pair];
  });
  const isLeft = (one: Statement) => !taken.has(one);
  return { pairs, removed: before.filter(isLeft), added: after.filter(isLeft) };
}

/** What the statement says, apart from its name and its place. Of lists the order says nothing. */
export function toContent({ effect, principals, actions, resources, conditions }: Statement): string {
  const lists = [actions, resources].map((list) => list && { ...list, patterns: sorted(list.patterns) });
  return toCanonicalText([
    effect,
    sorted(principals?.map(toCanonicalText)),
    lists,
    sorted(conditions.map(toConditionText)),
  ]);
}

export const toConditionText = (condition: Condition): string =>
  toCanonicalText({
    ...condition,
    key: normalizeConditionKey(condition.key),
    values: sorted(condition.values),
  });

const sorted = (texts: readonly string[] | undefined) => texts && [...new Set(texts)].sort();

const likeness = { sameContent: 1_000_000, sameSid: 100_000 };

function toCandidate(one: Statement, other: Statement, texts: ReadonlyMap<Statement, string>): Candidate {
  const [text, otherText] = [texts.get(one) ?? '', texts.get(other) ?? ''];
  const tie = [text, otherText].sort().join(' ');
  return { pair: [one, other], likeness: toLikeness(one, other, text === otherText), tie };
}

function toLikeness(one: Statement, other: Statement, isSame: boolean): number {
  const hasSameSid = one.sid === other.sid;
  if (isSame) return likeness.sameContent + (hasSameSid ? 1 : 0);
  if (one.effect !== other.effect) return 0;
  if (one.sid !== undefined && hasSameSid) return likeness.sameSid;
  return one.sid !== undefined && other.sid !== undefined ? 0 : countCommon(one, other);
}

function countCommon(one: Statement, other: Statement): number {
  const parts = ({ principals, actions, resources, conditions }: Statement): readonly string[] => [
    ...(principals ?? []).map(toCanonicalText),
    ...(actions?.patterns ?? []),
    ...(resources?.patterns ?? []),
    ...conditions.flatMap((condition) => [normalizeConditionKey(condition.key), toConditionText(condition)]),
  ];
  const others = new Set(parts(other));
  return new Set(parts(one).filter((part) => others.has(part))).size;
}

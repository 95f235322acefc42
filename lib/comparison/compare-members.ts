import { toCanonicalText } from './canonical-text.ts';
import { type ChangeEffect, changes, type Difference, grants, takesAway } from './configuration-change.ts';

/** What is to be said of two values of one member that differ; `undefined` where a version hasn't the member. */
export type CompareValues<V> = (before: V | undefined, after: V | undefined) => readonly Difference[];

type MemberName<T> = T extends unknown ? keyof T & string : never;
type MemberOf<T, K> = T extends unknown ? (K extends keyof T ? Exclude<T[K], undefined> : never) : never;

export type Comparers<T> = { readonly [K in MemberName<T>]?: CompareValues<MemberOf<T, K>> };

/** Member by member, in the order of `comparers`. One that has no comparer `changes`: nothing differs without a word. */
export function compareMembers<T extends object>(
  before: T,
  after: T,
  comparers: Comparers<T>,
): readonly Difference[] {
  const names = [...Object.keys(comparers), ...Object.keys(before), ...Object.keys(after)];
  return [...new Set(names)].flatMap((name) => {
    const [one, other]: readonly unknown[] = [Reflect.get(before, name), Reflect.get(after, name)];
    if (toCanonicalText(one) === toCanonicalText(other)) return [];
    // Each comparer takes what its own member holds, which the type of `comparers` says and an index of a string can't.
    const compare = (comparers as Readonly<Record<string, CompareValues<unknown>>>)[name];
    return (compare ?? setting(name))(one, other);
  });
}

/** Says nothing: another member, or another part, says it. */
export const saidElsewhere: CompareValues<unknown> = () => [];

/** A value of which no version is more than the other. */
export const setting =
  (words: string): CompareValues<unknown> =>
  (before, after) => [changes(`${words}: ${toText(before)} → ${toText(after)}`)];

/** What one version opens and the other doesn't, such as a role. */
export const place =
  (words: string): CompareValues<string> =>
  (before, after) => [
    ...(after === undefined ? [] : [grants(`${words} ${after}`)]),
    ...(before === undefined ? [] : [takesAway(`${words} ${before}`)]),
  ];

interface AmountOptions {
  readonly unit: string;
  /** What more of it does. */
  readonly more: ChangeEffect;
  /** What an absent amount counts as. @default 0 */
  readonly absent?: number;
}

export const amount =
  (words: string, { unit, more, absent = 0 }: AmountOptions): CompareValues<number> =>
  (before, after) => {
    const text = `${words} ${toAmount(after, unit)}, instead of ${toAmount(before, unit)}`;
    const isMore = (after ?? absent) > (before ?? absent);
    return [{ effect: isMore ? more : opposite(more), text }];
  };

const toAmount = (value: number | undefined, unit: string) =>
  value === undefined ? 'no limit' : `${value} ${unit}`;

export const opposite = (effect: ChangeEffect): ChangeEffect =>
  effect === 'changes' ? effect : effect === 'grants' ? 'takes-away' : 'grants';

/** `effect` is that of switching it on. An absent one is off. */
export const flag =
  (on: string, off: string, effect: ChangeEffect): CompareValues<boolean> =>
  (before = false, after = false) => {
    if (before === after) return [];
    return after ? [{ effect, text: on }] : [{ effect: opposite(effect), text: off }];
  };

interface SetOptions<V> {
  /** What one more of them does. */
  readonly added: ChangeEffect;
  /** @default the value itself */
  readonly toName?: (value: V) => string;
}

/** Of a list its order says nothing. */
export const members =
  <V>(words: string, { added, toName = toText }: SetOptions<V>): CompareValues<readonly V[]> =>
  (before = [], after = []) => {
    const missing = (from: readonly V[], others: readonly V[]) => {
      const texts = others.map(toCanonicalText);
      return from.filter((one) => !texts.includes(toCanonicalText(one)));
    };
    return [
      ...missing(after, before).map((one) => ({ effect: added, text: `${words} ${toName(one)}` })),
      ...missing(before, after).map((one) => ({
        effect: opposite(added),
        text: `${words} ${toName(one)}: no longer`,
      })),
    ];
  };

/** A list without which all are taken: to have one at all takes away. */
export const limitedTo =
  (words: string, everything: string): CompareValues<readonly string[]> =>
  (before, after) => {
    if (before === undefined)
      return [takesAway(`${words} ${after?.join(', ')} alone, instead of ${everything}`)];
    if (after === undefined) return [grants(`${everything}, instead of ${words} ${before.join(', ')} alone`)];
    return members<string>(words, { added: 'grants' })(before, after);
  };

/** `added` is what one more entry does; an entry of another value `changes`. */
export const entries =
  <V>(words: string, { added, toName = toText }: SetOptions<V>): CompareValues<ReadonlyMap<string, V>> =>
  (before = new Map<string, V>(), after = new Map<string, V>()) =>
    [...new Set([...after.keys(), ...before.keys()])].flatMap((key) => {
      const [one, other] = [before.get(key), after.get(key)];
      if (toCanonicalText(one) === toCanonicalText(other)) return [];
      const name = `${words} ${key}`;
      if (one === undefined && other !== undefined)
        return [{ effect: added, text: `${name}: ${toName(other)}` }];
      if (one !== undefined && other === undefined)
        return [{ effect: opposite(added), text: `${name}: no longer (was ${toName(one)})` }];
      return one === undefined || other === undefined
        ? []
        : [changes(`${name}: ${toName(one)} → ${toName(other)}`)];
    });

/** Of a value that may be of any kind, on one line. */
export function toText(value: unknown): string {
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(toText).join(', ');
  if (typeof value === 'string' && /^[\w.:/@*+=,$ {}#-]+$/.test(value)) return value;
  return value instanceof Map ? toText(Object.fromEntries(value)) : JSON.stringify(value);
}

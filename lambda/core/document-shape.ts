import * as z from 'zod';
import type { Report } from './compile-statements.ts';
import type { Problem } from './policy/policy.ts';
import { prototypeKey } from './schema-parts.ts';

/** What a schema finds wrong with a document. */
export function toProblems(error: z.ZodError, document: unknown): Problem[] {
  const problems = error.issues.flatMap((issue): Problem[] => {
    const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...path, key], value: key, allowed: issue.message }));
    }
    if (issue.code === 'invalid_key') return [{ path, value: path.at(-1), allowed: issue.message }];
    return [{ path, value: valueAt(document, path), allowed: issue.message }];
  });
  // Of a value that is no list at all its length would be reported as well.
  return problems.filter(
    ({ path }, index) => problems.findIndex((one) => isSamePath(one.path, path)) === index,
  );
}

const isSamePath = (a: Problem['path'], b: Problem['path']) =>
  a.length === b.length && a.every((key, index) => key === b[index]);

const valueAt = (document: unknown, path: Problem['path']): unknown =>
  path.reduce<unknown>((value, key) => (isObject(value) ? Reflect.get(value, key) : undefined), document);

/** The settings of an object that are well-formed by themselves, with their defaults; the others are left out. */
export function readSettings<Schema extends z.ZodObject>(
  schema: Schema,
  raw: unknown,
): Partial<z.output<Schema>> {
  if (!isObject(raw)) return {};
  const settings = Object.entries(schema.shape).flatMap(([name, setting]) => {
    const parsed = z.safeParse(setting, Reflect.get(raw, name));
    return parsed.success && parsed.data !== undefined ? [[name, parsed.data] as const] : [];
  });
  return Object.fromEntries(settings) as Partial<z.output<Schema>>;
}

/** Schemas and copies lose such a key without a word: what stands under it would never be checked. */
export function reportPrototypeKeys(value: unknown, report: Report, path: Problem['path'] = []): void {
  if (!isObject(value)) return;
  for (const [key, member] of Object.entries(value)) {
    const place = [...path, Array.isArray(value) ? Number(key) : key];
    if (key === prototypeKey)
      report({ path: place, value: key, allowed: 'a key that JavaScript does not keep for itself' });
    reportPrototypeKeys(member, report, place);
  }
}

/** Whether this place is that one, or within it. */
export const isWithin = (path: Problem['path'], whole: Problem['path']) =>
  whole.every((key, index) => path[index] === key);

/** Two rules may refuse one value in the same words. */
export function distinct(problems: readonly Problem[]): Problem[] {
  return [
    ...new Map(
      problems.map((problem) => [JSON.stringify([problem.path, problem.allowed]), problem]),
    ).values(),
  ];
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

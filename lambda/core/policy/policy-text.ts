import { isConditionKey, normalizeConditionKey } from './condition-key.ts';
import { type Pattern, toLiteralPattern, toPattern } from './match-wildcard.ts';
import type { RequestContext } from './policy.ts';

/**
 * A resource or a condition value, taken apart. Source: IAM guide, "IAM policy elements: Variables and tags".
 *
 * `text` is as the author wrote it, so that `*` and `?` in it are wildcards where the operator has any; `literal`
 * is what `${*}`, `${?}` and `${$}` stand for and never a wildcard; neither is the value of a variable.
 */
export type PolicyText = readonly PolicyTextPart[];

export type PolicyTextPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'literal'; readonly text: string }
  | { readonly type: 'variable'; readonly key: string; readonly fallback?: string };

/** What `parsePolicyText` takes, for messages. */
export const variableForm =
  "text in which a variable is ${prefix:name} or ${prefix:name, 'default'}, and ${*}, ${?} or ${$} is that character";

/**
 * Takes text apart at its variables; `undefined` when one of them has no end or no meaning.
 *
 * @param variables - whether `${` begins one: documents of Version 2008-10-17, or none, have no variables
 */
export function parsePolicyText(source: string, variables: boolean): PolicyText | undefined {
  if (!variables) return [{ type: 'text', text: source }];
  const parts: PolicyTextPart[] = [];
  let from = 0;
  for (let start = source.indexOf('${'); start !== -1; start = source.indexOf('${', from)) {
    const end = source.indexOf('}', start);
    const part = end === -1 ? undefined : parseVariable(source.slice(start + 2, end));
    if (part === undefined) return undefined;
    parts.push({ type: 'text', text: source.slice(from, start) }, part);
    from = end + 1;
  }
  parts.push({ type: 'text', text: source.slice(from) });
  return parts;
}

/**
 * A string of a compiled policy, taken apart.
 *
 * @throws TypeError when the string did not come through `compilePolicy`
 */
export function readPolicyText(source: string, variables: boolean): PolicyText {
  const parts = parsePolicyText(source, variables);
  if (parts === undefined)
    throw new TypeError('a policy holds a variable that compilePolicy would have refused');
  return parts;
}

/** The text with its variables' values, for operators without wildcards; `undefined` when a variable has no value. */
export function resolveText(parts: PolicyText, context: RequestContext): string | undefined {
  const texts = parts.map((part) => readPart(part, context));
  return texts.every((text) => text !== undefined) ? texts.join('') : undefined;
}

/** The text as a pattern, for operators with wildcards; `undefined` when a variable has no value. */
export function resolvePattern(parts: PolicyText, context: RequestContext): Pattern | undefined {
  const patterns = parts.map((part) => {
    const text = readPart(part, context);
    if (text === undefined) return undefined;
    return part.type === 'text' ? toPattern(text) : toLiteralPattern(text);
  });
  return patterns.every((pattern) => pattern !== undefined) ? patterns.flat() : undefined;
}

function parseVariable(inner: string): PolicyTextPart | undefined {
  if (inner === '*' || inner === '?' || inner === '$') return { type: 'literal', text: inner };
  const comma = inner.indexOf(',');
  const key = comma === -1 ? inner : inner.slice(0, comma);
  if (!isConditionKey(key)) return undefined;
  if (comma === -1) return { type: 'variable', key };
  const fallback = /^ *'([^'{]*)'$/.exec(inner.slice(comma + 1))?.[1];
  return fallback === undefined ? undefined : { type: 'variable', key, fallback };
}

/**
 * A key with an empty value counts as one without: AWS says "no value or not present", and `${claims:team}*` must
 * not become `*` for a caller without a team. A list is no value at all, not even the default's: AWS takes
 * single-valued keys only.
 */
function readPart(part: PolicyTextPart, context: RequestContext): string | undefined {
  if (part.type !== 'variable') return part.text;
  const value = context.get(normalizeConditionKey(part.key));
  if (value === undefined || value === '') return part.fallback;
  return typeof value === 'string' ? value : undefined;
}

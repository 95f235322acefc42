import type { Problem } from './policy/policy.ts';
import { compileTemplate, renderTemplate, type Template, type TemplateRefusal } from './template.ts';

/**
 * A session policy whose strings may be templates. Only Resource, NotResource and condition values may name the
 * principal's values: what may be done, and on whose behalf, stays as reviewed.
 */
export type SessionPolicyTemplate =
  | { readonly kind: 'constant'; readonly value: unknown }
  | { readonly kind: 'template'; readonly template: Template; readonly takes: Taken }
  | { readonly kind: 'list'; readonly items: readonly SessionPolicyTemplate[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, SessionPolicyTemplate])[] };

/** Where a string stands. */
type Place = 'resource' | 'path' | 'condition' | 'elsewhere';

/** What a value may be: one segment of an ARN's resource, one of a path, a whole condition value, or nothing at all. */
type Taken = 'resource' | 'segment' | 'whole' | 'nothing';

/** Compiles a policy document; `report` hears of every string that cannot be taken. */
export function compileSessionPolicy(
  document: unknown,
  report: (problem: Problem) => void,
  reportVariable: (path: Problem['path'], text: string, template: Template) => void,
): SessionPolicyTemplate {
  const compile = (value: unknown, path: Problem['path'], place: Place): SessionPolicyTemplate => {
    if (Array.isArray(value)) {
      return { kind: 'list', items: value.map((item, index) => compile(item, [...path, index], place)) };
    }
    if (typeof value === 'object' && value !== null) {
      const entries = Object.entries(value).map(([key, child]) => {
        if (place !== 'elsewhere' && isOurKey(key))
          report({ path: [...path, key], value: key, allowed: awsKeyAllowed });
        return [key, compile(child, [...path, key], toPlace(key, place))] as const;
      });
      return { kind: 'object', entries };
    }
    if (typeof value !== 'string') return { kind: 'constant', value };
    return compileString(value, path, place);
  };

  const compileString = (text: string, path: Problem['path'], place: Place): SessionPolicyTemplate => {
    const compiled = compileTemplate(text);
    if ('refused' in compiled) {
      report({ path, value: text, allowed: compiled.refused });
      return { kind: 'constant', value: text };
    }
    const { template } = compiled;
    if (template.every((part) => 'literal' in part)) return { kind: 'constant', value: text };
    if (place === 'elsewhere') {
      report({
        path,
        value: text,
        allowed: 'text without variables: only Resource, NotResource and Condition take them',
      });
    }
    reportVariable(path, text, template);
    return { kind: 'template', template, takes: toTaken(template, place) };
  };

  return compile(document, [], 'elsewhere');
}

/** AWS knows no such key: a Deny on it would never hold. */
export const isOurKey = (key: string) => /^(?:claims|daypass):/i.test(key);

export const awsKeyAllowed =
  "a condition key of AWS's: claims: and daypass: stand in trust, and in values as ${claims:<name>}";

function toPlace(key: string, parent: Place): Place {
  // What stands in an ARN must not shift its fields, whichever element the ARN is in.
  if (parent === 'condition' && /^(?:\w+:)?arn/i.test(key)) return 'resource';
  if (parent === 'condition' && key.toLowerCase() === 's3:prefix') return 'path';
  if (parent !== 'elsewhere') return parent;
  if (key === 'Resource' || key === 'NotResource') return 'resource';
  return key === 'Condition' ? 'condition' : 'elsewhere';
}

/** Whoever writes text around a variable means one segment by it: with a slash it would reach into another's path. */
function toTaken(template: Template, place: Place): Taken {
  if (place === 'resource') return 'resource';
  if (place === 'elsewhere') return 'nothing';
  return place === 'path' || template.length > 1 ? 'segment' : 'whole';
}

/**
 * What a principal's value may hold. A wildcard would widen a pattern, `${` would become a variable of AWS's, a slash,
 * a dot segment or an empty value would be another place in a path, and a colon would shift an ARN's fields.
 */
const safeAs: Readonly<Record<Taken, RegExp>> = {
  resource: /^(?!\.{1,2}$)[\p{L}\p{N}_.=+\-@,]{1,256}$/u,
  segment: /^(?!\.{1,2}$)[\p{L}\p{N}_.=+\-@,: ]{1,256}$/u,
  whole: /^[\p{L}\p{N}_.=+\-@,/: ]{1,256}$/u,
  nothing: /^(?!)/,
};

/** Fills in the principal's values: the policy as JSON, or the variable that stands in the way. */
export function renderSessionPolicy(
  policy: SessionPolicyTemplate,
  toValue: (variable: string) => string | undefined,
): { readonly text: string } | TemplateRefusal {
  let refusal: TemplateRefusal | undefined;

  const render = (node: SessionPolicyTemplate): unknown => {
    if (node.kind === 'constant') return node.value;
    if (node.kind === 'list') return node.items.map(render);
    if (node.kind === 'object')
      return Object.fromEntries(node.entries.map(([key, child]) => [key, render(child)]));
    const rendered = renderTemplate(node.template, toValue, (value) => safeAs[node.takes].test(value));
    if ('text' in rendered) return rendered.text;
    refusal ??= rendered;
    return undefined;
  };

  const document = render(policy);
  return refusal ?? { text: toPolicyJson(document) };
}

/** JSON as STS takes it: its Policy parameter has no character above U+00FF (STS API reference, AssumeRole). */
export const toPolicyJson = (document: unknown): string =>
  JSON.stringify(document).replace(
    /[\u0100-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Whether the policy is written in this Version of the language. */
export const isOfVersion = (policy: SessionPolicyTemplate, version: string): boolean =>
  policy.kind === 'object' &&
  policy.entries.some(
    ([key, node]) => key === 'Version' && node.kind === 'constant' && node.value === version,
  );

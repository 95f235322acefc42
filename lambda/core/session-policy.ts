import type { Problem } from './policy/policy.ts';
import { compileTemplate, renderTemplate, type Template, type TemplateRefusal } from './template.ts';

/**
 * A session policy whose strings may be templates. Only Resource, NotResource and condition values may name the
 * principal's values: what may be done, and on whose behalf, stays as reviewed.
 */
export type SessionPolicyTemplate =
  | { readonly kind: 'constant'; readonly value: unknown }
  | { readonly kind: 'template'; readonly template: Template; readonly place: Place }
  | { readonly kind: 'list'; readonly items: readonly SessionPolicyTemplate[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, SessionPolicyTemplate])[] };

type Place = 'resource' | 'condition' | 'elsewhere';

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
        if (place !== 'elsewhere' && isOurs(key))
          report({ path: [...path, key], value: key, allowed: awsKey });
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
    return { kind: 'template', template, place };
  };

  return compile(document, [], 'elsewhere');
}

/** AWS knows no such key: a Deny on it would never hold. */
const isOurs = (key: string) => /^(?:claims|daypass):/i.test(key);

const awsKey =
  "a condition key of AWS's: claims: and daypass: stand in trust, and in values as ${claims:<name>}";

function toPlace(key: string, parent: Place): Place {
  // What stands in an ARN must not shift its fields, whichever element the ARN is in.
  if (parent === 'condition' && /^(?:\w+:)?arn/i.test(key)) return 'resource';
  if (parent !== 'elsewhere') return parent;
  if (key === 'Resource' || key === 'NotResource') return 'resource';
  return key === 'Condition' ? 'condition' : 'elsewhere';
}

/**
 * What a principal's value may hold. A wildcard would widen a pattern, `${` would become a variable of AWS's, an
 * empty value or a dot segment could move a path upwards, and a colon would shift an ARN's fields.
 */
const safeIn: Readonly<Record<Place, RegExp>> = {
  resource: /^(?!.*(?:^|\/)\.{0,2}(?:\/|$))[\p{L}\p{N}_.=+\-@,/]{1,256}$/u,
  condition: /^[\p{L}\p{N}_.=+\-@,/: ]{1,256}$/u,
  elsewhere: /^(?!)/,
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
    const rendered = renderTemplate(node.template, toValue, (value) => safeIn[node.place].test(value));
    if ('text' in rendered) return rendered.text;
    refusal ??= rendered;
    return undefined;
  };

  const document = render(policy);
  return refusal ?? { text: JSON.stringify(document) };
}

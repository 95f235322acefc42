/**
 * A string with variables of the principal: `${claims:team}`, `${daypass:Subject}`. IAM's own variables and escapes
 * (`${aws:…}`, `${*}`, `${?}`, `${$}`) are literals here: AWS resolves them.
 */
export type Template = readonly TemplatePart[];

export type TemplatePart = { readonly literal: string } | { readonly variable: string };

/** Compiles a template. Answers what is allowed where it is none. */
export function compileTemplate(
  text: string,
): { readonly template: Template } | { readonly refused: string } {
  const template: TemplatePart[] = [];
  let literal = '';
  let position = 0;
  while (position < text.length) {
    if (!text.startsWith('${', position)) {
      literal += text[position];
      position += 1;
      continue;
    }
    const end = text.indexOf('}', position);
    if (end === -1) return { refused: 'a "${" that is closed by "}"' };
    const variable = text.slice(position + 2, end);
    if (isForAws(variable)) {
      literal += text.slice(position, end + 1);
    } else if (/^(claims|daypass):[A-Za-z][\w-]*$/.test(variable)) {
      if (literal !== '') template.push({ literal });
      literal = '';
      template.push({ variable });
    } else {
      return { refused: '${claims:<name>}, ${daypass:<key>}, ${aws:<key>}, ${*}, ${?} or ${$}' };
    }
    position = end + 1;
  }
  if (literal !== '') template.push({ literal });
  return { template };
}

/** `${aws:username}`, `${aws:PrincipalTag/Cost Center, 'none'}`: whether AWS has such a key is AWS's to say. */
const isForAws = (variable: string) => ['*', '?', '$'].includes(variable) || /^aws:[^${}]+$/.test(variable);

/** The variables of a template, as written. */
export function toVariables(template: Template): readonly string[] {
  return template.flatMap((part) => ('variable' in part ? [part.variable] : []));
}

/** Why a template cannot be rendered for this principal: a denial, with the variable named in the audit record. */
export interface TemplateRefusal {
  readonly variable: string;
  readonly because: 'missing' | 'unsafe';
}

/**
 * Fills in the values.
 *
 * @param toValue the value of a variable; `undefined` when the principal has none
 * @param isSafe whether a value may stand where the template stands
 */
export function renderTemplate(
  template: Template,
  toValue: (variable: string) => string | undefined,
  isSafe: (value: string) => boolean,
): { readonly text: string } | TemplateRefusal {
  let text = '';
  for (const part of template) {
    if ('literal' in part) {
      text += part.literal;
      continue;
    }
    const value = toValue(part.variable);
    if (value === undefined) return { variable: part.variable, because: 'missing' };
    if (!isSafe(value)) return { variable: part.variable, because: 'unsafe' };
    text += value;
  }
  return { text };
}

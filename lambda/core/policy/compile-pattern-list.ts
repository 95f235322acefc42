import { splitArn } from './arn.ts';
import { type Place, placeAt, readOneOrMore, refuse } from './document-place.ts';
import type { PatternList } from './policy.ts';
import { type PolicyText, parsePolicyText, variableForm } from './policy-text.ts';
import { checkVariables, type StatementScope } from './statement-scope.ts';

/** `*`, or a service's prefix (itself whole or `*`), a colon and a name. */
const actionSyntax = /^(?:\*|(?:\*|[A-Za-z0-9-]+):[A-Za-z0-9*?_-]+)$/;
const actionForm = '"*", or an action such as sts:AssumeRole, with * and ? after the colon only';
const resourceForm =
  '"*", or an ARN with all six fields, without wildcards in the service and without variables before the resource';

/** Compiles Action or NotAction. They have no variables. */
export function compileActions(
  statement: Place,
  elements: ReadonlyMap<string, Place>,
): PatternList | undefined {
  const place = readEither(statement, elements, 'Action');
  return (
    place &&
    compileList(place, actionForm, false, (item, text) => {
      if (!actionSyntax.test(text)) refuse(item, actionForm);
    })
  );
}

/** Compiles Resource or NotResource. */
export function compileResources(
  statement: Place,
  elements: ReadonlyMap<string, Place>,
  scope: StatementScope,
): PatternList | undefined {
  const place = readEither(statement, elements, 'Resource');
  return (
    place &&
    compileList(place, resourceForm, scope.variables, (item, text) => {
      const parts = parsePolicyText(text, scope.variables);
      if (parts === undefined) refuse(item, variableForm);
      else if (text !== '*' && !isResource(parts)) refuse(item, resourceForm);
      else checkVariables(item, parts, scope);
    })
  );
}

interface FoundElement extends Place {
  readonly negated: boolean;
}

/** Exactly one of an element and its negation. */
function readEither(
  statement: Place,
  elements: ReadonlyMap<string, Place>,
  name: 'Action' | 'Resource',
): FoundElement | undefined {
  const [positive, negative] = [elements.get(name), elements.get(`Not${name}`)];
  if (positive !== undefined && negative !== undefined) refuse(negative, `${name} or Not${name}, not both`);
  if (positive !== undefined) return { ...positive, negated: false };
  if (negative !== undefined) return { ...negative, negated: true };
  return refuse(placeAt(statement, name, undefined), `${name} or Not${name}`);
}

function compileList(
  element: FoundElement,
  form: string,
  variables: boolean,
  check: (item: Place, text: string) => void,
): PatternList | undefined {
  const patterns = readOneOrMore(element, form)?.map((item) => {
    if (typeof item.value !== 'string') return refuse(item, form);
    check(item, item.value);
    return item.value;
  });
  if (!patterns?.every((pattern) => pattern !== undefined)) return undefined;
  return { negated: element.negated, patterns, variables };
}

/** Source: IAM guide, "Resource": no wildcard in the service, and variables after the fifth colon only. */
function isResource(text: PolicyText): boolean {
  const fields = splitArn(text);
  if (fields === undefined) return false;
  const isPlain = fields.slice(0, -1).every((field) => field.every(({ type }) => type === 'text'));
  return isPlain && fields[2]?.every((part) => part.type === 'text' && !/[*?]/.test(part.text)) === true;
}

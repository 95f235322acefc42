import { compileConditions } from './compile-condition.ts';
import { compileActions, compileResources } from './compile-pattern-list.ts';
import { compilePrincipals } from './compile-principal.ts';
import { type Place, placeAt, readEntries, refuse } from './document-place.ts';
import type { Effect, PolicyGrammar, PrincipalPattern, Statement } from './policy.ts';

/** A statement's elements by name. */
type Elements = ReadonlyMap<string, Place>;

/** IAM takes letters and digits. Its console writes an empty one, which is none. */
const sidSyntax = /^[A-Za-z0-9]*$/;
const notPrincipalForm =
  'Principal; to leave somebody out, write a Deny or a condition on the principal, because NotPrincipal allows everybody who was forgotten';

/** What a document says that its statements depend on. */
export interface DocumentScope {
  readonly grammar: PolicyGrammar;
  /** Whether its Version knows variables. */
  readonly variables: boolean;
}

/** Compiles one statement; `undefined`, and problems, when it is no object or has no effect. */
export function compileStatement(
  place: Place,
  index: number,
  document: DocumentScope,
): Statement | undefined {
  const elements = readEntries(place, 'a statement: an object with Effect');
  if (elements === undefined) return undefined;
  const { grammar } = document;
  checkElements(elements, grammar);
  const sid = compileSid(elements);
  const effect = compileEffect(place, elements);
  const hasPrincipal = grammar.principal === 'required';
  const principals = hasPrincipal ? compilePrincipal(place, elements, effect, grammar) : undefined;
  const scope = { ...document, effect, principals: hasPrincipal ? principals : [] };
  const actions = grammar.action === 'required' ? compileActions(place, elements) : undefined;
  const resources = grammar.resource === 'required' ? compileResources(place, elements, scope) : undefined;
  const condition = elements.get('Condition');
  const conditions = condition === undefined ? [] : compileConditions(condition, scope);
  if (effect === undefined) return undefined;
  return {
    index,
    ...(sid === undefined ? {} : { sid }),
    effect,
    ...(principals === undefined ? {} : { principals }),
    ...(actions === undefined ? {} : { actions }),
    ...(resources === undefined ? {} : { resources }),
    conditions,
  };
}

function checkElements(elements: Elements, grammar: PolicyGrammar): void {
  const known = [
    'Sid',
    'Effect',
    ...(grammar.principal === 'required' ? ['Principal'] : []),
    ...(grammar.action === 'required' ? ['Action', 'NotAction'] : []),
    ...(grammar.resource === 'required' ? ['Resource', 'NotResource'] : []),
    'Condition',
  ];
  for (const [name, place] of elements) {
    if (known.includes(name)) continue;
    const isNotPrincipal = name === 'NotPrincipal' && grammar.principal === 'required';
    refuse(place, isNotPrincipal ? notPrincipalForm : `one of the elements ${known.join(', ')}`);
  }
}

function compileSid(elements: Elements): string | undefined {
  const place = elements.get('Sid');
  if (place === undefined || place.value === '') return undefined;
  const { value } = place;
  return typeof value === 'string' && sidSyntax.test(value) ? value : refuse(place, 'letters and digits');
}

function compileEffect(statement: Place, elements: Elements): Effect | undefined {
  const place = elements.get('Effect') ?? placeAt(statement, 'Effect', undefined);
  if (place.value === 'Allow' || place.value === 'Deny') return place.value;
  return refuse(place, '"Allow" or "Deny"');
}

function compilePrincipal(
  statement: Place,
  elements: Elements,
  effect: Effect | undefined,
  grammar: PolicyGrammar,
): readonly PrincipalPattern[] | undefined {
  const place = elements.get('Principal');
  if (place !== undefined) return compilePrincipals(place, effect, grammar);
  // Who wrote NotPrincipal has been told what to write instead.
  if (elements.has('NotPrincipal')) return undefined;
  return refuse(placeAt(statement, 'Principal', undefined), 'a Principal');
}

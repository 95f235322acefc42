import { compileStatement } from './compile-statement.ts';
import { type Place, placeAt, readEntries, readOneOrMore, refuse } from './document-place.ts';
import type { Policy, PolicyGrammar, Problem, Statement } from './policy.ts';

/** An IAM role's trust policy. */
export const trustPolicyGrammar: PolicyGrammar = {
  document: 'policy',
  principal: 'required',
  action: 'required',
  resource: 'forbidden',
};

/** An identity policy or a session policy. */
export const identityPolicyGrammar: PolicyGrammar = {
  document: 'policy',
  principal: 'forbidden',
  action: 'required',
  resource: 'required',
};

/** The policy of a resource such as an API: it names who may do what with which part of it. */
export const resourcePolicyGrammar: PolicyGrammar = {
  document: 'policy',
  principal: 'required',
  action: 'required',
  resource: 'required',
};

/** Since this Version `${…}` is a variable. */
const currentVersion = '2012-10-17';
const oldVersion = '2008-10-17';
const policyForm = 'a policy: an object with Version and Statement';
const statementsForm = 'at least one statement';

/** A document that is no policy. `problems` has everything that is wrong with it, and `message` says it all. */
export class PolicyError extends TypeError {
  override readonly name = 'PolicyError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(`the policy cannot be taken: ${problems.map(describeProblem).join('; ')}`);
    this.problems = problems;
  }
}

/**
 * Reads a policy document, so that evaluating it afterwards cannot fail. Whatever is not understood is an error
 * here: a statement that silently did not apply could have been a Deny.
 *
 * @param document - as JSON or YAML parsed it
 * @throws PolicyError with all problems at once
 */
export function compilePolicy(document: unknown, grammar: PolicyGrammar): Policy {
  const problems: Problem[] = [];
  const root: Place = { path: [], value: document, problems };
  const statements =
    grammar.document === 'policy' ? compileDocument(root, grammar) : compileList(root, grammar);
  if (problems.length > 0) throw new PolicyError(problems);
  return { statements };
}

/** `Statement[0].Effect: "allow" is not allowed; allowed is "Allow" or "Deny"`, for messages. */
export function describeProblem({ path, value, allowed }: Problem): string {
  const where = path.length === 0 ? 'the document' : describePath(path);
  return `${where}: ${describeValue(value)} is not allowed; allowed is ${allowed}`;
}

function compileDocument(root: Place, grammar: PolicyGrammar): readonly Statement[] {
  const elements = readEntries(root, policyForm);
  if (elements === undefined) return [];
  for (const [name, place] of elements) {
    if (!['Version', 'Id', 'Statement'].includes(name))
      refuse(place, 'the elements Version, Id and Statement');
  }
  const id = elements.get('Id');
  if (id !== undefined && typeof id.value !== 'string') refuse(id, 'a string');
  const variables = compileVersion(elements.get('Version'));
  const statement = elements.get('Statement') ?? placeAt(root, 'Statement', undefined);
  return compileStatements(statement, grammar, variables);
}

/** The bare list, as in a profile's `trust`, has no Version and speaks the current one. */
function compileList(root: Place, grammar: PolicyGrammar): readonly Statement[] {
  if (!Array.isArray(root.value)) return refuse(root, 'a list of statements') ?? [];
  return compileStatements(root, grammar, true);
}

/** Whether the document knows variables. */
function compileVersion(place: Place | undefined): boolean {
  if (place === undefined || place.value === oldVersion) return false;
  if (place.value !== currentVersion) refuse(place, `"${currentVersion}" or "${oldVersion}"`);
  return true;
}

function compileStatements(place: Place, grammar: PolicyGrammar, variables: boolean): readonly Statement[] {
  const places = readOneOrMore(place, statementsForm) ?? [];
  const statements = places.map((item, index) => compileStatement(item, index, { grammar, variables }));
  places.forEach((item, index) => {
    const sid = statements[index]?.sid;
    const first = statements.findIndex((statement) => statement !== undefined && statement.sid === sid);
    if (sid !== undefined && first !== index)
      refuse(placeAt(item, 'Sid', sid), 'a Sid that no other statement has');
  });
  return statements.filter((statement) => statement !== undefined);
}

function describePath(path: readonly (string | number)[]): string {
  const steps = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    return /^\w+$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  });
  return steps.join('').replace(/^\./, '');
}

/** Short, because a document may be long, and of one line, because a log is read by lines. */
function describeValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  const isPlain = value === null || typeof value === 'number' || typeof value === 'boolean';
  return isPlain ? String(value) : `a value of type ${typeof value}`;
}

import { parseOperatorName } from '../lambda/core/policy/operator-name.ts';
import type { Problem } from '../lambda/core/policy/policy.ts';
import { isOfVersion, type SessionPolicyTemplate } from '../lambda/core/session-policy.ts';
import { distinct } from './distinct.ts';
import type { IamStatement } from './permissions.ts';

/** What one statement lets federated sessions do, whoever they are for. */
export type WidenedStatement = Omit<IamStatement, 'Sid'>;

/**
 * The Allow statements of a session policy with a wildcard in the place of every value that a caller brings: whatever
 * the policy allows once it's rendered, they allow too, and only to sessions. The policy itself, rendered for each
 * issuance, narrows the session to its caller's own.
 *
 * @param report hears of what can't be widened, with its place in the policy
 */
export function widenSessionPolicy(
  policy: SessionPolicyTemplate,
  report: (problem: Problem) => void,
): readonly WidenedStatement[] {
  if (!isOfVersion(policy, currentVersion)) {
    const allowed = `"${currentVersion}", as the federator's own policies have it: another one reads \${…} otherwise`;
    report({ path: ['Version'], value: toPlain(find(policy, 'Version')), allowed });
  }
  const statements = toItems(find(policy, 'Statement'));
  return statements.flatMap(({ node, at }) =>
    toPlain(find(node, 'Effect')) === 'Allow' ? [widenStatement(node, ['Statement', ...at], report)] : [],
  );
}

const currentVersion = '2012-10-17';

function widenStatement(
  statement: SessionPolicyTemplate,
  path: Problem['path'],
  report: (problem: Problem) => void,
): WidenedStatement {
  for (const [element, instead] of [
    ['NotAction', 'Action'],
    ['NotResource', 'Resource'],
  ] as const) {
    const node = find(statement, element);
    if (node === undefined) continue;
    const allowed = `${instead} in an Allow of this mechanism: the federator's user would have everything else, for the sessions of every profile`;
    report({ path: [...path, element], value: toPlain(node), allowed });
  }
  return {
    Effect: 'Allow',
    Action: distinct(toTexts(find(statement, 'Action'))),
    Resource: distinct(toTexts(find(statement, 'Resource'))),
    Condition: forSessionsAlone(widenConditions(find(statement, 'Condition'))),
  };
}

type Conditions = NonNullable<IamStatement['Condition']>;

/**
 * Those conditions that hold for everybody for whom the rendered ones hold. An operator with wildcards takes one in the
 * place of a caller's value; from any other the key is left out, as one condition less allows more.
 */
function widenConditions(conditions: SessionPolicyTemplate | undefined): Conditions {
  const operators = toEntries(conditions).map(([operator, keys]) => {
    const kept = toEntries(keys).filter(([, values]) => !holdsTemplate(values) || hasWildcards(operator));
    return [operator, Object.fromEntries(kept.map(([key, values]) => [key, toTexts(values)]))] as const;
  });
  return Object.fromEntries(operators.filter(([, keys]) => Object.keys(keys).length > 0));
}

/** By IAM's documentation ArnEquals and ArnLike do the same. */
const hasWildcards = (name: string) =>
  ['StringLike', 'ArnLike', 'ArnEquals'].includes(parseOperatorName(name)?.operator ?? '');

const tokenIssueTime = 'aws:TokenIssueTime';

/** Only temporary credentials have the time at which they were issued: the long-term key itself may do nothing of it. */
function forSessionsAlone(conditions: Conditions): Conditions {
  const isNull = (operator: string) => operator.toLowerCase() === 'null';
  const others = Object.entries(conditions).filter(([operator]) => !isNull(operator));
  const nulls = Object.entries(conditions)
    .filter(([operator]) => isNull(operator))
    .flatMap(([, keys]) => Object.entries(keys))
    .filter(([key]) => key.toLowerCase() !== tokenIssueTime.toLowerCase());
  return { ...Object.fromEntries(others), Null: { ...Object.fromEntries(nulls), [tokenIssueTime]: 'false' } };
}

const toEntries = (node: SessionPolicyTemplate | undefined) => (node?.kind === 'object' ? node.entries : []);

const find = (node: SessionPolicyTemplate | undefined, key: string): SessionPolicyTemplate | undefined =>
  toEntries(node).find(([name]) => name === key)?.[1];

interface Item {
  readonly node: SessionPolicyTemplate;
  /** Its index, where it stands in a list. */
  readonly at: Problem['path'];
}

/** IAM's one or more. */
function toItems(node: SessionPolicyTemplate | undefined): readonly Item[] {
  if (node === undefined) return [];
  return node.kind === 'list'
    ? node.items.map((item, index) => ({ node: item, at: [index] }))
    : [{ node, at: [] }];
}

const toTexts = (node: SessionPolicyTemplate | undefined): readonly string[] =>
  toItems(node).map(({ node: item }) =>
    item.kind === 'template'
      ? item.template.map((part) => ('literal' in part ? part.literal : '*')).join('')
      : String(toPlain(item)),
  );

function holdsTemplate(node: SessionPolicyTemplate): boolean {
  return toItems(node).some(({ node: item }) => item.kind === 'template');
}

/** As it was written, for messages. */
function toPlain(node: SessionPolicyTemplate | undefined): unknown {
  if (node?.kind === 'constant') return node.value;
  if (node?.kind === 'template') return toText(node);
  return node?.kind === 'list' ? node.items.map(toPlain) : undefined;
}

const toText = ({ template }: Extract<SessionPolicyTemplate, { readonly kind: 'template' }>): string =>
  template.map((part) => ('literal' in part ? part.literal : `\${${part.variable}}`)).join('');

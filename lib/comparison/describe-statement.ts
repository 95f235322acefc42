import type {
  Condition,
  ConditionOperator,
  PatternList,
  PrincipalPattern,
  Statement,
} from '../../lambda/core/policy/policy.ts';

/** `Allow okta where some of claims:groups is sre and daypass:MultiFactorAuthPresent is true` */
export function describeStatement(statement: Statement): string {
  const { effect, principals, actions, resources, conditions } = statement;
  const asked = conditions.map(describeCondition).join(' and ');
  return [
    effect,
    ...describePrincipals(principals),
    ...describePatterns(actions),
    ...(resources === undefined ? [] : ['on', ...describePatterns(resources)]),
    ...(asked === '' ? [] : [`where ${asked}`]),
  ].join(' ');
}

/** In no words where the policy has no principals. */
const describePrincipals = (principals: Statement['principals']): readonly string[] =>
  principals === undefined ? [] : [joinWords(principals.map(describePrincipal))];

export function describePrincipal(principal: PrincipalPattern): string {
  switch (principal.type) {
    case 'Any':
      return 'everybody';
    case 'Federated':
      return principal.provider;
    case 'AWS':
      return principal.arn;
    case 'Account':
      return `account ${principal.accountId}`;
    case 'Service':
      return principal.service;
  }
}

const describePatterns = (list: PatternList | undefined): readonly string[] =>
  list === undefined ? [] : [`${list.negated ? 'all but ' : ''}${joinWords(list.patterns)}`];

const joinWords = (words: readonly string[]) => words.join(', ');

/** `some of claims:groups is sre or developers` */
export function describeCondition(condition: Condition): string {
  const { operator, qualifier, ifExists, key, values } = condition;
  if (operator === 'Null') return describeNull(key, values);
  const of = qualifier === undefined ? '' : qualifier === 'ForAnyValue' ? 'some of ' : 'all of ';
  const where = ifExists ? ' (where there is one)' : '';
  return `${of}${key}${where} ${verbs[operator]} ${values.map(quote).join(isNot(operator) ? ' nor ' : ' or ')}`;
}

const describeNull = (key: string, values: readonly string[]): string => {
  if (values.includes('true') && values.includes('false')) return `${key} is there or not`;
  return values.includes('true') ? `there is no ${key}` : `there is a ${key}`;
};

/** Text that would read as something else, or as more than one value, stands in quotes. */
const quote = (value: string) => (/^[\w.:/@*?=+,${}#-]+$/.test(value) ? value : JSON.stringify(value));

const isNot = (operator: ConditionOperator) => operator.includes('Not');

const verbs: Readonly<Record<Exclude<ConditionOperator, 'Null'>, string>> = {
  StringEquals: 'is',
  StringNotEquals: 'is not',
  StringEqualsIgnoreCase: 'is (in any case)',
  StringNotEqualsIgnoreCase: 'is (in any case) not',
  StringLike: 'is like',
  StringNotLike: 'is not like',
  NumericEquals: 'is',
  NumericNotEquals: 'is not',
  NumericLessThan: 'is less than',
  NumericLessThanEquals: 'is at most',
  NumericGreaterThan: 'is more than',
  NumericGreaterThanEquals: 'is at least',
  DateEquals: 'is',
  DateNotEquals: 'is not',
  DateLessThan: 'is before',
  DateLessThanEquals: 'is at the latest',
  DateGreaterThan: 'is after',
  DateGreaterThanEquals: 'is at the earliest',
  Bool: 'is',
  BinaryEquals: 'is',
  IpAddress: 'is in',
  NotIpAddress: 'is not in',
  ArnEquals: 'is like',
  ArnLike: 'is like',
  ArnNotEquals: 'is not like',
  ArnNotLike: 'is not like',
};

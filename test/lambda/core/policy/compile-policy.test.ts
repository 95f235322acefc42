import { describe, expect, it } from '@jest/globals';
import {
  compilePolicy,
  identityPolicyGrammar,
  PolicyError,
  trustPolicyGrammar,
} from '../../../../lambda/core/policy/compile-policy.ts';
import type { PolicyGrammar, Problem } from '../../../../lambda/core/policy/policy.ts';
import { conditionRefusalRows } from './tables/condition-refusal-rows.ts';
import { refusalRows } from './tables/refusal-rows.ts';

const statementsGrammar: PolicyGrammar = {
  document: 'statements',
  principal: 'required',
  action: 'forbidden',
  resource: 'forbidden',
};
const grammars = {
  identity: identityPolicyGrammar,
  trust: trustPolicyGrammar,
  statements: statementsGrammar,
};

function problemsOf(document: unknown, grammar: PolicyGrammar): readonly Problem[] {
  try {
    compilePolicy(document, grammar);
  } catch (error) {
    if (error instanceof PolicyError) return error.problems;
    throw error;
  }
  return [];
}

describe('compilePolicy', () => {
  it.each([...refusalRows, ...conditionRefusalRows])(
    'refuses $name ($grammar) at $path',
    ({ grammar, document, path, allowed }) => {
      const problems = problemsOf(document, grammars[grammar]);

      expect(problems.map((problem) => problem.path)).toEqual([path]);
      expect(problems[0]?.allowed).toContain(allowed);
    },
  );

  it('gathers the problems of all statements when there are several', () => {
    const document = {
      Version: '2013-01-01',
      Statement: [
        { Effect: 'allow', Action: 'x', Resource: '*' },
        { Effect: 'Deny', Action: '*', Resource: 'y', Condition: { Bool: { 'a:b': 'maybe' }, Not: {} } },
      ],
    };

    expect(problemsOf(document, identityPolicyGrammar).map(({ path }) => path.join('.'))).toEqual([
      'Version',
      'Statement.0.Effect',
      'Statement.0.Action',
      'Statement.1.Resource',
      'Statement.1.Condition.Bool.a:b',
      'Statement.1.Condition.Not',
    ]);
  });

  it('says path, value and what is allowed when it refuses', () => {
    const document = { Version: '2012-10-17', Statement: [{ Effect: 'allow', Action: '*', Resource: '*' }] };

    expect(() => compilePolicy(document, identityPolicyGrammar)).toThrow(
      'Statement[0].Effect: "allow" is not allowed; allowed is "Allow" or "Deny"',
    );
  });

  it('keeps the message to one line when a value is long or has line breaks', () => {
    const Condition = { Bool: { 'a:b\nc': 'x\n'.repeat(1000) } };

    const refusing = () =>
      compilePolicy(
        { Statement: { Effect: 'Deny', Action: '*', Resource: '*', Condition } },
        identityPolicyGrammar,
      );

    expect(refusing).toThrow(/^.{1,300}$/);
  });

  it('keeps the order, the index and the Sid of statements when it takes them', () => {
    const statements = [
      { Sid: '', Effect: 'Allow', Principal: { Federated: ['a', 'b'] } },
      { Sid: 'Second', Effect: 'Deny', Principal: '*', Condition: { bool: { 'a:B': true } } },
    ];

    expect(compilePolicy(statements, statementsGrammar)).toEqual({
      statements: [
        {
          index: 0,
          effect: 'Allow',
          principals: [
            { type: 'Federated', provider: 'a' },
            { type: 'Federated', provider: 'b' },
          ],
          conditions: [],
        },
        {
          index: 1,
          sid: 'Second',
          effect: 'Deny',
          principals: [{ type: 'Any' }],
          conditions: [{ operator: 'Bool', ifExists: false, key: 'a:B', values: ['true'], variables: false }],
        },
      ],
    });
  });

  it('reads every form of AWS principal when it stands alone or in a list', () => {
    const arns = [
      'arn:aws:iam::111111111111:user/jo@example.com',
      'arn:aws-cn:iam::111111111111:role/a/b/c',
      'arn:aws-us-gov:sts::111111111111:assumed-role/role/session=1',
      'arn:aws:sts::111111111111:federated-user/jo',
    ];

    const { statements } = compilePolicy(
      [
        {
          Effect: 'Allow',
          Principal: { AWS: ['*', '111111111111', 'arn:aws-iso-b:iam::222222222222:root', ...arns] },
        },
      ],
      statementsGrammar,
    );

    expect(statements[0]?.principals).toEqual([
      { type: 'Any' },
      { type: 'Account', accountId: '111111111111' },
      { type: 'Account', accountId: '222222222222' },
      ...arns.map((arn) => ({ type: 'AWS', arn })),
    ]);
  });
});

describe('a grammar with hooks', () => {
  const grammar: PolicyGrammar = {
    ...statementsGrammar,
    refusePrincipal: ({ type }, effect) => (type === 'Any' && effect === 'Allow' ? 'an issuer' : undefined),
    describeConditionKey: (key, principals) => {
      if (key.toLowerCase() === 'claims:groups') return { kind: 'list' };
      if (key === 'claims:mixed') return { kind: 'any' };
      const isOkta = principals.some(
        (principal) => principal.type === 'Federated' && principal.provider === 'okta',
      );
      return key === 'claims:team' && isOkta
        ? { kind: 'scalar' }
        : { refused: 'claims:team or claims:groups' };
    },
  };
  const isPresent = { Null: { 'Claims:groups': 'false' } };
  const compiling = (Condition: object, Effect = 'Allow', Principal: unknown = { Federated: 'okta' }) =>
    problemsOf([{ Effect, Principal, Condition }], grammar).map(({ allowed }) => allowed);

  it('refuses a principal in an Allow only when the hook does', () => {
    expect(compiling({}, 'Allow', '*')).toEqual(['an issuer']);
    expect(compiling({}, 'Deny', '*')).toEqual([]);
  });

  it.each([
    ['a scalar', { StringEquals: { 'claims:team': 'web' } }],
    ['a list with ForAnyValue', { 'ForAnyValue:StringEquals': { 'claims:groups': 'sre' } }],
    ['a list in Null', isPresent],
    ['a key of any kind without a set operator', { StringEquals: { 'claims:mixed': 'a' } }],
    ['a key of any kind with one', { 'ForAnyValue:StringEquals': { 'claims:mixed': 'a' } }],
    ['ForAllValues beside Null', { 'ForAllValues:StringEquals': { 'claims:groups': 'sre' }, ...isPresent }],
    ['a variable of a scalar', { StringEquals: { 'claims:team': '${claims:team}' } }],
  ])('takes %s', (_name, condition) => {
    expect(compiling(condition)).toEqual([]);
  });

  it.each([
    ['an unknown key', { StringEquals: { 'claims:role': 'x' } }, 'claims:team or claims:groups'],
    [
      'a list without a set operator',
      { StringEquals: { 'claims:groups': 'sre' } },
      'ForAnyValue:StringEquals',
    ],
    [
      'a scalar with ForAnyValue',
      { 'ForAnyValue:StringEquals': { 'claims:team': 'web' } },
      'without ForAnyValue:',
    ],
    ['ForAllValues without Null', { 'ForAllValues:StringEquals': { 'claims:groups': 'sre' } }, 'with Null'],
    [
      'ForAllValues beside Null of another key',
      { 'ForAllValues:StringEquals': { 'claims:groups': 'sre' }, Null: { 'claims:mixed': 'false' } },
      'with Null',
    ],
    [
      'ForAllValues beside Null true',
      { 'ForAllValues:StringEquals': { 'claims:groups': 'sre' }, Null: { 'claims:groups': 'true' } },
      'with Null',
    ],
    [
      'ForAllValues beside Null true or false',
      {
        'ForAllValues:StringEquals': { 'claims:groups': 'sre' },
        Null: { 'claims:groups': ['false', 'true'] },
      },
      'with Null',
    ],
    [
      'an unknown variable',
      { StringEquals: { 'claims:team': '${claims:role}' } },
      'a variable of claims:team',
    ],
    [
      'a variable of a list',
      { StringEquals: { 'claims:team': '${claims:groups}' } },
      'claims:groups is a list',
    ],
  ])('refuses %s', (_name, condition, allowed) => {
    expect(compiling(condition)).toEqual([expect.stringContaining(allowed)]);
  });

  it('takes ForAllValues without Null when the effect is Deny', () => {
    expect(compiling({ 'ForAllValues:StringEquals': { 'claims:groups': 'sre' } }, 'Deny')).toEqual([]);
  });

  it("looks keys up by the statement's own principals", () => {
    const condition = { StringEquals: { 'claims:team': 'web' } };

    expect(compiling(condition, 'Allow', { Federated: 'github' })).toEqual(['claims:team or claims:groups']);
  });

  it('reports a wrong principal alone when keys depend on it', () => {
    const condition = { StringEquals: { 'claims:nothing': 'web' } };

    expect(compiling(condition, 'Allow', { Federated: '*' })).toHaveLength(1);
  });
});

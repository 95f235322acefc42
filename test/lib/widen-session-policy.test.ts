import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compilePolicy, identityPolicyGrammar } from '../../lambda/core/policy/compile-policy.ts';
import { evaluatePolicy } from '../../lambda/core/policy/evaluate-policy.ts';
import type { Problem } from '../../lambda/core/policy/policy.ts';
import { compileSessionPolicy, renderSessionPolicy } from '../../lambda/core/session-policy.ts';
import { widenSessionPolicy } from '../../lib/widen-session-policy.ts';

const version = '2012-10-17';

function compile(...Statement: readonly object[]) {
  return compileSessionPolicy(
    { Version: version, Statement },
    ({ allowed }) => {
      throw new TypeError(allowed);
    },
    () => {},
  );
}

function widen(...statements: readonly object[]) {
  const problems: Problem[] = [];
  const widened = widenSessionPolicy(compile(...statements), (problem) => problems.push(problem));
  expect(problems).toEqual([]);
  return widened;
}

const Null = { 'aws:TokenIssueTime': 'false' };
const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::reports/*' } as const;
const conditionOf = (Condition: object) => widen({ ...read, Condition })[0]?.Condition;

describe('widenSessionPolicy', () => {
  it('takes the Allow statements alone, without their Sids', () => {
    expect(widen({ Sid: 'One', ...read }, { Effect: 'Deny', Action: 'iam:*', Resource: '*' })).toEqual([
      {
        Effect: 'Allow',
        Action: ['s3:GetObject'],
        Resource: ['arn:aws:s3:::reports/*'],
        Condition: { Null },
      },
    ]);
  });

  it.each([
    [`arn:aws:s3:::reports/\${claims:team}/*`, 'arn:aws:s3:::reports/*/*'],
    [`arn:aws:s3:::\${claims:team}-\${daypass:Subject}`, 'arn:aws:s3:::*-*'],
    [`arn:aws:s3:::home/\${aws:userid}/\${claims:team}/\${*}`, `arn:aws:s3:::home/\${aws:userid}/*/\${*}`],
    ['arn:aws:s3:::reports/a?b', 'arn:aws:s3:::reports/a?b'],
  ])('puts a wildcard in the place of each value: %s', (Resource, expected) => {
    expect(widen({ ...read, Resource })[0]?.Resource).toEqual([expected]);
  });

  it.each([
    ['StringLike', { 's3:prefix': [`\${claims:team}/*`, 'shared/*'] }, { 's3:prefix': ['*/*', 'shared/*'] }],
    ['ForAnyValue:StringLike', { 'aws:TagKeys': `\${claims:team}` }, { 'aws:TagKeys': ['*'] }],
    ['StringLikeIfExists', { 's3:prefix': `\${claims:team}` }, { 's3:prefix': ['*'] }],
    [
      'ArnLike',
      { 'aws:SourceArn': `arn:aws:sns:eu-west-1:111111111111:\${claims:team}` },
      { 'aws:SourceArn': ['arn:aws:sns:eu-west-1:111111111111:*'] },
    ],
    ['StringEquals', { 's3:x': 'constant', 's3:y': `\${claims:team}` }, { 's3:x': ['constant'] }],
    ['Bool', { 'aws:SecureTransport': true }, { 'aws:SecureTransport': ['true'] }],
    ['NumericLessThan', { 's3:max-keys': 100 }, { 's3:max-keys': ['100'] }],
  ])('keeps of %s %j what holds for everybody', (operator, keys, expected) => {
    expect(conditionOf({ [operator]: keys })).toEqual({ [operator]: expected, Null });
  });

  it.each([
    ['StringEquals', { 's3:prefix': `\${claims:team}` }],
    ['StringNotEquals', { 's3:prefix': `\${claims:team}` }],
    ['StringNotLike', { 's3:prefix': [`\${claims:team}/*`, 'x'] }],
    ['StringEqualsIgnoreCase', { 's3:prefix': `\${claims:team}` }],
    ['ForAllValues:StringNotLike', { 'aws:TagKeys': `\${claims:team}` }],
    ['ArnNotLike', { 'aws:SourceArn': `arn:aws:sns:eu-west-1:111111111111:\${claims:team}` }],
  ])('leaves out a condition that a wildcard would not widen: %s %j', (operator, keys) => {
    expect(conditionOf({ [operator]: keys })).toEqual({ Null });
  });

  it.each([
    [{ Null: { 's3:prefix': 'false' } }, { Null: { 's3:prefix': ['false'], ...Null } }],
    [{ null: { 's3:prefix': 'false' } }, { Null: { 's3:prefix': ['false'], ...Null } }],
    [{ Null: { 'AWS:tokenissuetime': 'true' } }, { Null }],
    [{ Null: { 'aws:TokenIssueTime': ['true', 'false'] } }, { Null }],
  ])('is for sessions alone, whatever is written beside it: %j', (Condition, expected) => {
    expect(conditionOf(Condition)).toEqual(expected);
  });
});

/*
 * Random policies and requests from a small vocabulary, so that many match: whatever a rendered session policy allows to a
 * federated session, the widened statements allow as well, and to the key nothing.
 */
const bracket = (name: string) => `\${${name}}`;
const variables = ['claims:team', 'claims:unit', 'daypass:Subject'];
const words = ['a', 'b', 'ab', 'a.b', 'team', '*', '?', 'a*', bracket('*'), bracket('aws:PrincipalTag/Team')];
const part = fc.oneof(fc.constantFrom(...words), fc.constantFrom(...variables.map(bracket)));
const path = fc.array(part, { minLength: 1, maxLength: 3 });
const resource = fc.oneof(
  fc
    .tuple(fc.constantFrom('arn:aws:s3:::', 'arn:aws:s3:::data/'), path, fc.constantFrom('/', '', '-'))
    .map(([prefix, parts, separator]) => prefix + parts.join(separator)),
  fc.constant('*'),
);
const oneOrMore = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof(value, fc.array(value, { minLength: 1, maxLength: 3 }));

const textOperators = [
  'StringEquals',
  'StringNotEquals',
  'StringLike',
  'StringNotLike',
  'StringEqualsIgnoreCase',
];
const operator = fc
  .tuple(
    fc.constantFrom('', 'ForAllValues:', 'ForAnyValue:'),
    fc.constantFrom(...textOperators),
    fc.boolean(),
  )
  .map(([set, name, ifExists]) => `${set}${name}${ifExists && set !== 'ForAnyValue:' ? 'IfExists' : ''}`);
const condition = fc.oneof(
  fc.dictionary(
    operator,
    fc.dictionary(fc.constantFrom('s3:prefix', 'aws:x'), oneOrMore(path.map((parts) => parts.join('/'))), {
      minKeys: 1,
    }),
    { maxKeys: 2 },
  ),
  fc.constant({ Null: { 's3:prefix': 'false' } }),
  fc.record({
    ArnLike: fc.record({
      'aws:SourceArn': path.map((parts) => `arn:aws:sns:eu-west-1:1:${parts.join('')}`),
    }),
  }),
);
const action = fc.constantFrom('s3:GetObject', 's3:ListBucket', 's3:*', 's3:Get*', '*');
const statement = fc.record({
  Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
  Action: oneOrMore(action),
  Resource: oneOrMore(resource),
  Condition: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 3, arbitrary: condition }),
});

const value = fc.constantFrom('a', 'b', 'ab', 'a.b', 'team', 'a-b');
const values = fc.record({ 'claims:team': value, 'claims:unit': value, 'daypass:Subject': value });
const plainPath = fc.array(fc.constantFrom('a', 'b', 'ab', 'a.b', 'team', '*', 'x'), {
  minLength: 1,
  maxLength: 4,
});
const plain = fc
  .tuple(plainPath, fc.constantFrom('/', '', '-'))
  .map(([parts, separator]) => parts.join(separator));
const request = fc.record({
  action: fc.constantFrom('s3:GetObject', 's3:ListBucket', 'dynamodb:Query'),
  resource: fc
    .tuple(fc.constantFrom('arn:aws:s3:::', 'arn:aws:s3:::data/'), plain)
    .map(([prefix, rest]) => prefix + rest),
  context: fc.record(
    {
      's3:prefix': fc.oneof(plain, fc.array(plain, { maxLength: 2 })),
      'aws:x': plain,
      'aws:sourcearn': plain.map((rest) => `arn:aws:sns:eu-west-1:1:${rest}`),
      'aws:principaltag/team': value,
    },
    { requiredKeys: [] },
  ),
});

describe('whatever a rendered session policy allows', () => {
  const evaluate = (
    document: unknown,
    { action: Action, resource: Resource }: { action: string; resource: string },
    context: object,
  ) =>
    evaluatePolicy([compilePolicy(document, identityPolicyGrammar)], {
      action: Action,
      resource: Resource,
      context: new Map(Object.entries(context)),
    }).effect;

  it('the widened statements allow to federated sessions, and nothing of it to the key', () => {
    let allowed = 0;
    fc.assert(
      fc.property(
        fc.array(statement, { minLength: 1, maxLength: 3 }),
        values,
        fc.array(request, { minLength: 8, maxLength: 8 }),
        (statements, claims, requests) => {
          const policy = compile(...statements);
          const rendered = renderSessionPolicy(policy, (name) => claims[name as keyof typeof claims]);
          if (!('text' in rendered)) return;
          const session: unknown = JSON.parse(rendered.text);
          const user = { Version: version, Statement: widenSessionPolicy(policy, () => {}) };
          for (const one of requests) {
            const issued = { ...one.context, 'aws:tokenissuetime': '2026-11-21T09:00:00Z' };
            if (user.Statement.length === 0) continue;
            expect(evaluate(user, one, one.context)).toBe('ImplicitDeny');
            if (evaluate(session, one, issued) !== 'Allow') continue;
            allowed += 1;
            expect(evaluate(user, one, issued)).toBe('Allow');
          }
        },
      ),
      { numRuns: 800 },
    );
    // Otherwise nothing was proven.
    expect(allowed).toBeGreaterThan(300);
  });
});

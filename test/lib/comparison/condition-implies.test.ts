import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { compilePolicy } from '../../../lambda/core/policy/compile-policy.ts';
import { conditionHolds } from '../../../lambda/core/policy/condition.ts';
import type { Condition } from '../../../lambda/core/policy/policy.ts';
import { conditionImplies } from '../../../lib/comparison/condition-implies.ts';

const grammar = {
  document: 'statements',
  principal: 'forbidden',
  action: 'forbidden',
  resource: 'forbidden',
} as const;

/** Of a Deny, which takes every form. */
function aCondition(operator: string, values: string | readonly string[], key = 'claims:k'): Condition {
  const { statements } = compilePolicy(
    [{ Effect: 'Deny', Condition: { [operator]: { [key]: values } } }],
    grammar,
  );
  const condition = statements[0]?.conditions[0];
  if (condition === undefined) throw new TypeError('the statement has lost its condition');
  return condition;
}

const implies = (narrow: readonly [string, string | string[]], wide: readonly [string, string | string[]]) =>
  conditionImplies(aCondition(...narrow), aCondition(...wide));

describe('a condition', () => {
  it.each<readonly [[string, string | string[]], [string, string | string[]]]>([
    [
      ['StringEquals', 'a'],
      ['StringEquals', ['a', 'b']],
    ],
    [
      ['StringEquals', 'example/shop'],
      ['StringLike', 'example/*'],
    ],
    [
      ['StringLike', 'example/shop-?*'],
      ['StringLike', 'example/*'],
    ],
    [
      ['StringEquals', 'SRE'],
      ['StringEqualsIgnoreCase', 'sre'],
    ],
    [
      ['StringNotEquals', ['a', 'b']],
      ['StringNotEquals', 'a'],
    ],
    [
      ['StringNotLike', 'a*'],
      ['StringNotEquals', 'ab'],
    ],
    [
      ['ForAnyValue:StringEquals', 'sre'],
      ['ForAnyValue:StringEquals', ['sre', 'developers']],
    ],
    [
      ['ForAllValues:StringEquals', 'sre'],
      ['ForAllValues:StringEquals', ['sre', 'developers']],
    ],
    [
      ['StringEquals', 'a'],
      ['StringEqualsIfExists', 'a'],
    ],
    [
      ['StringNotEqualsIfExists', 'a'],
      ['StringNotEquals', 'a'],
    ],
    [
      ['NumericLessThan', '900'],
      ['NumericLessThan', '3600'],
    ],
    [
      ['NumericLessThan', '900'],
      ['NumericLessThanEquals', '900'],
    ],
    [
      ['NumericEquals', '7'],
      ['NumericGreaterThanEquals', '7.0'],
    ],
    [
      ['DateLessThan', '2026-01-01'],
      ['DateLessThanEquals', '2026-01-01T00:00:00+00:00'],
    ],
    [
      ['IpAddress', ['203.0.113.7', '203.0.113.128/25']],
      ['IpAddress', '203.0.113.0/24'],
    ],
    [
      ['NotIpAddress', '10.0.0.0/8'],
      ['NotIpAddress', '10.1.0.0/16'],
    ],
    [
      ['ArnEquals', 'arn:aws:iam::222222222222:role/Runner'],
      ['ArnLike', 'arn:aws:iam::222222222222:role/*'],
    ],
    [
      ['Null', 'false'],
      ['Null', ['true', 'false']],
    ],
    [
      ['Bool', 'TRUE'],
      ['Bool', 'true'],
    ],
    [
      ['StringEquals', '${claims:team}'],
      ['StringEquals', ['${claims:team}', 'x']],
    ],
    [
      ['StringEquals', '${claims:team}'],
      ['StringLike', '*'],
    ],
    [
      ['StringLike', '${claims:team}/x/*'],
      ['StringLike', '${claims:team}/*'],
    ],
    [
      ['StringEquals', 'x/*/${claims:team}'],
      ['StringLike', 'x/?/*'],
    ],
    [
      ['ArnLike', 'arn:aws:iam::1:role/${claims:team}'],
      ['ArnLike', 'arn:aws:iam::1:role/*'],
    ],
    [
      ['ArnLike', 'arn:aws:iam::${claims:account}:role/a'],
      ['ArnLike', 'arn:aws:iam::*:role/a'],
    ],
    [
      ['StringEquals', 'refs/heads/main'],
      ['Null', 'false'],
    ],
    [
      ['ForAnyValue:StringLike', '*'],
      ['Null', 'false'],
    ],
    [
      ['StringEquals', ['a', '']],
      ['StringNotEquals', ['b', 'ab']],
    ],
    [
      ['StringLike', 'refs/heads/*'],
      ['StringNotLike', ['refs/tags/*', 'heads/main']],
    ],
    [
      ['ForAnyValue:StringEquals', 'sre'],
      ['ForAnyValue:StringNotEqualsIgnoreCase', 'Guests'],
    ],
    [
      ['NumericLessThan', '900'],
      ['Null', 'false'],
    ],
    [
      ['IpAddress', '10.0.0.0/8'],
      ['IpAddress', ['10.128.0.9/9', '10.0.0.1/9', '11.0.0.0/8']],
    ],
    [
      ['NotIpAddress', ['2001:db8::/33', '2001:db8:8000::/33']],
      ['NotIpAddress', '2001:db8:1::/48'],
    ],
  ])('of %j implies %j, and not the other way round where they differ', (narrow, wide) => {
    const isSame = implies(wide, narrow);

    expect(implies(narrow, wide)).toBe(true);
    expect(isSame).toBe(['StringNotEqualsIfExists', 'Bool'].includes(narrow[0]));
  });

  it.each<readonly [[string, string | string[]], [string, string | string[]]]>([
    [
      ['StringEquals', 'example/shop'],
      ['StringLike', 'Example/*'],
    ],
    [
      ['StringEquals', 'a'],
      ['StringNotEqualsIgnoreCase', 'A'],
    ],
    [
      ['StringLike', 'a*'],
      ['StringNotLike', '*a'],
    ],
    [
      ['StringEquals', 'a?'],
      ['StringNotLike', 'a?'],
    ],
    [
      ['StringEquals', 'a/${claims:team}'],
      ['StringNotEquals', 'a/b'],
    ],
    [
      ['StringEquals', 'sre'],
      ['ForAnyValue:StringNotEquals', 'guests'],
    ],
    [
      ['StringLike', 'a*'],
      ['StringLike', 'a?'],
    ],
    [
      ['StringLike', 'a?'],
      ['StringEquals', 'a?'],
    ],
    [
      ['StringEquals', 'a'],
      ['ForAnyValue:StringEquals', 'a'],
    ],
    [
      ['StringEquals', 'abc'],
      ['StringLike', '${claims:team}*'],
    ],
    [
      ['StringLike', '${claims:team}'],
      ['StringLike', '?*'],
    ],
    [
      ['StringLike', 'x/${claims:team}'],
      ['StringLike', 'x/${claims:other}'],
    ],
    [
      ['StringLike', '*'],
      ['StringLike', '${claims:team}'],
    ],
    [
      ['ArnLike', 'arn:aws:iam::1:role/${claims:team}'],
      ['ArnLike', 'arn:aws:iam::2:*'],
    ],
    // An empty value is matched, and there is none of it to Null.
    [
      ['StringLike', '*'],
      ['Null', 'false'],
    ],
    [
      ['StringEquals', ['a', '']],
      ['Null', 'false'],
    ],
    [
      ['StringEquals', "${claims:team, ''}"],
      ['Null', 'false'],
    ],
    [
      ['BinaryEquals', ''],
      ['Null', 'false'],
    ],
    [
      ['StringEqualsIfExists', 'a'],
      ['Null', 'false'],
    ],
    [
      ['StringNotEquals', 'a'],
      ['Null', 'false'],
    ],
    [
      ['ForAllValues:StringEquals', 'a'],
      ['Null', 'false'],
    ],
    [
      ['StringEquals', 'a'],
      ['Null', 'true'],
    ],
    [
      ['IpAddress', '10.0.0.0/8'],
      ['IpAddress', ['10.0.0.0/9', '10.128.0.0/10', '10.192.0.1/11']],
    ],
    [
      ['NumericLessThanEquals', '900'],
      ['NumericLessThan', '900'],
    ],
    [
      ['NumericLessThan', '900000000'],
      ['DateLessThan', '900000000'],
    ],
    [
      ['IpAddress', '0.0.0.0/0'],
      ['IpAddress', '::/0'],
    ],
    [
      ['IpAddress', '10.0.0.0/8'],
      ['IpAddress', '10.0.0.0/16'],
    ],
    [
      ['NumericGreaterThan', '900000000'],
      ['DateGreaterThan', '900000000'],
    ],
    [
      ['ArnLike', 'arn:aws:iam::*:role/Runner'],
      ['ArnLike', 'arn:aws:iam::222222222222:role/Runner'],
    ],
    [
      ['StringEqualsIfExists', 'a'],
      ['StringEquals', 'a'],
    ],
    [
      ['Null', 'true'],
      ['StringEquals', 'a'],
    ],
  ])('of %j does not imply %j', (narrow, wide) => {
    expect(implies(narrow, wide)).toBe(false);
  });

  it('of an old version has no variables, whose colons part fields', () => {
    const old = (value: string) => {
      const Condition = { ArnLike: { 'claims:k': value } };
      const document = { Version: '2008-10-17', Statement: [{ Effect: 'Deny', Condition }] };
      return compilePolicy(document, { ...grammar, document: 'policy' }).statements[0]?.conditions[0];
    };
    const [narrow, wide] = [old('arn:aws:${a:b}:iam::1:r'), old('arn:aws:*:iam::*')];

    expect(narrow && wide && conditionImplies(narrow, wide)).toBe(false);
    expect(narrow && conditionImplies(narrow, narrow)).toBe(true);
  });

  it('implies nothing about another key, whose case does not matter', () => {
    const one = aCondition('StringEquals', 'a', 'claims:Team');

    expect(conditionImplies(one, aCondition('StringEquals', 'a', 'claims:team'))).toBe(true);
    expect(conditionImplies(one, aCondition('StringEquals', 'a', 'claims:teams'))).toBe(false);
  });
});

const texts = ['', 'a', 'A', 'ab', 'abc', '*', '?', 'a*', 'a?', '*b', '?b', '**'].concat([
  '${*}',
  '${claims:t}',
  '${claims:t}*',
  '${claims:t}b',
  "${claims:t, ''}",
  '${claims:t}${claims:t}',
]);
const numbers = ['-1', '0', '1', '1.5', '2', '10'];
const instants = ['2026-01-01', '2026-01-01T00:00:00.500Z', '2026-06-01', '1767225601'];
const addresses = [
  '10.0.0.0/8',
  '10.1.0.0/16',
  '10.0.0.0/9',
  '10.128.0.0/9',
  '10.1.2.3',
  '0.0.0.0/0',
  '::/0',
  '2001:db8::/32',
  '::ffff:10.1.2.3',
];
const arns = [
  'arn:aws:iam::1:role/a',
  'arn:aws:iam::*:role/a',
  'arn:aws:iam::1:role/*',
  'arn:aws:iam::1:role/?',
  'arn:*:iam::1:role/a:b',
  'arn:aws:iam::1:role/${claims:t}',
  'arn:aws:iam::1:role/${claims:t}*',
];
const families: readonly (readonly [operators: readonly string[], values: readonly string[]])[] = [
  [
    [
      'StringEquals',
      'StringLike',
      'StringEqualsIgnoreCase',
      'StringNotEquals',
      'StringNotLike',
      'StringNotEqualsIgnoreCase',
    ],
    texts,
  ],
  [
    ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'].map(
      (one) => `Numeric${one}`,
    ),
    numbers,
  ],
  [
    ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'].map(
      (one) => `Date${one}`,
    ),
    instants,
  ],
  [['IpAddress', 'NotIpAddress'], addresses],
  [['ArnEquals', 'ArnLike', 'ArnNotEquals', 'ArnNotLike'], arns],
  [['Bool'], ['true', 'false']],
];

const given = ['', 'a', 'A', 'B', 'ab', 'abc', '*', '?', 'a*', '0', '1', '1.0', '1.5', '2', '3', '10'].concat(
  [
    'aa',
    '2026-01-01T00:00:00Z',
    '1767225600',
    '2026-06-01T00:00:00Z',
    '2027-01-01T00:00:00Z',
    'true',
    'false',
  ],
  ['10.1.2.3', '10.1.9.9', '10.9.9.9', '10.200.0.1', '192.0.2.1', '2001:db8::1', '::1', '::ffff:10.1.2.3'],
  ['arn:aws:iam::1:role/a', 'arn:aws:iam::1:role/ab', 'arn:aws:iam::2:role/a', 'arn:aws-cn:iam::1:role/a:b'],
);

const condition = ([operators, values]: (typeof families)[number]) =>
  fc
    .record({
      operator: fc.constantFrom(...operators),
      form: fc.constantFrom('plain', 'IfExists', 'ForAnyValue', 'ForAllValues', 'ForAllValues IfExists'),
      values: fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }),
    })
    .map(({ operator, form, values: some }) => {
      const qualifier = form.startsWith('For') ? `${form.split(' ')[0]}:` : '';
      return aCondition(`${qualifier}${operator}${form.endsWith('IfExists') ? 'IfExists' : ''}`, some);
    });
const presence = fc.constantFrom('true', 'false').map((value) => aCondition('Null', value));
const pair = fc
  .constantFrom(...families)
  .chain((family) =>
    fc.oneof(
      { weight: 5, arbitrary: fc.tuple(condition(family), condition(family)) },
      { weight: 1, arbitrary: fc.tuple(condition(family), presence) },
    ),
  );
const contextValue = fc.option(
  fc.oneof(fc.constantFrom(...given), fc.array(fc.constantFrom(...given), { maxLength: 3 })),
  { nil: undefined },
);

describe('what a condition is said to imply', () => {
  it('holds for every request for which the condition holds', () => {
    let said = 0;
    fc.assert(
      fc.property(
        pair,
        fc.array(contextValue, { minLength: 8, maxLength: 8 }),
        fc.constantFrom('a', 'ab', '*', '', undefined),
        ([narrow, wide], values, team) => {
          if (!conditionImplies(narrow, wide)) return;
          said++;
          for (const value of values) {
            const context = new Map(
              [['claims:k', value] as const, ['claims:t', team] as const].flatMap(([key, one]) =>
                one === undefined ? [] : [[key, one] as const],
              ),
            );
            if (conditionHolds(narrow, context)) expect(conditionHolds(wide, context)).toBe(true);
          }
        },
      ),
      { numRuns: 4_000 },
    );
    // A rule that never says yes would pass.
    expect(said).toBeGreaterThan(130);
  });
});

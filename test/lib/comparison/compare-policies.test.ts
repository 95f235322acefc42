import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { compilePolicy, identityPolicyGrammar } from '../../../lambda/core/policy/compile-policy.ts';
import { evaluatePolicy } from '../../../lambda/core/policy/evaluate-policy.ts';
import type { Policy, PolicyGrammar } from '../../../lambda/core/policy/policy.ts';
import { comparePolicies } from '../../../lib/comparison/compare-policies.ts';

const trustGrammar: PolicyGrammar = {
  document: 'statements',
  principal: 'required',
  action: 'forbidden',
  resource: 'forbidden',
};

const trust = (...statements: readonly object[]): Policy => compilePolicy(statements, trustGrammar);

const allow = (condition: object = {}, more: object = {}) => ({
  Effect: 'Allow',
  Principal: { Federated: 'okta' },
  Condition: condition,
  ...more,
});
const deny = (condition: object = {}, more: object = {}) => ({ ...allow(condition, more), Effect: 'Deny' });
const team = (...values: readonly string[]) => ({ StringEquals: { 'claims:team': values } });

const show = (before: Policy, after: Policy) =>
  comparePolicies(before, after).map(({ effect, text }) => `${effect} ${text}`);

describe('statements of two versions', () => {
  it('say nothing where they are the same, in any order', () => {
    const [one, two] = [
      allow(team('a', 'b')),
      deny({ Bool: { 'claims:x': 'true' }, Null: { 'claims:y': true } }),
    ];
    const turned = deny({ Null: { 'CLAIMS:Y': 'true' }, Bool: { 'claims:x': true } });

    expect(show(trust(one, two), trust(turned, allow(team('b', 'a', 'b'))))).toEqual([]);
  });

  it('grant by an Allow and take away by a Deny where there was none, and the other way round', () => {
    const [none, one, two] = [
      trust(allow(team('x'), { Sid: 'Kept' })),
      trust(allow(team('x'), { Sid: 'Kept' }), allow(team('a'), { Sid: 'New' })),
      trust(allow(team('x'), { Sid: 'Kept' }), deny({ Bool: { 'claims:left': 'true' } })),
    ];

    expect(show(none, one)).toEqual(['grants new statement New: Allow okta where claims:team is a']);
    expect(show(one, none)).toEqual(['takes-away statement New is gone: Allow okta where claims:team is a']);
    expect(show(none, two)).toEqual(['takes-away new statement: Deny okta where claims:left is true']);
    expect(show(two, none)).toEqual(['grants statement is gone: Deny okta where claims:left is true']);
  });

  it.each([
    ['one more value', team('a'), team('a', 'b')],
    ['a condition less', { ...team('a'), Bool: { 'claims:x': 'true' } }, team('a')],
    ['a pattern for a value', team('a'), { StringLike: { 'claims:team': 'a*' } }],
    ['any value', team('a'), { Null: { 'claims:team': 'false' } }],
    [
      'networks that hold it together',
      { IpAddress: { 'claims:ip': '10.0.0.0/8' } },
      { IpAddress: { 'claims:ip': ['10.0.0.0/9', '10.128.0.0/9', '11.0.0.0/8'] } },
    ],
    [
      'a wider network',
      { IpAddress: { 'claims:ip': '10.1.0.0/16' } },
      { IpAddress: { 'claims:ip': '10.0.0.0/8' } },
    ],
    ['a longer time', { NumericLessThan: { 'claims:age': 60 } }, { NumericLessThan: { 'claims:age': 3600 } }],
    ['IfExists', team('a'), { StringEqualsIfExists: { 'claims:team': 'a' } }],
    [
      'fewer exceptions',
      { StringNotEquals: { 'claims:team': ['a', 'b'] } },
      { StringNotEquals: { 'claims:team': 'a' } },
    ],
  ])('are wider by %s: an Allow grants, a Deny takes away', (_what, narrow, wide) => {
    const effects = (before: object, after: object) =>
      comparePolicies(trust(before), trust(after)).map(({ effect }) => effect);

    expect(effects(allow(narrow), allow(wide))).toEqual(['grants']);
    expect(effects(allow(wide), allow(narrow))).toEqual(['takes-away']);
    expect(effects(deny(narrow), deny(wide))).toEqual(['takes-away']);
    expect(effects(deny(wide), deny(narrow))).toEqual(['grants']);
  });

  it('change where neither holds the other', () => {
    expect(show(trust(allow(team('a'), { Sid: 'Team' })), trust(allow(team('b'), { Sid: 'Team' })))).toEqual([
      'changes statement Team allows something else: where claims:team is b, instead of claims:team is a',
    ]);
  });

  it('say in words what is asked no longer, what is asked as well, and of whom', () => {
    const mfa = { Bool: { 'daypass:MultiFactorAuthPresent': 'true' } };

    expect(show(trust(allow({ ...team('a'), ...mfa })), trust(allow(team('a'))))).toEqual([
      'grants statement allows more: no longer only where daypass:MultiFactorAuthPresent is true',
    ]);
    expect(show(trust(allow(team('a'))), trust(allow({ ...team('a'), ...mfa })))).toEqual([
      'takes-away statement allows less: only where daypass:MultiFactorAuthPresent is true',
    ]);
    expect(
      show(trust(allow(team('a'))), trust(allow(team('a'), { Principal: { Federated: ['okta', 'adfs'] } }))),
    ).toEqual(['grants statement allows more: also for adfs']);
    expect(
      show(trust(allow({}, { Sid: 'X' })), trust(allow({}, { Sid: 'X', Principal: { Federated: 'adfs' } }))),
    ).toEqual(['changes statement X allows something else: also for adfs; no longer for okta']);
  });

  it('neither grant nor take away where they are only put differently', () => {
    const split = trust(allow(team('a'), { Sid: 'A' }), allow(team('b'), { Sid: 'B' }));
    const whole = trust(allow(team('a', 'b'), { Sid: 'Both' }));

    expect(show(split, whole)).toEqual([
      'changes new statement Both: Allow okta where claims:team is a or b (as other statements did)',
      'changes statement A is gone: Allow okta where claims:team is a (as other statements do)',
      'changes statement B is gone: Allow okta where claims:team is b (as other statements do)',
    ]);
    expect(show(trust(allow({}, { Sid: 'Old' })), trust(allow({}, { Sid: 'New' })))).toEqual([
      'changes Allow Old is called New now',
    ]);
    expect(show(trust(allow(team('a'))), trust(allow({ StringLike: { 'claims:team': 'a' } })))).toEqual([
      'changes statement allows the same: where claims:team is like a, instead of claims:team is a',
    ]);
  });

  it('grant by all of some values what one of each doesn’t', () => {
    const all = (...groups: readonly string[]) =>
      deny({ 'ForAllValues:StringEquals': { 'claims:groups': groups } }, { Sid: groups.join('') });

    expect(show(trust(all('a'), all('b')), trust(all('a'), all('b'), all('a', 'b')))).toEqual([
      'takes-away new statement ab: Deny okta where all of claims:groups is a or b',
    ]);
  });

  it('are no pair where an Allow became a Deny: both take away', () => {
    expect(
      comparePolicies(trust(allow(team('a'), { Sid: 'X' })), trust(deny(team('a'), { Sid: 'X' }))).map(
        ({ effect }) => effect,
      ),
    ).toEqual(['takes-away', 'takes-away']);
  });

  it('of a Deny for everybody hold those for somebody', () => {
    const everybody = deny({}, { Principal: '*', Sid: 'All' });

    expect(show(trust(deny({}, { Sid: 'All' })), trust(everybody))).toEqual([
      'takes-away statement All denies more: also for everybody; no longer for okta',
    ]);
  });

  it('that are too many to take apart are compared as they stand', () => {
    const many = (count: number) => ({
      StringEquals: Object.fromEntries(
        ['a', 'b', 'c'].map((key) => [`claims:${key}`, Array.from({ length: count }, (_, n) => `v${n}`)]),
      ),
    });

    expect(
      comparePolicies(trust(allow(many(10))), trust(allow(many(11)))).map(({ effect }) => effect),
    ).toEqual(['grants']);
  });
});

describe('identity policies of two versions', () => {
  const policy = (...statements: readonly object[]) =>
    compilePolicy({ Version: '2012-10-17', Statement: statements }, identityPolicyGrammar);
  const read = (Action: unknown, Resource: unknown = '*', more: object = {}) => ({
    Effect: 'Allow',
    Action,
    Resource,
    ...more,
  });
  const effects = (before: Policy, after: Policy) =>
    comparePolicies(before, after).map(({ effect }) => effect);

  it.each([
    ['a pattern of actions', read('s3:GetObject'), read('S3:Get*')],
    ['an action more', read('s3:GetObject'), read(['s3:GetObject', 's3:PutObject'])],
    ['a wider resource', read('s3:*', 'arn:aws:s3:::a/b/*'), read('s3:*', 'arn:aws:s3:::a/*')],
    [
      'fewer actions that are left out',
      { Effect: 'Allow', NotAction: ['iam:*', 's3:*'], Resource: '*' },
      { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' },
    ],
    [
      'no variable in a resource',
      read('s3:*', 'arn:aws:s3:::team-data/${claims:team}/*'),
      read('s3:*', 'arn:aws:s3:::team-data/*'),
    ],
    [
      'any resource in the place of a variable',
      read('s3:*', 'arn:aws:s3:::d/${claims:team}/*'),
      read('s3:*'),
    ],
    [
      'less after a variable',
      read('s3:*', 'arn:aws:s3:::d/${claims:team}/x/*'),
      read('s3:*', 'arn:aws:s3:::d/${claims:team}/*'),
    ],
    [
      'any prefix in the place of a variable',
      read('s3:ListBucket', '*', { Condition: { StringLike: { 's3:prefix': '${claims:team}/*' } } }),
      read('s3:ListBucket', '*', { Condition: { StringLike: { 's3:prefix': '*' } } }),
    ],
    [
      'all actions but others',
      read(['s3:GetObject', 'S3:PutObject']),
      { Effect: 'Allow', NotAction: ['iam:*', '*:DeleteObject', 's3:PutObjectAcl'], Resource: '*' },
    ],
    [
      'all resources but others',
      read('s3:*', 'arn:aws:s3:::a/${claims:team}'),
      { Effect: 'Allow', Action: 's3:*', NotResource: 'arn:aws:s3:::b/*' },
    ],
    ['all actions for all but some', { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }, read('*')],
  ])('grant by %s', (_what, narrow, wide) => {
    expect(effects(policy(narrow), policy(wide))).toEqual(['grants']);
    expect(effects(policy(wide), policy(narrow))).toEqual(['takes-away']);
  });

  it.each([
    ['one of them', read(['s3:GetObject', 'iam:PassRole']), 'iam:*'],
    ['what may be one of them', read('*:Get*'), 'iam:GetRole'],
    ['what differs in its case', read('IAM:passrole'), 'iam:PassRole'],
  ])('say no more than that something changes where all but some is not all of %s', (_what, some, others) => {
    const allBut = { Effect: 'Allow', NotAction: others, Resource: '*' };

    expect(effects(policy(some), policy(allBut))).toEqual(['changes']);
  });

  it('take what a variable of an old version is for nothing else', () => {
    const old = (Resource: string, Version = '2008-10-17') =>
      compilePolicy({ Version, Statement: [read('s3:*', Resource)] }, identityPolicyGrammar);
    const escaped = 'arn:aws:s3:::a/${*}';

    expect(effects(old('arn:aws:s3:::a/${claims:team}'), old('arn:aws:s3:::a/??claims:team?'))).toEqual([
      'changes',
    ]);
    expect(effects(old(escaped), old(escaped, '2012-10-17'))).toEqual(['changes']);
    // Both versions together: the one is no part of the other, so that one more of it grants.
    expect(
      effects(old(escaped), {
        statements: [old(escaped), old(escaped, '2012-10-17')].flatMap((one) => one.statements),
      }),
    ).toEqual(['grants']);
  });

  it('never leave out that somebody can have more by another resource', () => {
    const names = ['a', 'a/b', 'a/b/c', 'a/*', '*', '', '${claims:team}'];
    const pieces = ['a', '/', '*', '?', '${*}', '${claims:team}', "${claims:team, 'a'}"];
    const piece = fc.constantFrom(...pieces);
    const edits = fc.record({
      name: fc.constantFrom('Resource', 'NotResource'),
      ...{ other: piece, first: piece, was: piece, is: fc.array(piece, { maxLength: 2 }), last: piece },
    });
    const on = (name: string, resources: readonly (readonly string[])[]) =>
      policy({
        ...{ Effect: 'Allow', Action: 's3:*' },
        [name]: resources.map((parts) => `arn:aws:s3:::d/${parts.join('')}`),
      });
    const allowed = (one: Policy) =>
      names.flatMap((name) =>
        [undefined, 'a', 'b', 'a/b', '*', ''].map((value) => {
          const context = new Map(value === undefined ? [] : [['claims:team', value] as const]);
          const request = { action: 's3:GetObject', resource: `arn:aws:s3:::d/${name}`, context };
          return evaluatePolicy([one], request).effect === 'Allow';
        }),
      );
    let [more, said] = [0, 0];
    fc.assert(
      fc.property(edits, ({ name, other, first, was: one, is: two, last }) => {
        const before = on(name, [[other], [first, one, last]]);
        const after = on(name, [[other], [first, ...two, last]]);
        const found = effects(before, after);
        const [was, is] = [allowed(before), allowed(after)];
        if (found.includes('takes-away')) said++;
        if (!is.some((can, index) => can && !was[index])) return;
        more++;
        expect(found).toContainEqual(expect.stringMatching(/^(grants|changes)$/));
      }),
      { numRuns: 400 },
    );
    expect(Math.min(more, said)).toBeGreaterThan(20);
  });

  it('do not take a variable for a pattern, nor a `?` for a `*`', () => {
    expect(
      effects(
        policy(read('s3:*', 'arn:aws:s3:::a/${claims:team}/*')),
        policy(read('s3:*', 'arn:aws:s3:::a/x/*')),
      ),
    ).toEqual(['changes']);
    expect(effects(policy(read('s3:Get*')), policy(read('s3:Get?')))).toEqual(['takes-away']);
  });
});

const values = ['a', 'b', 'ab'];
const conditions = fc
  .dictionary(
    fc.constantFrom(
      'StringEquals',
      'StringNotEquals',
      'StringLike',
      'StringNotLike',
      'StringEqualsIfExists',
      'Null',
    ),
    fc.dictionary(
      fc.constantFrom('claims:k', 'claims:l'),
      fc.uniqueArray(fc.constantFrom(...values, 'a*', '*'), { minLength: 1, maxLength: 2 }),
      { minKeys: 1, maxKeys: 2 },
    ),
    { maxKeys: 2 },
  )
  .map((blocks) =>
    Object.fromEntries(
      Object.entries(blocks).map(([operator, keys]) => [
        operator,
        operator === 'Null'
          ? Object.fromEntries(Object.keys(keys).map((key) => [key, keys[key]?.length === 1]))
          : keys,
      ]),
    ),
  );
const statement = fc.record(
  {
    Effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
    Principal: fc
      .uniqueArray(fc.constantFrom('okta', 'adfs'), { minLength: 1 })
      .map((Federated) => ({ Federated })),
    Condition: conditions,
    Sid: fc.constantFrom('One', 'Two', 'Three', ''),
  },
  { requiredKeys: ['Effect', 'Principal', 'Condition'] },
);
const policies = fc
  .uniqueArray(statement, { minLength: 1, maxLength: 4, selector: ({ Sid }) => Sid || {} })
  .map((statements) => trust(...statements));
/** Versions that have something in common, as those of a file do. */
const versions = fc
  .tuple(policies, policies, fc.boolean())
  .map(([one, other, isEdit]) =>
    isEdit
      ? ([one, { statements: [...one.statements.slice(1), ...other.statements.slice(0, 1)] }] as const)
      : ([one, other] as const),
  );

const requests = ['okta', 'adfs'].flatMap((provider) =>
  [undefined, '', ...values, 'B'].flatMap((k) =>
    [undefined, ...values].map((l) => ({
      principal: { type: 'Federated', provider } as const,
      context: new Map(
        [['claims:k', k] as const, ['claims:l', l] as const].flatMap(([key, value]) =>
          value === undefined ? [] : [[key, value] as const],
        ),
      ),
    })),
  ),
);
const isAllowed = (policy: Policy) =>
  requests.map((request) => evaluatePolicy([policy], request).effect === 'Allow');

describe('what is said of two policies', () => {
  it('is nothing of a policy and itself', () => {
    fc.assert(
      fc.property(policies, (policy) => {
        expect(comparePolicies(policy, { statements: [...policy.statements].reverse() })).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('never leaves out that somebody can have more, or less', () => {
    let [more, less] = [0, 0];
    fc.assert(
      fc.property(versions, ([before, after]) => {
        const effects = comparePolicies(before, after).map(({ effect }) => effect);
        const [was, is] = [isAllowed(before), isAllowed(after)];

        if (is.some((allowed, index) => allowed && !was[index])) {
          more++;
          expect(effects).toContainEqual(expect.stringMatching(/^(grants|changes)$/));
        }
        if (was.some((allowed, index) => allowed && !is[index])) {
          less++;
          expect(effects).toContainEqual(expect.stringMatching(/^(takes-away|changes)$/));
        }
      }),
      { numRuns: 800 },
    );
    expect(Math.min(more, less)).toBeGreaterThan(80);
  });

  it('never says that nothing is granted where only Allows grew', () => {
    fc.assert(
      fc.property(policies, policies, (one, other) => {
        const allows = other.statements.filter(({ effect }) => effect === 'Allow');
        const after = { statements: [...one.statements, ...allows] };

        for (const { effect } of comparePolicies(one, after)) expect(effect).not.toBe('takes-away');
      }),
      { numRuns: 250 },
    );
  });

  it('is the opposite of what is said the other way round', () => {
    const swapped = { grants: 'takes-away', 'takes-away': 'grants', changes: 'changes' } as const;
    fc.assert(
      fc.property(versions, ([before, after]) => {
        const there = comparePolicies(before, after).map(({ effect }) => effect);
        const back = comparePolicies(after, before).map(({ effect }) => swapped[effect]);

        expect([...there].sort()).toEqual([...back].sort());
      }),
      { numRuns: 250 },
    );
  });
});

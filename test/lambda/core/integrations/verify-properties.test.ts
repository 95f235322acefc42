import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ProbeShape, toShape, toShapeNames } from '../../../../lambda/core/integrations/probe-shapes.ts';
import { authorize } from '../../../../lambda/core/policy/authorize.ts';
import {
  compilePolicy,
  identityPolicyGrammar,
  trustPolicyGrammar,
} from '../../../../lambda/core/policy/compile-policy.ts';
import type { Policy } from '../../../../lambda/core/policy/policy.ts';
import type { StsAnswer } from '../../../../lambda/core/ports.ts';
import type { WorldRole } from '../../../../local/world.ts';
import { anIssuedAnswer } from '../../../support/an-issuance.ts';
import { broker, brokerRoles } from '../../../support/partner-world.ts';
import {
  anIntegration,
  aVerifying,
  denied,
  previousId,
  proberGiven,
  rightId,
} from '../../../support/verifying.ts';

const roleArn = 'arn:aws:iam::777777777777:role/partners/DaypassDoesItRight';

interface Asker {
  readonly arn: string;
  readonly policies: readonly Policy[];
}

const toAsker = ({ arn, policies }: WorldRole): Asker => ({
  arn,
  policies: policies.map((policy) => compilePolicy(policy, identityPolicyGrammar)),
});
const issuer = toAsker(brokerRoles.issuer);
const prober = toAsker(brokerRoles.prober);
const stranger = toAsker(brokerRoles.stranger);

/** Anybody, with all permissions of an account. */
const somebodyOf = (accountId: string): Asker => ({
  arn: `arn:aws:iam::${accountId}:role/Somebody`,
  policies: [
    compilePolicy(
      { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
      identityPolicyGrammar,
    ),
  ],
});
const others = [stranger, somebodyOf('111111111111'), somebodyOf('999999999999')];

interface Question {
  readonly externalId?: string | undefined;
  readonly shape: ProbeShape;
}

/** Whether the evaluator lets somebody have the partner's role. */
function accepts(trust: Policy, { arn, policies }: Asker, { externalId, shape }: Question): boolean {
  const { sourceIdentity, sessionTags } = shape;
  const tags = Object.entries(sessionTags);
  const actions = [
    ...(tags.length > 0 ? ['sts:TagSession'] : []),
    ...(sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity']),
    'sts:AssumeRole',
  ];
  const accountId = arn.split(':')[4] ?? '';
  const context = new Map<string, string | readonly string[]>([
    ['aws:requestedregion', 'eu-west-1'],
    ['aws:resourceaccount', '777777777777'],
    ['aws:principalarn', arn],
    ['aws:principalaccount', accountId],
    ...(externalId === undefined ? [] : [['sts:externalid', externalId] as const]),
    ...(sourceIdentity === undefined ? [] : [['sts:sourceidentity', sourceIdentity] as const]),
    ...tags.map(([key, value]) => [`aws:requesttag/${key.toLowerCase()}`, value] as const),
    ...(tags.length === 0 ? [] : [['aws:tagkeys', tags.map(([key]) => key)] as const]),
  ]);
  const principal = {
    type: 'AWS',
    arn: `arn:aws:sts::${accountId}:assumed-role/x/y`,
    ...{ accountId, roleArn: arn },
  } as const;
  return actions.every(
    (action) =>
      authorize({
        request: { principal, action, resource: roleArn, context },
        identityPolicies: policies,
        resourcePolicy: trust,
        resourceAccountId: '777777777777',
      }).effect === 'Allow',
  );
}

const asAnswer = <Given extends object>(isAccepted: boolean, given: StsAnswer<Given>): StsAnswer<Given> =>
  isAccepted ? given : denied;

const sending = anIntegration();
const shapes = toShapeNames(sending).map((name) => toShape(sending, name));
const real = toShape(sending, 'real');

const verificationOf = (trust: Policy) =>
  aVerifying({
    integration: {
      externalIds: {
        current: rightId,
        previous: [{ value: previousId, acceptedUntil: '2020-01-01T00:00:00.000Z' }],
      },
    },
    answer: (request) =>
      asAnswer(accepts(trust, issuer, { ...request, shape: request }), anIssuedAnswer(request)),
    prober: ({ probe, shape }) => {
      const question = { shape: toShape(sending, shape) };
      const isAccepted =
        probe === 'no-id'
          ? accepts(trust, prober, question)
          : accepts(trust, probe === 'stranger' ? stranger : prober, { ...question, externalId: rightId });
      return asAnswer(isAccepted, proberGiven);
    },
  }).verification();

/**
 * By what a role is open: to anybody but the two functions, whatever they send; to the two without an id; and to the one
 * that issues with another id. A wrong id of the prober's is left out: it sends none.
 */
function findWaysIn(trust: Policy, document: unknown): readonly string[] {
  const wrongIds = toWrongIds(document);
  return shapes.flatMap((shape, index) => [
    ...others.flatMap(({ arn, ...asker }) =>
      [undefined, rightId, ...wrongIds]
        .filter((externalId) => accepts(trust, { arn, ...asker }, { externalId, shape }))
        .map((externalId) => `${arn} with ${externalId} in shape ${index}`),
    ),
    ...[issuer, prober]
      .filter((asker) => accepts(trust, asker, { shape }))
      .map(({ arn }) => `${arn} without an id in shape ${index}`),
    ...wrongIds
      .filter((externalId) => accepts(trust, issuer, { externalId, shape }))
      .map((externalId) => `the issuing role with ${externalId} in shape ${index}`),
  ]);
}

/*
 * Not among them: what leaves one place of the id open and no more, as a single `?` does; a pattern less another one; what
 * wants another source identity or tag than a probe's. No bounded number of calls finds that.
 */

/** Ids of conditions: the right one, wildcards that take it or not, the one before it, and other people's. */
const value = fc.oneof(
  { weight: 6, arbitrary: fc.constant(rightId) },
  {
    weight: 3,
    // Cut out of the id, with a star there: from a star before or behind all of it to nothing but a star.
    arbitrary: fc
      .tuple(fc.nat(rightId.length), fc.nat(rightId.length))
      .map(([one, two]) => `${rightId.slice(0, Math.min(one, two))}*${rightId.slice(Math.max(one, two))}`),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.nat(20), fc.nat(20))
      .map(([one, two]) => `*${rightId.slice(one, one + 4)}*${rightId.slice(20 + two)}*`),
  },
  { weight: 1, arbitrary: fc.constantFrom('daypass-*', 'd?y*', '*') },
  { weight: 1, arbitrary: fc.constantFrom(previousId, rightId.toUpperCase(), 'daypass-other') },
);
const operator = fc.oneof(
  { weight: 4, arbitrary: fc.constant('StringEquals') },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom('', '', 'ForAnyValue:', 'ForAllValues:'),
        fc.constantFrom(
          'StringEquals',
          'StringLike',
          'StringEqualsIgnoreCase',
          'StringNotEquals',
          'StringNotLike',
        ),
        fc.constantFrom('', '', 'IfExists'),
      )
      .map((parts) => parts.join(''))
      .filter((name) => !/^ForAnyValue:.*IfExists$/.test(name)),
  },
);
const idCondition = fc
  .tuple(operator, fc.array(value, { minLength: 1, maxLength: 2 }))
  .map(([name, values]) => ({ [name]: { 'sts:ExternalId': values } }));
const hasId = fc.constantFrom('true', 'false').map((is) => ({ Null: { 'sts:ExternalId': is } }));
const functions = { 'aws:PrincipalArn': [broker.issuerRoleArn, broker.proberRoleArn] };
const whom = fc.constantFrom(
  ...[{ ArnEquals: functions }, { ArnEquals: functions }, { StringEquals: functions }],
  ...[{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::111111111111:role/*-prober' } }, {}],
  { ArnEquals: { 'aws:PrincipalArn': broker.issuerRoleArn } },
);
/** Conditions on what a session is named and tagged with: alone, or that it is. */
const sentKeys = [
  'sts:SourceIdentity',
  'aws:RequestTag/Team',
  'aws:RequestTag/Broker',
  'aws:TagKeys',
] as const;
const ofSession = fc.oneof(
  fc
    .tuple(fc.constantFrom(...sentKeys), fc.constantFrom('true', 'false'))
    .map(([key, is]) => ({ Null: { [key]: is } })),
  fc
    .tuple(
      fc.constantFrom('StringLike', 'StringLikeIfExists', 'StringNotLike'),
      fc.constantFrom(
        ['sts:SourceIdentity', 'daypass.*'],
        ['sts:SourceIdentity', '*'],
        ['aws:RequestTag/Team', 'probe'],
        ['aws:RequestTag/Broker', 'day*'],
      ),
    )
    .map(([name, [key = '', pattern]]) => ({ [name]: { [key]: pattern } })),
);
/** Objects of operators, each with its keys: joined, not replaced. */
const join = (...parts: readonly Readonly<Record<string, object>>[]) =>
  parts.reduce<Record<string, object>>((joined, part) => {
    for (const [name, keys] of Object.entries(part)) joined[name] = { ...joined[name], ...keys };
    return joined;
  }, {});
/** A pattern of ids, less those of another: what is left may be nothing that is asked with. */
const isCutOut = (joined: Readonly<Record<string, object>>) => {
  const names = Object.keys(joined).filter((name) => 'sts:ExternalId' in (joined[name] ?? {}));
  return names.length > 1 && names.some((name) => name.includes('Not'));
};
const condition = fc
  .tuple(
    whom,
    fc.oneof(
      { weight: 6, arbitrary: idCondition },
      { weight: 1, arbitrary: hasId },
      { weight: 1, arbitrary: fc.constant({}) },
    ),
    fc.option(idCondition, { nil: {}, freq: 5 }),
    fc.array(ofSession, { maxLength: 2 }).map((parts) => join(...parts)),
  )
  .map((parts) => join(...parts))
  .filter((joined) => !isCutOut(joined));
const principal = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ AWS: 'arn:aws:iam::111111111111:root' }) },
  { weight: 2, arbitrary: fc.constant({ AWS: [broker.issuerRoleArn, broker.proberRoleArn] }) },
  { weight: 1, arbitrary: fc.constantFrom('*', { AWS: '*' }, { AWS: broker.issuerRoleArn }) },
);
const all = ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'];
const statement = fc.record({
  Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
  Principal: principal,
  Action: fc.constantFrom('sts:AssumeRole', 'sts:AssumeRole', 'sts:*', all),
  Condition: condition,
});
const permissions = {
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::111111111111:root' },
  Action: ['sts:SetSourceIdentity', 'sts:TagSession'],
};
const trustPolicy = fc.array(statement, { minLength: 1, maxLength: 2 }).map((statements) => ({
  Version: '2012-10-17',
  Statement: [...statements, permissions],
}));

/** All that may be known to somebody who has not been given the right id: what patterns take, and what resembles it. */
function toWrongIds(document: unknown): readonly string[] {
  const patterns = [...JSON.stringify(document).matchAll(/"([^"]*[*?][^"]*)"/g)].map(
    ([, found = '']) => found,
  );
  return (
    [
      ...patterns.flatMap((pattern) =>
        ['', 'q', rightId].map((text) => pattern.replaceAll('*', text).replaceAll('?', 'q')),
      ),
      ...[0, 20, 39].map((place) => `${rightId.slice(0, place)}z${rightId.slice(place + 1)}`),
      ...[rightId.toUpperCase(), `D${rightId.slice(1)}`, `${rightId}q`, `q${rightId}`, previousId, 'qq'],
    ]
      // Another whole id in the policy is a secret of its owner's, but for the one before the rotation.
      .filter((id) => id === previousId || !JSON.stringify(document).includes(JSON.stringify(id)))
      .filter((id) => id !== rightId && /^[\w+=,.@:/-]{2,1224}$/.test(id))
  );
}

/** The kit's, of one piece: what a careful engineer may write, so that good ones are not rare. */
const good = fc
  .tuple(
    fc.constantFrom<unknown>({ AWS: 'arn:aws:iam::111111111111:root' }, '*', {
      AWS: [broker.issuerRoleArn, broker.proberRoleArn],
    }),
    fc.constantFrom('StringEquals', 'StringLike', 'ForAnyValue:StringEquals'),
    fc.constantFrom<Readonly<Record<string, object>>>(
      ...[
        {},
        { Null: { 'sts:SourceIdentity': 'false' } },
        { StringLike: { 'sts:SourceIdentity': 'daypass.*' } },
      ],
      { StringEquals: { 'aws:RequestTag/Broker': 'daypass' } },
    ),
  )
  .map(([Principal, name, session]) => ({
    ...{ Effect: 'Allow', Principal, Action: all },
    Condition: join({ [name]: { 'sts:ExternalId': rightId } }, { ArnEquals: functions }, session),
  }));
/** A good statement, with another that may spoil it. */
const spoiled = fc
  .tuple(good, statement)
  .map(([first, second]) => ({ Version: '2012-10-17', Statement: [first, { ...second, Effect: 'Allow' }] }));

describe('a verification of random trust policies', () => {
  it('passes only what lets nobody in but the two functions, and them by the right id alone', async () => {
    const seen = { passed: 0, spoiled: 0 };
    await fc.assert(
      fc.asyncProperty(fc.oneof(trustPolicy, spoiled), async (document) => {
        const trust = compilePolicy(document, trustPolicyGrammar);
        const { result } = await verificationOf(trust);
        if (result !== 'PASSED') {
          if (accepts(trust, issuer, { externalId: rightId, shape: real })) seen.spoiled += 1;
          return;
        }
        seen.passed += 1;
        expect(accepts(trust, issuer, { externalId: rightId, shape: real })).toBe(true);
        expect(findWaysIn(trust, document)).toEqual([]);
      }),
      { numRuns: 100 },
    );

    // Neither is rare, or the property says nothing.
    expect(seen.passed).toBeGreaterThan(5);
    expect(seen.spoiled).toBeGreaterThan(5);
  });

  it('passes all that take the right id alone', async () => {
    await fc.assert(
      fc.asyncProperty(good, async (first) => {
        const trust = compilePolicy({ Version: '2012-10-17', Statement: [first] }, trustPolicyGrammar);

        expect((await verificationOf(trust)).result).toBe('PASSED');
      }),
    );
  });

  const root = { AWS: 'arn:aws:iam::111111111111:root' };
  const allow = (Principal: unknown, Condition: object) => ({
    Effect: 'Allow',
    Principal,
    Action: all,
    Condition,
  });
  const id = { 'sts:ExternalId': rightId };
  const isNamed = { StringLike: { 'sts:SourceIdentity': '*' } };
  const byIssuerAlone = { ArnEquals: { 'aws:PrincipalArn': broker.issuerRoleArn } };

  it.each<[string, readonly unknown[], boolean]>([
    [
      'a source identity beside the id, where there is one',
      [allow('*', { StringEqualsIfExists: id, ...isNamed })],
      true,
    ],
    ['a source identity beside the id', [allow('*', { StringEquals: id, ...isNamed })], true],
    ['a tag', [allow('*', { StringEquals: { ...id, 'aws:RequestTag/Broker': 'daypass' } })], true],
    ['no source identity', [allow('*', { StringEquals: id, Null: { 'sts:SourceIdentity': 'true' } })], true],
    [
      'a second statement',
      [
        allow(root, { StringEquals: id, ArnEquals: functions }),
        allow(root, {
          Null: { 'sts:ExternalId': 'true', 'sts:SourceIdentity': 'false' },
          ArnEquals: functions,
        }),
      ],
      true,
    ],
    // Not open, as the issuing role cannot ask without an id; and not proven either.
    ['the issuing role alone', [allow(root, { StringEqualsIfExists: id, ...byIssuerAlone })], false],
  ])('finds, and passes not, those who come by %s', async (_what, Statement, isOpen) => {
    const document = { Version: '2012-10-17', Statement };
    const trust = compilePolicy(document, trustPolicyGrammar);

    expect(findWaysIn(trust, document).length > 0).toBe(isOpen);
    expect((await verificationOf(trust)).result).not.toBe('PASSED');
  });
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { authorize } from '../../../../lambda/core/policy/authorize.ts';
import {
  compilePolicy,
  identityPolicyGrammar,
  trustPolicyGrammar,
} from '../../../../lambda/core/policy/compile-policy.ts';
import type { Policy } from '../../../../lambda/core/policy/policy.ts';
import type { StsAnswer } from '../../../../lambda/core/ports.ts';
import { anIssuedAnswer } from '../../../support/an-issuance.ts';
import { broker, brokerRoles } from '../../../support/partner-world.ts';
import { aVerifying, denied, previousId, proberGiven, rightId } from '../../../support/verifying.ts';

const [issuer, prober, stranger] = brokerRoles.map(({ arn, policies }) => ({
  arn,
  policies: policies.map((policy) => compilePolicy(policy, identityPolicyGrammar)),
}));
if (issuer === undefined || prober === undefined || stranger === undefined) throw new TypeError('no roles');
const roleArn = 'arn:aws:iam::777777777777:role/partners/DaypassDoesItRight';

/** Whether the evaluator lets one of the broker's roles have the partner's role with this id. */
function accepts(
  trust: Policy,
  as: typeof issuer,
  { externalId, bare }: { readonly externalId: string | undefined; readonly bare: boolean },
): boolean {
  const actions = bare ? ['sts:AssumeRole'] : ['sts:TagSession', 'sts:SetSourceIdentity', 'sts:AssumeRole'];
  return actions.every(
    (action) =>
      authorize({
        request: {
          principal: {
            type: 'AWS',
            arn: 'arn:aws:sts::111111111111:assumed-role/x/y',
            accountId: '111111111111',
            roleArn: as?.arn ?? '',
          },
          action,
          resource: roleArn,
          context: new Map<string, string | readonly string[]>([
            ['aws:principalarn', as?.arn ?? ''],
            ['aws:principalaccount', '111111111111'],
            ...(externalId === undefined ? [] : [['sts:externalid', externalId] as const]),
            ...(bare
              ? []
              : ([
                  ['sts:sourceidentity', 'okta.alice@example.com'],
                  ['aws:tagkeys', ['Team', 'Broker']],
                ] as const)),
          ]),
        },
        identityPolicies: as?.policies ?? [],
        resourcePolicy: trust,
        resourceAccountId: '777777777777',
      }).effect === 'Allow',
  );
}

const asAnswer = (isAccepted: boolean, given: StsAnswer): StsAnswer => (isAccepted ? given : denied);

const verificationOf = (trust: Policy, externalIds: Readonly<Record<string, unknown>> = {}) =>
  aVerifying({
    integration: {
      externalIds: {
        current: rightId,
        previous: { value: previousId, acceptedUntil: '2020-01-01T00:00:00.000Z' },
        ...externalIds,
      },
    },
    answer: (request) =>
      asAnswer(
        accepts(trust, issuer, {
          externalId: request.externalId,
          bare: request.sourceIdentity === undefined && Object.keys(request.sessionTags).length === 0,
        }),
        anIssuedAnswer(request),
      ),
    noId: () => (accepts(trust, prober, { externalId: undefined, bare: true }) ? proberGiven : denied),
    stranger: accepts(trust, stranger, { externalId: rightId, bare: true }) ? proberGiven : denied,
  }).verification();

/*
 * Not among them: what leaves one place of the id open and no more, as a single `?` does. No bounded number of calls
 * finds that; each verification looks at another place.
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
);
/** Objects of operators, each with its keys: joined, not replaced. */
const join = (...parts: readonly Readonly<Record<string, object>>[]) =>
  parts.reduce<Record<string, object>>((joined, part) => {
    for (const [name, keys] of Object.entries(part)) joined[name] = { ...joined[name], ...keys };
    return joined;
  }, {});
const condition = fc
  .tuple(
    whom,
    fc.oneof(
      { weight: 6, arbitrary: idCondition },
      { weight: 1, arbitrary: hasId },
      { weight: 1, arbitrary: fc.constant({}) },
    ),
    fc.option(idCondition, { nil: {}, freq: 5 }),
  )
  .map((parts) => join(...parts));
const principal = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ AWS: 'arn:aws:iam::111111111111:root' }) },
  { weight: 2, arbitrary: fc.constant({ AWS: [broker.issuerRoleArn, broker.proberRoleArn] }) },
  { weight: 1, arbitrary: fc.constantFrom('*', { AWS: '*' }, { AWS: broker.issuerRoleArn }) },
);
const statement = fc.record({
  Effect: fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny'),
  Principal: principal,
  Action: fc.constantFrom('sts:AssumeRole', 'sts:AssumeRole', 'sts:*'),
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

describe('a verification of random trust policies', () => {
  it('passes only what takes no id but the right one', async () => {
    const passed = { right: 0, wrong: 0 };
    await fc.assert(
      fc.asyncProperty(trustPolicy, async (document) => {
        const trust = compilePolicy(document, trustPolicyGrammar);
        const { result } = await verificationOf(trust);
        if (result !== 'PASSED') {
          passed.wrong += 1;
          return;
        }
        passed.right += 1;
        expect(accepts(trust, issuer, { externalId: rightId, bare: false })).toBe(true);
        const taken = [undefined, ...toWrongIds(document)].filter(
          (externalId) =>
            accepts(trust, issuer, { externalId, bare: false }) ||
            (externalId === undefined && accepts(trust, prober, { externalId, bare: true })),
        );
        expect(taken).toEqual([]);
        expect(accepts(trust, stranger, { externalId: rightId, bare: true })).toBe(false);
      }),
      { numRuns: 300 },
    );

    // Neither is rare, or the property says nothing.
    expect(passed.right).toBeGreaterThan(10);
    expect(passed.wrong).toBeGreaterThan(10);
  });

  it('passes all that take the right id alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('StringEquals', 'StringLike', 'ForAnyValue:StringEquals'),
        fc.constantFrom<unknown>({ AWS: 'arn:aws:iam::111111111111:root' }, '*', {
          AWS: [broker.issuerRoleArn, broker.proberRoleArn],
        }),
        async (name, Principal) => {
          const Condition = join({ [name]: { 'sts:ExternalId': rightId } }, { ArnEquals: functions });
          const allow = { Effect: 'Allow', Principal, Action: 'sts:AssumeRole', Condition };
          const trust = compilePolicy(
            { Version: '2012-10-17', Statement: [allow, permissions] },
            trustPolicyGrammar,
          );

          expect((await verificationOf(trust)).result).toBe('PASSED');
        },
      ),
    );
  });
});

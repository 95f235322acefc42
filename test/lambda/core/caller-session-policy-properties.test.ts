import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  combineSessionPolicies,
  findPolicyProblems,
  type PolicyDocument,
} from '../../../lambda/core/caller-session-policy.ts';
import type { AssumeRoleProfile } from '../../../lambda/core/configuration.ts';
import { SessionPolicyNotAcceptedError } from '../../../lambda/core/errors.ts';
import { type Authorization, authorize } from '../../../lambda/core/policy/authorize.ts';
import {
  compilePolicy,
  identityPolicyGrammar,
  resourcePolicyGrammar,
} from '../../../lambda/core/policy/compile-policy.ts';
import { compileSessionPolicy } from '../../../lambda/core/session-policy.ts';

type ValueOf<A> = A extends fc.Arbitrary<infer Value> ? Value : never;

const accountId = '222222222222';
const sessionArn = `arn:aws:sts::${accountId}:assumed-role/Reader/alice`;
const roleArn = `arn:aws:iam::${accountId}:role/Reader`;

const action = fc.constantFrom('s3:GetObject', 's3:PutObject', 's3:*', '*', 's3:Get*', 'iam:PassRole');
const resource = fc.constantFrom(
  '*',
  'arn:aws:s3:::data/web/*',
  'arn:aws:s3:::data/payments/*',
  'arn:aws:s3:::data/${aws:username}/*',
  'arn:aws:s3:::data/${*}/?',
);
const condition = fc.oneof(
  fc.constant({}),
  fc.constantFrom(
    { StringEquals: { 'aws:username': 'web' } },
    { StringNotEquals: { 'aws:username': ['web', 'payments'] } },
    { StringNotLikeIfExists: { 's3:prefix': '${aws:username}/*' } },
    { Null: { 's3:prefix': 'true' } },
    { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['Team'] } },
  ),
);
const aStatement = (...effects: readonly string[]) =>
  fc
    .record({
      effect: fc.constantFrom(...effects),
      actions: action,
      isNotAction: fc.boolean(),
      resources: fc.array(resource, { minLength: 1, maxLength: 2 }),
      isNotResource: fc.boolean(),
      Condition: condition,
      Sid: fc.constantFrom(undefined, '', 'A', 'B', 'Allow'),
    })
    .map(({ effect, actions, isNotAction, resources, isNotResource, Condition, Sid }) => ({
      ...(Sid === undefined ? {} : { Sid }),
      Effect: effect,
      [isNotAction ? 'NotAction' : 'Action']: actions,
      [isNotResource ? 'NotResource' : 'Resource']: resources,
      Condition,
    }));

const aDocument = (
  statement: ReturnType<typeof aStatement>,
  versions: readonly (string | undefined)[] = ['2012-10-17'],
): fc.Arbitrary<PolicyDocument> =>
  fc
    .record({
      Version: fc.constantFrom(...versions),
      Statement: fc.oneof(
        statement,
        fc.uniqueArray(statement, {
          selector: ({ Sid }) => (Sid === undefined || Sid === '' ? {} : Sid),
          minLength: 1,
          maxLength: 3,
        }),
      ),
    })
    .map(({ Version, Statement }) => ({ ...(Version === undefined ? {} : { Version }), Statement }));

const mostlyAllowing = aStatement('Allow', 'Allow', 'Deny');
const ofProfile = aDocument(mostlyAllowing, ['2012-10-17', '2012-10-17', '2008-10-17', undefined]);
const ofCaller = fc.oneof(aDocument(mostlyAllowing), aDocument(aStatement('Deny')));
const everything = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
};
const ofRole = fc.oneof(fc.constant(everything), aDocument(mostlyAllowing));

const profile = fc.record({
  inline: fc.option(ofProfile, { nil: undefined }),
  managed: fc.array(ofProfile, { maxLength: 2 }),
  acceptsSessionPolicy: fc.boolean(),
});

const request = fc.record({
  action: fc.constantFrom('s3:GetObject', 's3:PutObject', 'iam:PassRole'),
  resource: fc.constantFrom(
    'arn:aws:s3:::data/web/1',
    'arn:aws:s3:::data/payments/1',
    'arn:aws:s3:::data/${aws:username}/1',
    'arn:aws:s3:::other',
  ),
  context: fc.constantFrom<ReadonlyMap<string, string>>(
    new Map(),
    new Map([['aws:username', 'web']]),
    new Map([
      ['aws:username', 'payments'],
      ['s3:prefix', 'payments/x'],
    ]),
  ),
});

/** The bucket's own policy: it may name the session or its role, whom session policies limit in different ways. */
const bucketPolicy = fc.option(
  fc
    .tuple(
      mostlyAllowing,
      fc.constantFrom<unknown>({ AWS: sessionArn }, { AWS: roleArn }, { AWS: accountId }, '*'),
    )
    .map(([{ Condition: _, ...rest }, Principal]) => ({
      Version: '2012-10-17',
      Statement: { ...rest, Principal },
    })),
  { nil: undefined },
);

const compile = (policy: unknown) => compilePolicy(policy, identityPolicyGrammar);

/** What STS would be sent with this caller's policy; `undefined` where the broker refuses it. */
function toSession(
  { inline, managed, acceptsSessionPolicy }: ValueOf<typeof profile>,
  callers?: PolicyDocument,
) {
  const own = inline === undefined ? undefined : JSON.stringify(inline);
  const compiled: Pick<
    AssumeRoleProfile,
    'name' | 'mechanism' | 'sessionPolicy' | 'managedPolicyArns' | 'acceptsSessionPolicy'
  > = {
    name: 'reports',
    mechanism: 'assume-role',
    acceptsSessionPolicy: acceptsSessionPolicy && inline === undefined && managed.length === 0,
    managedPolicyArns: managed.map((_, index) => `arn:aws:iam::aws:policy/P${index}`),
    ...(inline === undefined ? {} : { sessionPolicy: compileSessionPolicy(inline, fail, fail) }),
  };
  try {
    const sent = combineSessionPolicies(
      { profile: compiled, own, callers },
      { called: 'profile x', contact: {} },
    );
    const policies = [...(sent === undefined ? [] : [JSON.parse(sent)]), ...managed];
    return policies.length === 0 ? {} : { sessionPolicies: policies.map(compile) };
  } catch (error) {
    if (error instanceof SessionPolicyNotAcceptedError) return undefined;
    throw error;
  }
}

const fail = () => {
  throw new TypeError('the policy has no templates of ours');
};

describe('a policy of the caller', () => {
  it('never lets it do what the profile alone does not, and binds it by every Deny in it', () => {
    const seen = { taken: 0, narrowed: 0, kept: 0 };

    fc.assert(
      fc.property(
        profile,
        ofCaller,
        ofRole,
        bucketPolicy,
        fc.array(request, { minLength: 4, maxLength: 8 }),
        (given, callers, role, bucket, requests) => {
          expect(findPolicyProblems(callers)).toEqual([]);
          const [alone, together] = [toSession(given), toSession(given, callers)];
          if (together === undefined) return;
          seen.taken += 1;
          const others = {
            identityPolicies: [compile(role)],
            ...(bucket === undefined ? {} : { resourcePolicy: compilePolicy(bucket, resourcePolicyGrammar) }),
          };
          const ofCallers = { identityPolicies: [compile(callers)] };
          for (const asked of requests) {
            const [before, after] = [decide(asked, others, alone), decide(asked, others, together)];
            if (after === 'Allow') seen.kept += 1;
            else if (before === 'Allow') seen.narrowed += 1;
            // Jest's own expectations take longer than all that they judge here.
            if (after === 'Allow' && before !== 'Allow')
              throw new Error('the policy has widened the profile');
            if (after !== 'ExplicitDeny' && decide(asked, ofCallers) === 'ExplicitDeny') {
              throw new Error('a Deny of the policy does not bind');
            }
          }
        },
      ),
      { numRuns: 1500 },
    );

    expect(Math.min(...Object.values(seen))).toBeGreaterThan(30);
  });
});

const decide = (
  asked: ValueOf<typeof request>,
  sides: Pick<Authorization, 'identityPolicies' | 'resourcePolicy'>,
  session: Pick<Authorization, 'sessionPolicies'> = {},
) =>
  authorize({
    request: { ...asked, principal: { type: 'AWS', arn: sessionArn, accountId, roleArn } },
    ...sides,
    ...session,
    resourceAccountId: accountId,
  }).effect;

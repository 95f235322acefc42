import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compilePolicy, identityPolicyGrammar } from '../../lambda/core/policy/compile-policy.ts';
import { evaluatePolicy } from '../../lambda/core/policy/evaluate-policy.ts';
import type { Policy } from '../../lambda/core/policy/policy.ts';
import { iamLimits, packStatements, policyLength } from '../../lib/constructs/pack-statements.ts';
import { issuingStatements } from '../../lib/issuing-permissions.ts';
import type { IamStatement } from '../../lib/permissions.ts';
import { aConfiguration, aProfileDocument } from '../support/a-configuration.ts';

/** Of a profile, what the permissions follow from. */
interface Wanted {
  readonly roleArn: string;
  readonly externalId?: string | undefined;
  readonly setSourceIdentity?: boolean;
  readonly acceptedTagKeys?: readonly string[];
}

/** What the issuer may do beside: as many characters as fourteen ARNs that only CloudFormation knows. */
const rest: readonly IamStatement[] = Array.from({ length: 14 }, (_, index) => ({
  Sid: `Rest${index}`,
  Effect: 'Allow',
  Action: ['dynamodb:PutItem'],
  Resource: [`arn:aws:dynamodb:eu-west-1:111111111111:table/${'a'.repeat(154)}`],
}));

/** The issuer's policies, as they are deployed. */
function toPolicies(wanted: readonly Wanted[], quota?: number) {
  const profiles = Object.fromEntries(
    wanted.map(({ externalId, ...keys }, index) => [
      `p${index}`,
      aProfileDocument({ ...keys, ...(externalId === undefined ? {} : { externalId }) }),
    ]),
  );
  const statements = [...issuingStatements(aConfiguration({ profiles })), ...rest];
  const { inline, managed } = packStatements({ roleName: 'issuer', statements, quota });
  return { inline, managed, policies: [inline, ...managed].map(compile) };
}

const compile = (Statement: unknown) =>
  compilePolicy({ Version: '2012-10-17', Statement }, identityPolicyGrammar);

interface Asked {
  readonly action?: string;
  readonly roleArn: string;
  readonly externalId?: string | undefined;
  readonly isNamed?: boolean;
}

function isAllowed(
  policies: readonly Policy[],
  { action, roleArn, externalId, isNamed = true }: Asked,
): boolean {
  const context = new Map([
    ['aws:requestedregion', 'eu-west-1'],
    ...(externalId === undefined ? [] : [['sts:externalid', externalId] as const]),
    ...(isNamed ? [['sts:sourceidentity', 'okta.jane'] as const] : []),
  ]);
  return (
    evaluatePolicy(policies, { action: action ?? 'sts:AssumeRole', resource: roleArn, context }).effect ===
    'Allow'
  );
}

const toRoleArn = (account: string, name: string) => `arn:aws:iam::${account}:role/daypass/${name}`;
const many = (count: number, toWanted: (index: number) => Wanted) =>
  Array.from({ length: count }, (_, index) => toWanted(index));
/** Each decision reads all of the policies. */
const some = <Item>(all: readonly Item[]) => all.filter((_, index) => index % 20 === 7);
const teams = ['billing', 'data', 'edge', 'fraud', 'growth', 'ledger', 'media', 'orders', 'search', 'web'];
const toName = (index: number) => `${teams[index % teams.length]}-${index}`;

const foreign = many(500, (index) => ({
  roleArn: toRoleArn('222222222222', toName(index)),
  acceptedTagKeys: index % 2 === 0 ? ['Purpose'] : [],
}));
const partners = many(150, (index) => ({
  roleArn: toRoleArn('444444444444', `${toName(index)}`),
  externalId: `daypass-${1000 + index}-7f3a9c52e1b84d60aa01`,
}));

describe('the issuer’s permissions at scale', () => {
  it('hold 500 profiles without and 150 with an ExternalId within the quotas that every account has', () => {
    const { inline, managed, policies } = toPolicies([...foreign, ...partners]);

    expect(policyLength(inline)).toBeLessThanOrEqual(iamLimits.inlinePolicyCharacters);
    expect(managed.length).toBeLessThanOrEqual(iamLimits.managedPolicies);
    for (const policy of managed)
      expect(policyLength(policy)).toBeLessThanOrEqual(iamLimits.managedPolicyCharacters);
    expect(some(foreign).filter((role) => !isAllowed(policies, role))).toEqual([]);
    expect(some(partners).filter((role) => !isAllowed(policies, role))).toEqual([]);
    const next = partners[1]?.externalId;
    expect(some(partners).filter((role) => isAllowed(policies, { ...role, externalId: next }))).toEqual([]);
    expect(some(partners).filter(({ roleArn }) => isAllowed(policies, { roleArn }))).toEqual([]);
    expect(some(foreign).filter(({ roleArn }) => isAllowed(policies, { roleArn: `${roleArn}x` }))).toEqual(
      [],
    );
  });

  it('deny every other role of the own account when 500 profiles name roles there', () => {
    const own = many(500, (index) => ({ roleArn: toRoleArn('111111111111', toName(index)) }));

    const { policies } = toPolicies([...own, { roleArn: toRoleArn('222222222222', 'ReadOnly') }]);

    const asTrusted = [...policies, trusting];
    expect(some(own).filter((role) => !isAllowed(policies, role))).toEqual([]);
    for (const { roleArn } of some(own)) {
      expect(isAllowed(asTrusted, { roleArn: `${roleArn}x` })).toBe(false);
      expect(isAllowed(asTrusted, { roleArn: roleArn.replace('daypass/', '') })).toBe(false);
    }
    expect(isAllowed(asTrusted, { roleArn: 'arn:aws:iam::111111111111:role/Admin' })).toBe(false);
    expect(isAllowed(policies, { roleArn: toRoleArn('222222222222', 'ReadOnly') })).toBe(true);
  });

  it('say how many fit when there are more, and hold them where the quota is raised', () => {
    const tooMany = many(1000, (index) => ({
      roleArn: toRoleArn('222222222222', toName(index)),
      externalId: `id-${index}`,
    }));

    expect(() => toPolicies(tooMany)).toThrow(
      /^profiles: "\d\d managed policies for role .* at most 10 of 6144/,
    );
    expect(toPolicies(tooMany.slice(0, 450), 20).managed.length).toBeGreaterThan(10);
  });

  it('name each role once for all of its actions where no ExternalId is asked for', () => {
    const { inline } = toPolicies(foreign.slice(0, 20));

    const lists = inline.flatMap(({ Resource = [] }) => [Resource].flat());
    for (const { roleArn } of foreign.slice(0, 20))
      expect(lists.filter((resource) => resource === roleArn)).toHaveLength(1);
  });
});

/** As where the role's own trust policy names the issuer, which in one account suffices. */
const trusting = compile([
  { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: 'arn:aws:iam::111111111111:role/*' },
]);

/** Few of each, so that profiles meet in roles and ids. */
const wanted: fc.Arbitrary<Wanted> = fc.record({
  roleArn: fc
    .tuple(
      fc.constantFrom('111111111111', '112222222222', '222222222222'),
      fc.constantFrom('A', 'AB', 'a', 'B/A'),
    )
    .map(([account, name]) => toRoleArn(account, name)),
  externalId: fc.constantFrom(undefined, undefined, 'id-1', 'id-2', 'id-22'),
  setSourceIdentity: fc.boolean(),
  acceptedTagKeys: fc.constantFrom([], ['Purpose']),
});

describe('the issuer’s permissions', () => {
  it('allow of any profiles exactly what one of them asks for', () => {
    fc.assert(
      fc.property(
        fc.array(wanted, { maxLength: 8 }),
        wanted,
        fc.nat(15),
        fc.boolean(),
        (profiles, other, index, isNamed) => {
          const { policies } = toPolicies(profiles);
          const { roleArn, externalId } = profiles[index] ?? other;
          const ofRole = profiles.filter((profile) => profile.roleArn === roleArn);

          // A role that one profile asks for without source identity may be had so; any other may not.
          const mayBeAnonymous = ofRole.some(({ setSourceIdentity }) => !setSourceIdentity);
          const takesId = ofRole.some((one) => one.externalId === undefined || one.externalId === externalId);
          expect(isAllowed(policies, { roleArn, externalId, isNamed })).toBe(
            takesId && (isNamed || mayBeAnonymous),
          );
          const isOwn = roleArn.includes('111111111111');
          expect(isAllowed([...policies, trusting], { roleArn, externalId, isNamed })).toBe(
            (takesId || (isOwn && ofRole.length > 0)) && (isNamed || mayBeAnonymous),
          );
          expect(isAllowed(policies, { action: 'sts:SetSourceIdentity', roleArn })).toBe(
            ofRole.some(({ setSourceIdentity }) => setSourceIdentity),
          );
          expect(isAllowed(policies, { action: 'sts:TagSession', roleArn })).toBe(
            ofRole.some(({ acceptedTagKeys = [] }) => acceptedTagKeys.length > 0),
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { toNextHopPolicy } from '../../../lambda/core/next-hop-policy.ts';
import { authorize } from '../../../lambda/core/policy/authorize.ts';
import {
  compilePolicy,
  identityPolicyGrammar,
  trustPolicyGrammar,
} from '../../../lambda/core/policy/compile-policy.ts';

const next = 'arn:aws:iam::333333333333:role/daypass/Warehouse';
const account = '222222222222';
const onTheWay = `arn:aws:iam::${account}:role/daypass/Gateway`;
const session = `arn:aws:sts::${account}:assumed-role/Gateway/alice`;
const all = ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'];
const everything = { withSourceIdentity: true, withTags: true };

const administrator = compilePolicy(
  { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
  identityPolicyGrammar,
);

/** What a session on the way may do whose role may do everything, where the other side trusts it in the widest way. */
function decide(request: {
  readonly action: string;
  readonly resource: string;
  readonly trusts?: string;
  readonly policy?: string;
}) {
  const { action, resource, trusts = session, policy = toNextHopPolicy(next, everything) } = request;
  const [, , , , resourceAccountId = ''] = resource.split(':');
  return authorize({
    request: {
      principal: { type: 'AWS', arn: session, accountId: account, roleArn: onTheWay },
      action,
      resource,
      context: new Map(),
    },
    identityPolicies: [administrator],
    sessionPolicies: [compilePolicy(JSON.parse(policy), identityPolicyGrammar)],
    resourcePolicy: compilePolicy(
      {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: trusts }, Action: action }],
      },
      trustPolicyGrammar,
    ),
    resourceAccountId,
  }).effect;
}

const name = fc.stringMatching(/^[\w+=,.@-]{1,64}$/);
const path = fc.array(fc.stringMatching(/^[\w+=,.@-]{1,16}$/), { maxLength: 3 });
const roleArn = fc
  .tuple(fc.constantFrom(account, '333333333333', '111111111111'), path, name)
  .map(([id, parts, last]) => `arn:aws:iam::${id}:role/${[...parts, last].join('/')}`);
const trusts = fc.constantFrom(session, onTheWay, `arn:aws:iam::${account}:root`, '*');
const stsAction = fc.constantFrom(...all);
const action = fc.oneof(
  fc.constantFrom(
    ...all,
    'sts:AssumeRoleWithWebIdentity',
    'sts:AssumeRoleWithSAML',
    'sts:AssumeRoot',
    'sts:GetFederationToken',
    'iam:PassRole',
    's3:GetObject',
    'sts:TagSessions',
  ),
  fc.stringMatching(/^[a-z][a-z0-9-]{0,15}:[A-Za-z]{1,24}$/),
);
const isOneOfAll = (wanted: string) => all.some((known) => known.toLowerCase() === wanted.toLowerCase());

describe('the policy of a session on the way', () => {
  it.each(all)('lets it do %s with the next role', (wanted) => {
    expect(decide({ action: wanted, resource: next })).toBe('Allow');
  });

  it('lets it do nothing with any other role, whoever trusts it in whatever way', () => {
    fc.assert(
      fc.property(roleArn, action, trusts, (resource, wanted, principal) => {
        fc.pre(resource !== next);

        expect(decide({ action: wanted, resource, trusts: principal })).toBe('ExplicitDeny');
      }),
      { numRuns: 1000 },
    );
  });

  it('lets it do nothing else with the next role', () => {
    fc.assert(
      fc.property(action, trusts, (wanted, principal) => {
        fc.pre(!isOneOfAll(wanted));

        expect(decide({ action: wanted, resource: next, trusts: principal })).toBe('ExplicitDeny');
      }),
      { numRuns: 1000 },
    );
  });

  it('knows the role of each chain from all others, near misses too', () => {
    fc.assert(
      fc.property(roleArn, stsAction, fc.nat(), (resource, wanted, at) => {
        const policy = toNextHopPolicy(resource, everything);
        const index = 31 + (at % (resource.length - 31));
        const others = [
          `${resource}x`,
          resource.slice(0, -1),
          resource.toUpperCase(),
          resource.replace(/:role\//, ':role/x/'),
          `${resource.slice(0, index)}${resource[index] === 'a' ? 'b' : 'a'}${resource.slice(index + 1)}`,
        ].filter((other) => other !== resource);

        expect(decide({ action: wanted, resource, policy })).toBe('Allow');
        for (const other of others) {
          expect(decide({ action: wanted, resource: other, policy })).toBe('ExplicitDeny');
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    [{ withSourceIdentity: false, withTags: false }, ['sts:AssumeRole']],
    [{ withSourceIdentity: true, withTags: false }, ['sts:AssumeRole', 'sts:SetSourceIdentity']],
    [{ withSourceIdentity: false, withTags: true }, ['sts:AssumeRole', 'sts:TagSession']],
  ])('leaves out what the next session is not given: %j', (given, allowed) => {
    const policy = toNextHopPolicy(next, given);

    for (const wanted of all) {
      const expected = allowed.includes(wanted) ? 'Allow' : 'ExplicitDeny';
      expect(decide({ action: wanted, resource: next, policy })).toBe(expected);
    }
  });
});

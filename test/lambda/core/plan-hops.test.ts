import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { toNextHopPolicy } from '../../../lambda/core/next-hop-policy.ts';
import { planHops } from '../../../lambda/core/plan-hops.ts';
import type { AssumeRoleRequest } from '../../../lambda/core/ports.ts';

const gateway = 'arn:aws:iam::222222222222:role/daypass/Gateway';
const relay = 'arn:aws:iam::333333333333:role/daypass/Relay';
const roleArn = 'arn:aws:iam::444444444444:role/Warehouse';

/** All that a profile can give. */
const target: AssumeRoleRequest = {
  roleArn,
  roleSessionName: 'alice-session',
  durationSeconds: 3600,
  sourceIdentity: 'okta.alice',
  externalId: 'external-id',
  sessionTags: { Team: 'payments', Purpose: 'restore', Stage: 'prod' },
  transitiveTagKeys: ['Team', 'Stage'],
  sessionPolicy: '{"Version":"2012-10-17","Statement":[]}',
  managedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
};

const both = { withSourceIdentity: true, withTags: true };

describe('planHops', () => {
  it('is the one request as it is where there is no chain', () => {
    expect(planHops({ via: [] }, target)).toEqual([target]);
  });

  it('sets what stays with a session at the first hop, and what is for the end alone at the end', () => {
    expect(planHops({ via: [gateway] }, target)).toEqual([
      {
        roleArn: gateway,
        roleSessionName: 'alice-session',
        durationSeconds: 900,
        sourceIdentity: 'okta.alice',
        sessionTags: { Team: 'payments', Stage: 'prod' },
        transitiveTagKeys: ['Team', 'Stage'],
        sessionPolicy: toNextHopPolicy(roleArn, both),
        managedPolicyArns: [],
      },
      {
        roleArn,
        roleSessionName: 'alice-session',
        durationSeconds: 3600,
        externalId: 'external-id',
        sessionTags: { Purpose: 'restore' },
        transitiveTagKeys: [],
        sessionPolicy: '{"Version":"2012-10-17","Statement":[]}',
        managedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
      },
    ]);
  });

  it('gives a role in the middle nothing but its way on', () => {
    const [first, middle, last] = planHops({ via: [gateway, relay] }, target);

    expect(first).toMatchObject({ roleArn: gateway, sessionPolicy: toNextHopPolicy(relay, both) });
    expect(middle).toEqual({
      roleArn: relay,
      roleSessionName: 'alice-session',
      durationSeconds: 900,
      sessionTags: {},
      transitiveTagKeys: [],
      sessionPolicy: toNextHopPolicy(roleArn, both),
      managedPolicyArns: [],
    });
    expect(last).toMatchObject({ roleArn, sessionTags: { Purpose: 'restore' } });
  });

  it('lets no session set a source identity where the profile sets none', () => {
    const { sourceIdentity, ...anonymous } = target;

    const [first, last] = planHops({ via: [gateway] }, anonymous);

    expect(first).not.toHaveProperty('sourceIdentity');
    expect(last).not.toHaveProperty('sourceIdentity');
    expect(first?.sessionPolicy).toBe(toNextHopPolicy(roleArn, { ...both, withSourceIdentity: false }));
  });

  it('lets a session tag the next one where that has tags, inherited or of its own, and nowhere else', () => {
    const tagging = (changes: Partial<AssumeRoleRequest>) =>
      planHops({ via: [gateway, relay] }, { ...target, ...changes })
        .slice(0, -1)
        .map(({ sessionPolicy = '' }) => sessionPolicy.includes('sts:TagSession'));

    expect(tagging({})).toEqual([true, true]);
    expect(tagging({ transitiveTagKeys: [] })).toEqual([false, true]);
    expect(tagging({ sessionTags: {}, transitiveTagKeys: [] })).toEqual([false, false]);
    expect(tagging({ sessionTags: { Team: 'payments' }, transitiveTagKeys: ['Team'] })).toEqual([true, true]);
  });

  const names = ['Team', 'Purpose', 'Stage', '__proto__x', 'constructor'];
  const plans = fc.record({
    via: fc.uniqueArray(fc.constantFrom(gateway, relay), { maxLength: 2 }),
    target: fc
      .tuple(
        fc.dictionary(fc.constantFrom(...names), fc.string({ maxLength: 8 })),
        fc.subarray(names),
        fc.option(fc.constant('okta.alice'), { nil: undefined }),
      )
      .map(([sessionTags, keys, sourceIdentity]): AssumeRoleRequest => {
        const { sourceIdentity: _, ...rest } = target;
        return {
          ...rest,
          sessionTags,
          transitiveTagKeys: keys.filter((key) => Object.hasOwn(sessionTags, key)),
          ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
        };
      }),
  });

  it('loses no tag, sets none twice, and sets the transitive ones and the identity with the first session', () => {
    fc.assert(
      fc.property(plans, ({ via, target: planned }) => {
        const requests = planHops({ via }, planned);

        expect(requests.map((request) => request.roleArn)).toEqual([...via, roleArn]);
        const set = requests.flatMap(({ sessionTags }) => Object.entries(sessionTags));
        expect(set.toSorted()).toEqual(Object.entries(planned.sessionTags).toSorted());
        const [first, ...others] = requests;
        expect(first?.sourceIdentity).toBe(planned.sourceIdentity);
        expect(first?.transitiveTagKeys).toEqual(planned.transitiveTagKeys);
        expect(Object.keys(first?.sessionTags ?? {})).toEqual(
          expect.arrayContaining([...planned.transitiveTagKeys]),
        );
        for (const other of others) {
          expect(other).not.toHaveProperty('sourceIdentity');
          expect(other.transitiveTagKeys).toEqual([]);
        }
      }),
    );
  });

  it('keeps ExternalId, policies and duration for the end', () => {
    fc.assert(
      fc.property(plans, ({ via, target: planned }) => {
        const requests = planHops({ via }, planned);

        expect(requests.at(-1)).toMatchObject({
          externalId: 'external-id',
          durationSeconds: 3600,
          sessionPolicy: target.sessionPolicy,
          managedPolicyArns: target.managedPolicyArns,
        });
        for (const request of requests.slice(0, -1)) {
          expect(request).not.toHaveProperty('externalId');
          expect(request).toMatchObject({ durationSeconds: 900, managedPolicyArns: [] });
          expect(request.sessionPolicy).not.toBe(target.sessionPolicy);
        }
      }),
    );
  });
});

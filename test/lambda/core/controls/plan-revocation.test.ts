import { describe, expect, it } from '@jest/globals';
import {
  planIssuanceRevocation,
  planPrincipalRevocation,
  planRoleRevocation,
} from '../../../../lambda/core/controls/plan-revocation.ts';
import { toRevocationDocument } from '../../../../lambda/core/controls/revocation-document.ts';
import type { Issuance } from '../../../../lambda/core/issuance.ts';
import { anId, anIntent, outcomes } from '../../../support/an-issuance.ts';
import { nowMs } from '../../../support/tokens.ts';

const deployment = { accountId: '111111111111', region: 'eu-west-1', partition: 'aws', stage: 'prod' };
const options = { deployment, nowMs, id: anId };
const roleArn = 'arn:aws:iam::222222222222:role/daypass/ReadOnly';

const anIssuance = (changes: Partial<Issuance> = {}): Issuance => {
  const { nonce: _, ...intent } = anIntent();
  return { ...intent, ...outcomes.ISSUED, ...changes };
};
/** Without its members that a mechanism does not have. */
const without = (issuance: Issuance, ...names: readonly (keyof Issuance)[]): Issuance =>
  Object.fromEntries(
    Object.entries(issuance).filter(([name]) => !(names as readonly string[]).includes(name)),
  ) as unknown as Issuance;

const planned = (changes: Partial<Issuance>) => {
  const { policies, cannotEnd } = planIssuanceRevocation(anIssuance(changes), options);
  return { ...policies[0], cannotEnd: cannotEnd.join(' · '), count: policies.length };
};

describe('the revocation of an issuance', () => {
  it.each(['assume-role', 'web-identity'] as const)(
    'of %s denies the one session by its name',
    (mechanism) => {
      const { holder, ends, removableAt, policyName, cannotEnd } = planned({ mechanism });

      expect(holder).toEqual({ type: 'role', arn: roleArn });
      expect(ends).toEqual([{ userIds: [`*:alice@example.com-${anId}-0123456789abcdef`] }]);
      expect(removableAt).toBe(outcomes.ISSUED.expiration);
      expect(policyName).toBe(`daypass-revoked-${anId}`);
      expect(cannotEnd).toContain('source identity okta.alice@example.com');
    },
  );

  it('of a chain is for the role at its end', () => {
    const roleArns = ['arn:aws:iam::222222222222:role/Gateway', 'arn:aws:iam::333333333333:role/Warehouse'];

    expect(planned({ roleArns }).holder).toEqual({ type: 'role', arn: roleArns[1] });
  });

  it('of a federation token is for the federator, by the session’s own name', () => {
    const { holder, ends, cannotEnd } = planned({
      ...{ mechanism: 'federation-token', roleArns: [], roleSessionName: `${anId}-abcde` },
    });

    expect(holder).toEqual({
      type: 'user',
      arn: 'arn:aws:iam::111111111111:user/daypass/daypass-prod-eu-west-1-federator',
    });
    expect(ends).toEqual([{ userIds: [`111111111111:${anId}-abcde`] }]);
    expect(cannotEnd).not.toContain('role chaining');
  });

  it('of a federation token of another region is for that region’s federator', () => {
    const { holder } = planned({
      ...{ mechanism: 'federation-token', roleArns: [], roleSessionName: `${anId}-abcde` },
      region: 'eu-central-1',
    });

    expect(holder?.arn).toBe('arn:aws:iam::111111111111:user/daypass/daypass-prod-eu-central-1-federator');
  });

  it('of an assertion needs the time beside the name, which the assertion chose', () => {
    const { ends, cannotEnd } = planned({
      mechanism: 'saml',
      roleSessionName: 'alice',
      enforcement: 'recorded',
    });

    const [one] = ends ?? [];
    expect(one?.userIds).toEqual(['*:alice']);
    expect(Date.parse(one?.issuedFrom ?? '')).toBeLessThanOrEqual(nowMs);
    expect(Date.parse(one?.issuedBefore ?? '')).toBeGreaterThan(nowMs + 100);
    expect(cannotEnd).toContain('without Daypass');
  });

  it('of a session token is for the user whose key it was, in the seconds of its call', () => {
    const subject = 'arn:aws:iam::222222222222:user/people/dev';
    const { holder, ends, cannotEnd } = planned({
      mechanism: 'session-token',
      principal: { issuer: 'aws', subject },
      roleArns: [],
    });

    expect(holder).toEqual({ type: 'user', arn: subject });
    expect(Object.keys(ends?.[0] ?? {})).toEqual(['issuedFrom', 'issuedBefore']);
    expect(cannotEnd).toContain('deactivate it');
  });

  it.each(['UNKNOWN', 'PENDING'] as const)('that is %s lasts as long as it may have', (state) => {
    const issuance = without(anIssuance({ state }), 'expiration', 'finishedAt', 'accessKeyId');

    const { policies } = planIssuanceRevocation(issuance, options);

    expect(policies[0]?.removableAt).toBe(new Date(nowMs + 900_000 + 60_000).toISOString());
  });

  it.each([
    ['a denied one', { state: 'DENIED' }],
    ['one that STS refused', { state: 'REFUSED' }],
    ['one that never reached STS', { state: 'FAILED' }],
    ['an expired one', { expiration: new Date(nowMs).toISOString() }],
    ['a token that AWS signed', { purpose: 'web-identity-token' }],
    ['a message that was decoded', { purpose: 'authorization-message' }],
    ['a probe', { purpose: 'probe' }],
    ['a root session', { mechanism: 'assume-root' }],
    ['a session token of no user', { mechanism: 'session-token' }],
    ['one without a role', { roleArns: [] }],
  ] satisfies [string, Partial<Issuance>][])('is none of %s', (_, changes) => {
    expect(() => planned(changes)).toThrow(expect.objectContaining({ code: 'not-revocable' }));
  });

  it('is none of a session without a name: the whole role would be closed', () => {
    expect(() => planIssuanceRevocation(without(anIssuance(), 'roleSessionName'), options)).toThrow(
      'no session',
    );
  });
});

const toSeconds = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');

describe('the revocation of a principal', () => {
  const beforeMs = nowMs + 20_000;
  const ofPrincipal = (...issuances: readonly Issuance[]) =>
    planPrincipalRevocation(issuances, { ...options, beforeMs });
  const before = toSeconds(beforeMs + 6000);

  it('is one policy a role: by source identity where there is one, by names where not', () => {
    const unnamed = without(anIssuance({ roleSessionName: 'one' }), 'sourceIdentity');
    const elsewhere = anIssuance({ roleArns: ['arn:aws:iam::333333333333:role/TeamData'] });

    const { policies } = ofPrincipal(anIssuance(), anIssuance(), unnamed, elsewhere);

    expect(policies.map(({ holder, ends }) => [holder.arn, ends])).toEqual([
      [roleArn, [{ sourceIdentity: 'okta.alice@example.com', issuedBefore: before }, { userIds: ['*:one'] }]],
      [
        'arn:aws:iam::333333333333:role/TeamData',
        [{ sourceIdentity: 'okta.alice@example.com', issuedBefore: before }],
      ],
    ]);
  });

  it('says what it cannot end, and passes over what is over', () => {
    const { policies, cannotEnd } = ofPrincipal(
      anIssuance({ mechanism: 'assume-root' }),
      anIssuance({ state: 'DENIED' }),
      anIssuance({ expiration: new Date(nowMs - 1).toISOString() }),
    );

    expect(policies).toEqual([]);
    expect(cannotEnd).toEqual([expect.stringContaining('root user')]);
  });

  it.each([
    ['is not finished', { state: 'PENDING' }],
    ['was finished just then', { finishedAt: new Date(beforeMs - 4000).toISOString() }],
    ['was finished later', { finishedAt: new Date(beforeMs + 30_000).toISOString() }],
  ] satisfies [string, Partial<Issuance>][])('names what %s: its session may begin later', (_, changes) => {
    const late = anIssuance({ roleSessionName: 'late', ...changes });
    const { policies } = ofPrincipal(
      anIssuance(),
      'finishedAt' in changes ? late : without(late, 'finishedAt'),
    );

    expect(policies[0]?.ends).toEqual([
      { sourceIdentity: 'okta.alice@example.com', issuedBefore: before },
      { userIds: ['*:late'] },
    ]);
  });

  it('of more names than a policy holds still ends what the source identity tells', () => {
    const late = Array.from({ length: 200 }, (_, index) =>
      without(anIssuance({ roleSessionName: `${'x'.repeat(55)}-${index}`, state: 'PENDING' }), 'finishedAt'),
    );

    const { policies, cannotEnd } = ofPrincipal(...late);

    expect(policies[0]?.ends).toEqual([{ sourceIdentity: 'okta.alice@example.com', issuedBefore: before }]);
    expect(cannotEnd.join()).toContain(`200 sessions of ${roleArn}`);
  });

  it.each([
    ['federation tokens', { mechanism: 'federation-token' }, { userIds: ['111111111111:*'] }],
    [
      'session tokens',
      {
        mechanism: 'session-token',
        principal: { issuer: 'aws', subject: 'arn:aws:iam::222222222222:user/dev' },
      },
      {},
    ],
  ] satisfies [string, Partial<Issuance>, object][])(
    'of more %s than a user has room for ends all of the user’s older sessions, and says so',
    (_, changes, told) => {
      const some = Array.from({ length: 60 }, (__, index) =>
        without(anIssuance({ ...changes, roleSessionName: `${'x'.repeat(25)}-${index}` }), 'sourceIdentity'),
      );

      const { policies, cannotEnd } = ofPrincipal(...some);

      expect(policies.map(({ ends }) => ends)).toEqual([[{ ...told, issuedBefore: before }]]);
      expect(cannotEnd.join()).toContain('every temporary session of the user');
      // A session of a user's key lasts so long.
      expect(policies[0]?.removableAt).toBe(new Date(beforeMs + 36 * 3_600_000).toISOString());
    },
  );

  it('stays for as long as what was made of the sessions with that source identity, and where there is none for as long as they', () => {
    const [{ removableAt: byIdentity } = { removableAt: '' }] = ofPrincipal(anIssuance()).policies;
    const [{ removableAt: byName } = { removableAt: '' }] = ofPrincipal(
      without(anIssuance(), 'sourceIdentity'),
    ).policies;

    expect(byIdentity).toBe(new Date(beforeMs + 6000 + 3_600_000).toISOString());
    expect(byName).toBe(outcomes.ISSUED.expiration);
  });

  it('of a list without an end stays for as long as any session that it may not know', () => {
    const user = 'arn:aws:iam::111111111111:user/daypass/daypass-prod-eu-west-1-federator';
    const unlisted = { sourceIdentity: 'okta.alice@example.com', roleArns: [roleArn], userArns: [user] };

    const { policies } = planPrincipalRevocation([], { ...options, beforeMs, unlisted });

    expect(policies.map(({ holder, removableAt }) => [holder.arn, removableAt])).toEqual([
      // The policy ends those that began up to six seconds later as well.
      [roleArn, new Date(beforeMs + 6000 + 12 * 3_600_000).toISOString()],
      [user, new Date(beforeMs + 36 * 3_600_000).toISOString()],
    ]);
  });

  it('says which sessions of a user may begin too late for it, where there is no room for their names', () => {
    const late = Array.from({ length: 60 }, (_, index) => {
      const { finishedAt, expiration, ...issuance } = anIssuance({
        ...{ mechanism: 'federation-token', state: 'PENDING', durationSeconds: 3600 },
        roleSessionName: `${'x'.repeat(25)}-${index}`,
      });
      return without(issuance, 'sourceIdentity');
    });

    const few = ofPrincipal(...late.slice(0, 10));
    const { policies, cannotEnd } = ofPrincipal(...late);

    expect(few.cannotEnd).toEqual([]);
    expect(policies.map(({ ends }) => ends)).toEqual([
      [{ userIds: ['111111111111:*'], issuedBefore: before }],
    ]);
    expect(cannotEnd.join()).toContain('60 sessions of the user');
  });

  it('of more sessions than a policy holds says to revoke the role’s', () => {
    const many = Array.from({ length: 200 }, (_, index) =>
      without(anIssuance({ roleSessionName: `${'x'.repeat(55)}-${index}` }), 'sourceIdentity'),
    );

    const { policies, cannotEnd } = ofPrincipal(...many);

    expect(policies).toEqual([]);
    expect(cannotEnd.join()).toContain(`200 sessions of ${roleArn}`);
  });
});

describe('the document', () => {
  it('of a role denies what began before, by a clock that may be ahead, and nothing later', () => {
    const { policies } = planRoleRevocation({ roleArn, beforeMs: nowMs + 999 }, options);

    expect(toRevocationDocument(policies[0]?.ends ?? [])).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          ...{ Sid: 'DaypassRevoked0', Effect: 'Deny', Action: '*', Resource: '*' },
          Condition: {
            DateLessThan: { 'aws:TokenIssueTime': toSeconds(nowMs + 6000) },
          },
        },
      ],
    });
  });

  it('can be taken off twelve hours after the last that it ends began', () => {
    const { policies } = planRoleRevocation({ roleArn, beforeMs: nowMs }, options);

    expect(policies[0]?.removableAt).toBe(new Date(nowMs + 6000 + 43_200_000).toISOString());
  });

  it('is none where no session of a role can last any more', () => {
    const beforeMs = nowMs - 43_200_000;

    expect(() => planRoleRevocation({ roleArn, beforeMs }, options)).toThrow('twelve hours');
    expect(planRoleRevocation({ roleArn, beforeMs: beforeMs + 1 }, options).policies).toHaveLength(1);
  });

  it.each([[{}], [{ userIds: [] }], [{ issuedFrom: '2026-11-21T10:00:00Z' }]])(
    'is none for %j, which would close a role or more than was meant',
    (ends) => {
      expect(() => toRevocationDocument([ends])).toThrow('which sessions');
    },
  );
});

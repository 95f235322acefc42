import { describe, expect, it } from '@jest/globals';
import { decideIssuance } from '../../../lambda/core/decide-issuance.ts';
import type { NarrowingRequest } from '../../../lambda/core/plan-session.ts';
import { toRequestContext } from '../../../lambda/core/request-context.ts';
import { aProfile } from '../../support/a-configuration.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { nowMs } from '../../support/tokens.ts';
import { aDemoCaller, configuration, type IssuanceRow } from './tables/issuance-row.ts';
import { prodReadonlyRows } from './tables/prod-readonly-rows.ts';
import { acmeReportsRows, ciDeployRows, unknownProfileRows } from './tables/service-rows.ts';
import { teamDataRows } from './tables/team-data-rows.ts';

const tables: readonly (readonly [string, readonly IssuanceRow[]])[] = [
  ['prod-readonly', prodReadonlyRows],
  ['ci-deploy', ciDeployRows],
  ['team-data', teamDataRows],
  ['acme-reports', acmeReportsRows],
  ['profiles that do not exist', unknownProfileRows],
];

function decideRow({ profile, principal, origin }: Omit<IssuanceRow, 'name' | 'expected'>) {
  const context = toRequestContext(principal, anOrigin(origin), nowMs);
  return decideIssuance(configuration.profiles.get(profile), principal, context);
}

/** A decision on a profile of its own. */
function decide(
  keys: Readonly<Record<string, unknown>>,
  principal = aPrincipal(),
  narrowing: NarrowingRequest = {},
) {
  return decideIssuance(aProfile(keys), principal, toRequestContext(principal, anOrigin(), nowMs), narrowing);
}

describe.each(tables)('the decision table of %s', (_profile, rows) => {
  it.each(rows)('decides $expected: $name asks for $profile', ({ expected, ...row }) => {
    const decision = decideRow(row);

    expect(decision.effect).toBe(expected);
    expect(Object.keys(decision).includes('sessionTags')).toBe(expected === 'Allow');
  });

  it('has at least two denials for each permit', () => {
    const permits = rows.filter(({ expected }) => expected === 'Allow').length;

    expect(rows.length - permits).toBeGreaterThanOrEqual(2 * permits);
  });
});

describe('the decision on the example', () => {
  it('names the statement and fills in tags and policy from the claims', () => {
    const decision = decideRow({ profile: 'team-data', principal: aDemoCaller('developer') });

    expect(decision).toEqual({
      effect: 'Allow',
      profile: configuration.profiles.get('team-data'),
      statement: 'Teams',
      sessionTags: { Team: 'web' },
      sessionPolicy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: ['s3:GetObject', 's3:PutObject'],
            Resource: 'arn:aws:s3:::team-data/web/*',
          },
          {
            Effect: 'Allow',
            Action: 's3:ListBucket',
            Resource: 'arn:aws:s3:::team-data',
            Condition: { StringLike: { 's3:prefix': 'web/*' } },
          },
        ],
      }),
    });
  });

  it.each([
    ['nope', aDemoCaller('sre'), 'no such profile'],
    ['prod-readonly', aDemoCaller('developer'), 'no statement of the profile allows this principal'],
    [
      'prod-readonly',
      aDemoCaller('sre', { team: undefined }),
      'the principal has no claims:team, which session tag Team needs',
    ],
    [
      'team-data',
      aDemoCaller('sre', { team: 'a:b' }),
      "the principal's claims:team holds characters that the session policy must not take",
    ],
  ])('says of %s why it is denied, without the value', (profile, principal, detail) => {
    expect(decideRow({ profile, principal })).toEqual({ effect: 'Deny', detail });
  });
});

const allow = { Effect: 'Allow', Principal: { Federated: 'okta' } };

describe('decideIssuance', () => {
  it('denies by an explicit Deny, whatever an Allow says before or after it', () => {
    const deny = {
      Sid: 'NotAlice',
      Effect: 'Deny',
      Principal: '*',
      Condition: { StringLike: { 'daypass:Subject': 'alice@*' } },
    };

    expect(decide({ trust: [allow, deny, allow] })).toEqual({
      effect: 'Deny',
      statement: 'NotAlice',
      detail: 'a statement of the profile denies this principal',
    });
    expect(decide({ trust: [allow, deny] }, aPrincipal({ subject: 'bob@example.com' })).effect).toBe('Allow');
  });

  it('names a statement without Sid by its position', () => {
    const never = { ...allow, Condition: { StringEquals: { 'daypass:Subject': 'nobody' } } };

    expect(decide({ trust: [never, allow] })).toMatchObject({ effect: 'Allow', statement: 'trust[1]' });
  });

  it('decides on what is asked for: duration, its default, and reason', () => {
    const trust = [
      {
        ...allow,
        Condition: {
          NumericLessThanEquals: { 'daypass:RequestedDuration': '1800' },
          StringLike: { 'daypass:Reason': 'INC-*' },
          StringEquals: { 'daypass:Profile': 'prod-readonly', 'daypass:Issuer': 'okta' },
        },
      },
    ];
    const keys = { trust, duration: { defaultSeconds: 1801, maxSeconds: 3600 } };
    const reason = 'INC-1';

    expect(decide(keys, aPrincipal(), { reason, durationSeconds: 1800 }).effect).toBe('Allow');
    expect(decide(keys, aPrincipal(), { reason, durationSeconds: 1801 }).effect).toBe('Deny');
    expect(decide(keys, aPrincipal(), { reason }).effect).toBe('Deny');
    expect(decide(keys, aPrincipal(), { durationSeconds: 1800 }).effect).toBe('Deny');
    expect(decide(keys, aPrincipal(), { durationSeconds: 1800, reason: 'XINC-1' }).effect).toBe('Deny');
  });

  it('denies by the lack of a second factor, which is always known', () => {
    const deny = {
      Effect: 'Deny',
      Principal: '*',
      Condition: { Bool: { 'daypass:MultiFactorAuthPresent': 'false' } },
    };

    expect(decide({ trust: [allow, deny] }, aPrincipal({ mfa: false })).effect).toBe('Deny');
    expect(decide({ trust: [allow, deny] }, aPrincipal({ mfa: true })).effect).toBe('Allow');
  });

  it('knows the age of a second factor only where there was one', () => {
    const condition = { NumericLessThan: { 'daypass:MultiFactorAuthAge': '300' } };
    const trust = [{ ...allow, Condition: condition }];
    const authTime = nowMs / 1000 - 299;

    expect(decide({ trust }, aPrincipal({ authTime })).effect).toBe('Allow');
    expect(decide({ trust }, aPrincipal({ authTime: authTime - 1 })).effect).toBe('Deny');
    expect(decide({ trust }, aPrincipal({ authTime, mfa: false })).effect).toBe('Deny');
    expect(decide({ trust }, aPrincipal()).effect).toBe('Deny');
  });

  it('denies a tag that its fixed and its filled parts make too long for STS', () => {
    const keys = { sessionTags: { Team: 'team-${claims:team}' } };

    expect(decide(keys, aPrincipal({ claims: { team: 't'.repeat(251) } })).effect).toBe('Allow');
    expect(decide(keys, aPrincipal({ claims: { team: 't'.repeat(252) } }))).toEqual({
      effect: 'Deny',
      detail: 'session tag Team would be too long for STS',
    });
  });

  it('fills in issuer, subject and profile', () => {
    const keys = { sessionTags: { From: '${daypass:Issuer}/${daypass:Subject}/${daypass:Profile}' } };

    expect(decide(keys)).toMatchObject({ sessionTags: { From: 'okta/alice@example.com/prod-readonly' } });
  });

  it('takes no claim for a daypass: key, whatever its name', () => {
    const claims = { 'daypass:Subject': 'root', Subject: 'root', subject: 'root' };
    const keys = { sessionTags: { From: '${daypass:Subject}' } };

    expect(decide(keys, aPrincipal({ claims }))).toMatchObject({
      sessionTags: { From: 'alice@example.com' },
    });
  });
});

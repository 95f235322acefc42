import { describe, expect, it } from '@jest/globals';
import { DurationOutOfRangeError, SessionPolicyNotAcceptedError } from '../../../lambda/core/errors.ts';
import { createExplainIssuance } from '../../../lambda/core/explain-issuance.ts';
import type { NarrowingRequest } from '../../../lambda/core/plan-session.ts';
import { aConfiguration, aConfigurationDocument, aProfileDocument } from '../../support/a-configuration.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { nowMs } from '../../support/tokens.ts';

const { issuers } = aConfigurationDocument();
const allow = { Effect: 'Allow', Principal: { Federated: 'okta' } };
const onlySre = {
  ...allow,
  Sid: 'Engineers',
  Condition: { 'ForAnyValue:StringEquals': { 'claims:groups': ['sre'] } },
};
const objects = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::data/${claims:team}/*' };
const deny = { Effect: 'Deny', Action: '*', Resource: 'arn:aws:s3:::data/web/secret' };

const configuration = aConfiguration({
  issuers: {
    okta: {
      ...issuers.okta,
      claims: { team: { claim: '/team', type: 'string' }, groups: { claim: '/groups', type: 'list' } },
    },
  },
  profiles: {
    plain: aProfileDocument(),
    scoped: aProfileDocument({
      via: ['arn:aws:iam::222222222222:role/Gateway'],
      duration: { defaultSeconds: 1000, maxSeconds: 1800 },
      sessionTags: { Team: '${claims:team}' },
      transitiveTagKeys: ['Team'],
      acceptedTagKeys: ['Purpose'],
      managedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
      sessionPolicy: { Version: '2012-10-17', Statement: [objects] },
      externalId: 'daypass-7f3a9c52',
      trust: [{ ...allow, Sid: 'Everybody' }],
    }),
    engineers: aProfileDocument({ trust: [onlySre] }),
    denied: aProfileDocument({ trust: [allow, { Sid: 'Nobody', Effect: 'Deny', Principal: '*' }] }),
    mismatched: aProfileDocument({ sessionTags: { Team: '${claims:team}' } }),
  },
  audit: {
    retentionDays: 400,
    trust: [{ ...allow, Condition: { StringEquals: { 'daypass:Subject': 'auditor@example.com' } } }],
  },
});

const web = aPrincipal({ claims: { team: 'web' } });
const auditor = aPrincipal({ subject: 'auditor@example.com' });

const explain = (profile: string, narrowing: NarrowingRequest = {}, principal = web) =>
  createExplainIssuance({ configuration, now: () => nowMs })(
    principal,
    { profile, ...narrowing },
    anOrigin(),
  );

describe('explainIssuance, of what is allowed,', () => {
  it('says what would be sent and written down', () => {
    const sessionPolicy = { Version: '2012-10-17', Statement: [deny] };

    const explanation = explain('scoped', {
      sessionTags: { Purpose: 'x' },
      durationSeconds: 1200,
      sessionPolicy,
    });

    const rendered = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ ...objects, Resource: 'arn:aws:s3:::data/web/*' }, deny],
    });
    expect(explanation).toMatchObject({
      effect: 'Allow',
      intent: {
        statement: 'Everybody',
        roleArns: [
          'arn:aws:iam::222222222222:role/Gateway',
          'arn:aws:iam::222222222222:role/daypass/ReadOnly',
        ],
        sessionTags: { Team: 'web', Purpose: 'x' },
        transitiveTagKeys: ['Team'],
        sourceIdentity: 'okta.alice@example.com',
        durationSeconds: 1200,
      },
      duration: { seconds: 1200, setBy: 'request', maximumSeconds: 1800, maximumSetBy: 'settings' },
      sessionPolicy: rendered,
      policyCharacters: rendered.length + 'arn:aws:iam::aws:policy/ReadOnlyAccess'.length,
      estimatedPackedSize: expect.any(Number),
    });
  });

  it('has no size and no policy where there is none, and says whose maximum an hour is', () => {
    const explanation = explain('plain');

    expect(explanation).toMatchObject({
      duration: {
        seconds: 900,
        setBy: 'default',
        maximumSeconds: 3600,
        maximumSetBy: 'role-chaining',
      },
      policyCharacters: 0,
    });
    expect(explanation).not.toHaveProperty('sessionPolicy');
    expect(explanation).not.toHaveProperty('estimatedPackedSize');
  });

  it('refuses what issuing would refuse, in the same way', () => {
    const widening = { Version: '2012-10-17', Statement: [{ ...deny, Effect: 'Allow' }] };

    expect(() => explain('scoped', { durationSeconds: 1801 })).toThrow(DurationOutOfRangeError);
    expect(() => explain('scoped', { sessionPolicy: widening })).toThrow(SessionPolicyNotAcceptedError);
  });
});

describe('explainIssuance, of what is denied,', () => {
  it.each(['engineers', 'denied', 'mismatched', 'nope', 'constructor'])(
    'says of %s what it says of every other to those without the trust of the audit',
    (profile) => {
      expect(explain(profile, {}, aPrincipal())).toEqual({ effect: 'Deny' });
    },
  );

  it('refuses no request for a profile that the caller may not have: a limit would tell that there is one', () => {
    expect(explain('engineers', { durationSeconds: 1 })).toEqual({ effect: 'Deny' });
  });

  it.each([
    [
      'engineers',
      {
        detail: 'no statement of the profile allows this principal',
        nearestMiss: { statement: 'Engineers', failed: ['ForAnyValue:StringEquals claims:groups'] },
      },
    ],
    ['denied', { detail: 'a statement of the profile denies this principal', statement: 'Nobody' }],
    ['mismatched', { detail: 'the principal has no claims:team, which session tag Team needs' }],
    ['nope', { detail: 'no such profile' }],
  ])('says of %s why, to whom the audit trusts', (profile, reserved) => {
    expect(explain(profile, {}, auditor)).toEqual({ effect: 'Deny', reserved });
  });

  it('decides on what is asked for', () => {
    const onReason = {
      ...allow,
      Condition: { StringLike: { 'daypass:Reason': 'INC-*' } },
    };
    const reasoned = aConfiguration({ profiles: { reasoned: aProfileDocument({ trust: [onReason] }) } });
    const explainReasoned = createExplainIssuance({ configuration: reasoned, now: () => nowMs });
    const effectWith = (narrowing: NarrowingRequest) =>
      explainReasoned(web, { profile: 'reasoned', ...narrowing }, anOrigin()).effect;

    expect([effectWith({}), effectWith({ reason: 'x' }), effectWith({ reason: 'INC-1' })]).toEqual([
      'Deny',
      'Deny',
      'Allow',
    ]);
  });
});

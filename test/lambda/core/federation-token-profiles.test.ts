import { describe, expect, it } from '@jest/globals';
import { toAcceptedSessionPolicy } from '../../../lambda/core/caller-session-policy.ts';
import { createExplainIssuance } from '../../../lambda/core/explain-issuance.ts';
import { aConfiguration, aConfigurationDocument, aProfile } from '../../support/a-configuration.ts';
import { anOrigin, aPrincipal } from '../../support/a-principal.ts';
import { aFederatedProfileDocument, denyIam, policyOf } from '../../support/federating.ts';
import { linesOf } from '../../support/problems-of.ts';
import { nowMs } from '../../support/tokens.ts';

const linesOfProfile = (keys: object) =>
  linesOf(aConfigurationDocument({ profiles: { reports: aFederatedProfileDocument({ ...keys }) } }));

const read = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };

describe('a profile of mechanism federation-token', () => {
  it('is for no role, and has what its session policy says', () => {
    const profile = aProfile(aFederatedProfileDocument());

    expect(profile).toMatchObject({
      mechanism: 'federation-token',
      duration: { defaultSeconds: 900, maxSeconds: 43_200 },
      setSourceIdentity: false,
      transitiveTagKeys: [],
      managedPolicyArns: [],
      console: false,
    });
    expect(profile).not.toHaveProperty('roleArn');
  });

  it.each([900, 901, 43_201, 129_599, 129_600])('may last %i seconds', (maxSeconds) => {
    expect(linesOfProfile({ duration: { defaultSeconds: 900, maxSeconds } })).toEqual([]);
  });

  it.each([899, 129_601])('may not last %i seconds', (maxSeconds) => {
    expect(linesOfProfile({ duration: { defaultSeconds: 900, maxSeconds } })).toContainEqual(
      `profiles.reports.duration.maxSeconds: ${maxSeconds} is not allowed; allowed: an integer, 900–129600 seconds`,
    );
  });

  it('has a session policy', () => {
    expect(linesOfProfile({ sessionPolicy: undefined }).join('\n')).toMatch(
      /^profiles\.reports\.sessionPolicy: /,
    );
  });

  it.each([
    ['roleArn', 'arn:aws:iam::222222222222:role/Some'],
    ['via', ['arn:aws:iam::222222222222:role/Some']],
    ['transitiveTagKeys', ['Team']],
    ['acceptsSessionPolicy', true],
    ['managedPolicyArns', ['arn:aws:iam::aws:policy/ReadOnlyAccess']],
    ['setSourceIdentity', true],
    ['subjectInSessionName', true],
    ['externalId', 'abc'],
  ])('has no %s', (key, value) => {
    expect(linesOfProfile({ [key]: value })).toEqual([
      expect.stringMatching(new RegExp(`^profiles\\.reports\\.${key}[: ]`)),
    ]);
  });

  it.each([
    ['2012-10-17', 'deny'],
    ['2008-10-17', 'none'],
  ])('with a policy of version %s takes of a caller: %s', (Version, accepted) => {
    const profile = aProfile(aFederatedProfileDocument({ sessionPolicy: { ...policyOf(read), Version } }));

    expect(toAcceptedSessionPolicy(profile)).toBe(accepted);
  });

  it.each([
    [43_200, 'settings'],
    [129_599, 'settings'],
    [129_600, 'sts'],
  ])('for %i seconds at most is explained: set by %s', (maxSeconds, maximumSetBy) => {
    const configuration = aConfiguration({
      profiles: { reports: aFederatedProfileDocument({ duration: { maxSeconds } }) },
    });
    const explain = createExplainIssuance({ configuration, now: () => nowMs });

    expect(explain(aPrincipal(), { profile: 'reports' }, anOrigin())).toMatchObject({
      effect: 'Allow',
      intent: { mechanism: 'federation-token', roleArns: [] },
      duration: { seconds: 900, setBy: 'default', maximumSeconds: maxSeconds, maximumSetBy },
      sessionPolicy: expect.stringContaining('s3:GetObject'),
    });
  });
});

describe('a profile of mechanism federation-token, with the console,', () => {
  it.each([
    ['iam:*', denyIam],
    ['every action', { ...denyIam, Action: '*' }],
    ['iam:* in other letters', { ...denyIam, Action: 'IAM:*' }],
    ['iam:* among others', { ...denyIam, Action: ['sts:*', 'iam:*'] }],
    ['iam:* on a list', { ...denyIam, Resource: ['*'] }],
    ['iam:* with a Sid', { ...denyIam, Sid: 'NoIam' }],
  ])('is taken where the policy denies %s', (_, statement) => {
    expect(linesOfProfile({ console: true, sessionPolicy: policyOf(read, statement) })).toEqual([]);
  });

  it('is taken where the only statement denies it', () => {
    expect(
      linesOfProfile({ console: true, sessionPolicy: { Version: '2012-10-17', Statement: denyIam } }),
    ).toEqual([]);
  });

  it.each([
    ['nothing', read],
    ['a part of iam', { ...denyIam, Action: 'iam:Create*' }],
    ['another service', { ...denyIam, Action: 'sts:*' }],
    ['what begins alike', { ...denyIam, Action: 'iam-x:*' }],
    ['iam:* under a condition', { ...denyIam, Condition: { Bool: { 'aws:SecureTransport': 'false' } } }],
    ['iam:* on users alone', { ...denyIam, Resource: 'arn:aws:iam::*:user/*' }],
    ['iam:* but on roles', { Effect: 'Deny', Action: 'iam:*', NotResource: 'arn:aws:iam::*:role/*' }],
    ['everything but iam:*', { Effect: 'Deny', NotAction: 'iam:*', Resource: '*' }],
    ['the opposite', { ...denyIam, Effect: 'Allow' }],
  ])('is an error that says so where it denies %s', (_, statement) => {
    expect(linesOfProfile({ console: true, sessionPolicy: policyOf(read, statement) })).toContainEqual(
      "profiles.reports.console: true is not allowed; allowed: false, or true where sessionPolicy has a statement {Effect: Deny, Action: iam:*, Resource: '*'} without conditions: that federated users may call no IAM does not hold in the console",
    );
  });

  it.each(['iam:GetUser', 'iam:*', 'IAM:PassRole', '*'])(
    'is no way around for a policy that allows %s: its sessions can go there by themselves',
    (Action) => {
      const allowing = { Effect: 'Allow', Action: ['s3:GetObject', Action], Resource: '*' };

      expect(linesOfProfile({ sessionPolicy: policyOf(read, allowing) })).toEqual([
        expect.stringContaining(`sessionPolicy.Statement[1].Action: "${Action}" is not allowed`),
      ]);
      expect(linesOfProfile({ sessionPolicy: policyOf(read, allowing, denyIam) })).toEqual([]);
    },
  );

  it('is nobody’s concern where there is no console', () => {
    expect(linesOfProfile({ sessionPolicy: policyOf(read) })).toEqual([]);
  });

  it('is no concern of other mechanisms', () => {
    const profile = { ...aFederatedProfileDocument({ console: true }), mechanism: 'assume-role' };
    const roleArn = 'arn:aws:iam::222222222222:role/daypass/ReadOnly';

    expect(linesOf(aConfigurationDocument({ profiles: { reports: { ...profile, roleArn } } }))).toEqual([]);
  });
});

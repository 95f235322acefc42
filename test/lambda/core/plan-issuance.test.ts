import { describe, expect, it } from '@jest/globals';
import type { AllowDecision } from '../../../lambda/core/decide-issuance.ts';
import {
  DurationOutOfRangeError,
  ReasonRequiredError,
  SessionTagNotAcceptedError,
  SessionTooLargeError,
} from '../../../lambda/core/errors.ts';
import { planIssuance } from '../../../lambda/core/plan-issuance.ts';
import type { NarrowingRequest } from '../../../lambda/core/plan-session.ts';
import type { AssumeRoleRequest } from '../../../lambda/core/ports.ts';
import { toIntentDigest } from '../../../lambda/core/role-session-name.ts';
import { sha256 } from '../../../lambda/core/sha256.ts';
import { aProfile } from '../../support/a-configuration.ts';
import { anAttempt, anId } from '../../support/an-issuance.ts';

const aDecision = (
  keys: Readonly<Record<string, unknown>> = {},
  changes: Partial<AllowDecision> = {},
): AllowDecision => ({
  effect: 'Allow',
  profile: aProfile(keys),
  statement: 'Teams',
  sessionTags: {},
  ...changes,
});

const plan = (
  keys: Readonly<Record<string, unknown>> = {},
  narrowing: NarrowingRequest = {},
  changes: Partial<AllowDecision> = {},
) => assumesRoles(planIssuance(aDecision(keys, changes), anAttempt(), narrowing));

function assumesRoles(plan: ReturnType<typeof planIssuance>) {
  if (plan.mechanism !== 'assume-role') throw new Error('an AssumeRole was expected');
  return plan;
}

/** The one request of a profile without a chain. */
function requestOf(...args: Parameters<typeof plan>): AssumeRoleRequest {
  const [request, ...others] = plan(...args).requests;
  if (request === undefined || others.length > 0) throw new Error('one request was expected');
  return request;
}

/** The error with which a plan is refused. */
function refusalOf(...args: Parameters<typeof plan>): unknown {
  try {
    plan(...args);
  } catch (error) {
    return error;
  }
  throw new Error('the plan is made');
}

describe('planIssuance of mechanism assume-role', () => {
  it('writes down what it sends, of the profile and the decision alone', () => {
    const policy = '{"Version":"2012-10-17","Statement":[]}';
    const keys = {
      sessionTags: { Team: '${claims:team}' },
      transitiveTagKeys: ['Team'],
      acceptedTagKeys: ['Purpose'],
      managedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
      externalId: 'daypass-7f3a9c52',
    };

    const { intent, requests } = plan(
      keys,
      { durationSeconds: 1000, sessionTags: { Purpose: 'restore' } },
      { sessionTags: { Team: 'web' }, sessionPolicy: policy },
    );

    const digest = toIntentDigest(intent);
    expect(intent).toEqual({
      ...anAttempt(),
      mechanism: 'assume-role',
      roleArns: ['arn:aws:iam::222222222222:role/daypass/ReadOnly'],
      roleSessionName: `alice@example.com-${anId}-${digest}`,
      sourceIdentity: 'okta.alice@example.com',
      durationSeconds: 1000,
      sessionTags: { Team: 'web', Purpose: 'restore' },
      transitiveTagKeys: ['Team'],
      sessionPolicySha256: sha256(policy).toString('hex'),
      managedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
      statement: 'Teams',
    });
    expect(requests).toEqual([
      {
        roleArn: 'arn:aws:iam::222222222222:role/daypass/ReadOnly',
        roleSessionName: `alice@example.com-${anId}-${digest}`,
        sourceIdentity: 'okta.alice@example.com',
        durationSeconds: 1000,
        sessionTags: { Team: 'web', Purpose: 'restore' },
        transitiveTagKeys: ['Team'],
        managedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
        externalId: 'daypass-7f3a9c52',
        sessionPolicy: policy,
      },
    ]);
  });

  it('sends nothing that the profile does not have', () => {
    const keys = { setSourceIdentity: false, subjectInSessionName: false };

    const { intent } = plan(keys);

    expect(Object.keys(requestOf(keys)).toSorted()).toEqual([
      'durationSeconds',
      'managedPolicyArns',
      'roleArn',
      'roleSessionName',
      'sessionTags',
      'transitiveTagKeys',
    ]);
    expect(intent).not.toHaveProperty('sourceIdentity');
    expect(intent).not.toHaveProperty('sessionPolicySha256');
    expect(intent.roleSessionName).toMatch(new RegExp(`^${anId}-`));
  });

  it('keeps the ExternalId out of the row', () => {
    const { intent } = plan({ externalId: 'daypass-7f3a9c52' });

    expect(JSON.stringify(intent)).not.toContain('daypass-7f3a9c52');
  });

  it('takes the default of the profile for a duration that is left out', () => {
    const keys = { duration: { defaultSeconds: 1200, maxSeconds: 1800 } };

    expect(requestOf(keys).durationSeconds).toBe(1200);
    expect(requestOf(keys, { durationSeconds: 900 }).durationSeconds).toBe(900);
    expect(requestOf(keys, { durationSeconds: 1800 }).durationSeconds).toBe(1800);
  });

  it.each([899, 1801, 0, -1, Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses a duration of %d, and clamps nothing',
    (durationSeconds) => {
      const keys = { duration: { defaultSeconds: 1200, maxSeconds: 1800 } };

      const error = refusalOf(keys, { durationSeconds });

      expect(error).toBeInstanceOf(DurationOutOfRangeError);
      expect(error).toMatchObject({
        message: `durationSeconds is ${durationSeconds}; profile prod-readonly gives 900–1800, and 1200 when it is left out`,
      });
    },
  );

  it('wants a reason where the profile does', () => {
    expect(refusalOf({ reasonRequired: true })).toBeInstanceOf(ReasonRequiredError);
    expect(plan({ reasonRequired: true }, { reason: 'INC-1' }).intent).toBeDefined();
  });

  it.each([
    ['none', {}, { Purpose: 'x' }],
    ['Purpose', { acceptedTagKeys: ['Purpose'] }, { purpose: 'x' }],
    ['Purpose', { acceptedTagKeys: ['Purpose'] }, { Purpose: 'x', Other: 'y' }],
    ['none', { sessionTags: { Team: 'web' } }, { Team: 'payments' }],
    ['Purpose', { sessionTags: { Team: 'web' }, acceptedTagKeys: ['Purpose'] }, { TEAM: 'payments' }],
    ['none', {}, { constructor: 'x' }],
    ['none', {}, JSON.parse('{"__proto__":"x"}')],
  ])(
    'refuses tags that the profile does not accept (it accepts %s; %j, %j)',
    (accepted, keys, sessionTags) => {
      const error = refusalOf(keys, { sessionTags }, { sessionTags: { Team: 'web' } });

      expect(error).toBeInstanceOf(SessionTagNotAcceptedError);
      expect(error).toMatchObject({
        message: `profile prod-readonly does not accept that session tag from a caller; it accepts: ${accepted}`,
      });
    },
  );

  it('makes a tag of the caller transitive where it is there and the profile says so', () => {
    const keys = { acceptedTagKeys: ['Purpose'], transitiveTagKeys: ['Purpose'] };

    expect(requestOf(keys, { sessionTags: { Purpose: 'x' } }).transitiveTagKeys).toEqual(['Purpose']);
    expect(requestOf(keys).transitiveTagKeys).toEqual([]);
  });

  it('counts policies as they are sent, to the character', () => {
    const arn = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
    const keys = { managedPolicyArns: [arn] };
    const fits = 'p'.repeat(2048 - arn.length);

    expect(requestOf(keys, {}, { sessionPolicy: fits }).sessionPolicy).toBe(fits);
    const error = refusalOf(keys, {}, { sessionPolicy: `${fits}p` });
    expect(error).toBeInstanceOf(SessionTooLargeError);
    expect(error).toMatchObject({
      message:
        'the session policy of profile prod-readonly has 2049 characters, with your claims and any policy of yours in it; STS takes 2048',
    });
  });

  it("sends the caller's own policy with the profile's, and writes down the digest of both together", () => {
    const deny = { Effect: 'Deny', Action: 's3:*', Resource: '*' };
    const own = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] };
    const sessionPolicy = { Version: '2012-10-17', Statement: [deny] };
    const whole = JSON.stringify({ ...own, Statement: [...own.Statement, deny] });

    const { intent, requests } = plan(
      { sessionPolicy: own },
      { sessionPolicy },
      { sessionPolicy: JSON.stringify(own) },
    );

    expect(requests.map((request) => request.sessionPolicy)).toEqual([whole]);
    expect(intent.sessionPolicySha256).toBe(sha256(whole).toString('hex'));
  });

  it("counts the caller's own policy, to the character", () => {
    const keys = { acceptsSessionPolicy: true };
    const sized = (length: number) => {
      const policy = (name: string) => ({
        Version: '2012-10-17',
        Statement: { Effect: 'Allow', Action: '*', Resource: `arn:aws:s3:::${name}` },
      });
      return { sessionPolicy: policy('x'.repeat(length - JSON.stringify(policy('')).length)) };
    };

    expect(requestOf(keys, sized(2048)).sessionPolicy).toHaveLength(2048);
    expect(refusalOf(keys, sized(2049))).toBeInstanceOf(SessionTooLargeError);
  });

  it('says whom to ask: the owner and the address of the profile, which stand in for the deployment', () => {
    const keys = { owner: 'data@example.com', requestAccessUrl: 'https://wiki.example.com/data' };

    expect(refusalOf(keys, { durationSeconds: 1 })).toMatchObject({
      extensions: { owner: 'data@example.com', requestAccessUrl: 'https://wiki.example.com/data' },
    });
    expect(refusalOf({}, { durationSeconds: 1 })).toMatchObject({
      extensions: { owner: 'platform-team@example.com' },
    });
  });

  it('names no hop but the role of the profile, and one session for one attempt', () => {
    const [one, other] = [
      plan(),
      assumesRoles(planIssuance(aDecision(), anAttempt({ id: `${anId.slice(0, -1)}1` }), {})),
    ];

    const [names, otherNames] = [one, other].map(({ requests }) => requests.map((r) => r.roleSessionName));
    expect(names).not.toEqual(otherNames);
    expect(one.intent.roleArns).toEqual(one.requests.map(({ roleArn }) => roleArn));
  });

  it('names every role of a chain in the row, in the order of the requests', () => {
    const via = [
      'arn:aws:iam::222222222222:role/daypass/Gateway',
      'arn:aws:iam::333333333333:role/daypass/Relay',
    ];

    const { intent, requests } = plan({ via });

    expect(intent.roleArns).toEqual([...via, 'arn:aws:iam::222222222222:role/daypass/ReadOnly']);
    expect(requests.map(({ roleArn }) => roleArn)).toEqual(intent.roleArns);
    expect(requests.map(({ roleSessionName }) => roleSessionName)).toEqual(
      Array.from({ length: 3 }, () => intent.roleSessionName),
    );
  });

  it('gives a chain another digest than its end alone, or its roles in another order', () => {
    const [one, two] = [
      'arn:aws:iam::222222222222:role/daypass/Gateway',
      'arn:aws:iam::333333333333:role/daypass/Relay',
    ];

    const names = [[], [one], [one, two], [two, one]].map((via) => plan({ via }).intent.roleSessionName);

    expect(new Set(names).size).toBe(4);
  });
});

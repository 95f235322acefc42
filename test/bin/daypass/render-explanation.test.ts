import { describe, expect, it } from '@jest/globals';
import { type Explanation, renderExplanation } from '../../../bin/daypass/render-explanation.ts';
import { toSpanText } from '../../../bin/daypass/span-text.ts';
import { aTerminal } from '../../support/a-terminal.ts';

const allow: Explanation = {
  effect: 'Allow',
  profile: 'team-data',
  mechanism: 'assume-role',
  enforcement: 'enforced',
  statement: 'Teams',
  roleArns: ['arn:aws:iam::111111111111:role/hop', 'arn:aws:iam::222222222222:role/end'],
  duration: { seconds: 5400, setBy: 'request', maximumSeconds: 43_200, maximumSetBy: 'settings' },
  sessionTags: { Team: 'payments', Purpose: 'x\u001b[2Jy' },
  transitiveTagKeys: ['Team'],
  sessionPolicy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] },
  managedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
  policySize: { characters: 77, maximumCharacters: 2048 },
};

describe('an explanation', () => {
  it('of an Allow names each hop, who set the time, and which tags stay with the session', () => {
    const text = renderExplanation(allow, aTerminal());

    expect(text.split('\n')).toEqual([
      'effect\tAllow',
      'profile\tteam-data',
      'statement\tTeams',
      'mechanism\tassume-role, enforced',
      'role\tarn:aws:iam::111111111111:role/hop',
      'role\tarn:aws:iam::222222222222:role/end',
      'duration\t1h30m (as asked for); at most 12h, set for it',
      'tag\tTeam=payments (transitive)',
      'tag\tPurpose=x\\u{1b}[2Jy',
      'managed policy\tarn:aws:iam::aws:policy/ReadOnlyAccess',
      'policy size\t77 of 2048 characters',
      'session policy\t{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}',
      '',
    ]);
  });

  it('has the policy below for people', () => {
    const text = renderExplanation(allow, aTerminal({ printsForPeople: true }));

    const [facts = '', policy = ''] = text.split('\n\n');
    expect(facts).toMatch(/session policy.* below$/);
    expect(JSON.parse(policy)).toEqual(allow.sessionPolicy);
  });

  it('says where there is no policy, and what is not enforced', () => {
    const { sessionPolicy, ...rest } = allow;

    const text = renderExplanation({ ...rest, enforcement: 'recorded' }, aTerminal());

    expect(text).toContain("session policy\tnone: all that the role's own policies allow\n");
    expect(text).toContain('whoever holds your own proof can have the same of AWS without daypass');
  });

  it('of a Deny says all that the broker told, and no more', () => {
    const deny: Explanation = {
      effect: 'Deny',
      integration: 'acme-reports',
      code: 'integration-suspended',
      message: 'suspended',
      suspension: { reason: 'incident' },
      nearestMiss: { statement: 'Teams', failed: ['StringEquals claims:team', 'Principal'] },
    };

    expect(renderExplanation(deny, aTerminal())).toBe(
      'effect\tDeny\nintegration\tacme-reports\ncode\tintegration-suspended\nwhy\tsuspended\nsuspended\tincident\nnearest Allow\tTeams, failed: StringEquals claims:team, Principal\n',
    );
  });
});

describe('a span of time', () => {
  it.each([
    [0, '0s'],
    [59, '59s'],
    [900, '15m'],
    [3600, '1h'],
    [5400, '1h30m'],
    [43_200, '12h'],
    [129_600, '1d12h'],
    [3661, '1h1m1s'],
  ])('of %i seconds is %s', (seconds, text) => {
    expect(toSpanText(seconds)).toBe(text);
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  combineSessionPolicies,
  findPolicyProblems,
  type PolicyDocument,
  toAcceptedSessionPolicy,
} from '../../../lambda/core/caller-session-policy.ts';
import { SessionPolicyNotAcceptedError } from '../../../lambda/core/errors.ts';
import { aProfile } from '../../support/a-configuration.ts';

const contact = { extensions: { owner: 'platform-team@example.com' } };
const words = { called: 'profile prod-readonly', contact };
const allow = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::reports/*' };
const deny = { Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::reports/secret/*' };
const managed = { managedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'] };
const accepting = { acceptsSessionPolicy: true };

const aPolicy = (...Statement: readonly unknown[]): PolicyDocument => ({ Version: '2012-10-17', Statement });
const withPolicy = (...Statement: readonly unknown[]) => ({ sessionPolicy: aPolicy(...Statement) });

/** What is sent for a profile as it is written, whose policy has no templates. */
function combine(keys: Readonly<Record<string, unknown>>, callers?: PolicyDocument): unknown {
  const own = 'sessionPolicy' in keys ? JSON.stringify(keys['sessionPolicy']) : undefined;
  const sent = combineSessionPolicies({ profile: aProfile(keys), own, callers }, words);
  return sent === undefined ? undefined : JSON.parse(sent);
}

function refusalOf(keys: Readonly<Record<string, unknown>>, callers: PolicyDocument): unknown {
  try {
    combine(keys, callers);
  } catch (error) {
    return error;
  }
  throw new Error('the policy is taken');
}

describe('findPolicyProblems', () => {
  it.each([
    [aPolicy(allow)],
    [aPolicy(deny, allow)],
    [{ Version: '2012-10-17', Id: 'x', Statement: deny }],
    [aPolicy({ ...deny, Resource: 'arn:aws:s3:::home/${aws:username}/${*}' })],
    [aPolicy({ ...deny, Condition: { StringEquals: { 'aws:PrincipalTag/Team': '${aws:username}' } } })],
  ])('finds none in %j', (document) => {
    expect(findPolicyProblems(document)).toEqual([]);
  });

  const variables = 'text whose variables are ${aws:<key>}, ${*}, ${?} and ${$}: nothing is filled in';

  it.each<[string, unknown, string, string]>([
    [
      'a claim',
      aPolicy({ ...deny, Resource: 'arn:aws:s3:::${claims:team}' }),
      'Statement.0.Resource',
      variables,
    ],
    [
      'our own value',
      aPolicy({ ...deny, Resource: ['*', 'arn:aws:s3:::${daypass:Subject}'] }),
      'Statement.0.Resource.1',
      variables,
    ],
    [
      'an open variable',
      aPolicy({ ...deny, Resource: 'arn:aws:s3:::a${' }),
      'Statement.0.Resource',
      variables,
    ],
    ['a claim in a Sid', aPolicy({ ...deny, Sid: '${claims:team}' }), 'Statement.0.Sid', variables],
    ['no Version', { Statement: [deny] }, 'Version', '"2012-10-17"'],
    ['an older Version', { Version: '2008-10-17', Statement: [deny] }, 'Version', '"2012-10-17"'],
    [
      'an Effect in small letters',
      aPolicy({ ...allow, Effect: 'deny' }),
      'Statement.0.Effect',
      '"Allow" or "Deny"',
    ],
    ['no statement', aPolicy(), 'Statement', 'at least one statement'],
    ['a list', [deny], '', 'a policy: an object with Version and Statement'],
  ])('finds %s', (_what, document, path, allowed) => {
    const problems = findPolicyProblems(document).map((problem) => ({
      path: problem.path.join('.'),
      allowed: problem.allowed,
    }));

    expect(problems).toContainEqual({ path, allowed });
  });

  it.each([
    [{ ...deny, effect: 'Allow' }],
    [{ ...deny, Principal: '*' }],
    [{ ...deny, Action: ['s3:${aws:username}'] }],
    [{ ...deny, Condition: { StringEquals: { 'claims:team': 'web' } } }],
    [{ ...deny, Condition: { StringEquals: { 'Daypass:Subject': 'x' } } }],
    [{ ...deny, Resource: undefined }],
    [null],
    ['Deny'],
  ])('refuses the statement %j', (statement) => {
    expect(findPolicyProblems(aPolicy(deny, statement)).length).toBeGreaterThan(0);
  });
});

describe('toAcceptedSessionPolicy', () => {
  it.each([
    ['none', {}],
    ['any', accepting],
    ['deny', withPolicy(allow)],
    ['deny', managed],
    ['deny', { ...managed, ...withPolicy(allow) }],
    ['none', { sessionPolicy: { Version: '2008-10-17', Statement: [allow] } }],
    ['none', { sessionPolicy: { Statement: [allow] } }],
    ['none', { sessionPolicy: { Statement: [allow] }, ...managed }],
  ])('is %s for %j', (accepted, keys) => {
    expect(toAcceptedSessionPolicy(aProfile(keys))).toBe(accepted);
  });
});

describe('combineSessionPolicies', () => {
  it('leaves the profile as it is when the caller sends none', () => {
    expect(combine({})).toBeUndefined();
    expect(combine(withPolicy(allow))).toEqual(aPolicy(allow));
  });

  it.each([[aPolicy(allow)], [aPolicy(deny)], [aPolicy(allow, deny)]])(
    'takes %j whole where the profile has no policy and accepts one',
    (policy) => {
      expect(combine(accepting, policy)).toEqual(policy);
    },
  );

  it('appends Deny statements to the policy of the profile, which keeps its own elements', () => {
    const own = { Version: '2012-10-17', Id: 'reports', Statement: { Sid: 'Read', ...allow } };

    const sent = combine({ sessionPolicy: own }, { ...aPolicy(deny, deny), Id: 'mine' });

    expect(sent).toEqual({ ...own, Statement: [{ Sid: 'Read', ...allow }, deny, deny] });
  });

  it('leaves out a Sid that the profile has too, and keeps others', () => {
    const own = withPolicy({ Sid: 'Read', ...allow });
    const callers = aPolicy({ Sid: 'Read', ...deny }, { Sid: 'Mine', ...deny }, { Sid: '', ...deny });

    const sent = combine(own, callers);

    expect(sent).toEqual(
      aPolicy({ Sid: 'Read', ...allow }, deny, { Sid: 'Mine', ...deny }, { Sid: '', ...deny }),
    );
    expect(findPolicyProblems(sent)).toEqual([]);
  });

  it('sends Deny statements by themselves beside managed policies, which allow', () => {
    expect(combine(managed, aPolicy(deny))).toEqual(aPolicy(deny));
  });

  it.each([
    [withPolicy(allow), aPolicy(allow)],
    [withPolicy(allow), aPolicy(deny, allow)],
    [withPolicy(allow), { Version: '2012-10-17', Statement: allow }],
    [managed, aPolicy({ ...allow, Sid: 'Deny' })],
    [{ ...managed, ...withPolicy(deny) }, aPolicy(deny, deny, allow)],
  ])('refuses an Allow beside a policy of the profile (%j, %j), and says why', (keys, callers) => {
    const error = refusalOf(keys, callers);

    expect(error).toBeInstanceOf(SessionPolicyNotAcceptedError);
    expect(error).toMatchObject({
      message:
        "profile prod-readonly has a policy of its own, and AWS STS allows what any of a session's policies allows: an Allow of yours could widen it; it accepts: Deny statements",
      ...contact,
    });
  });

  it.each([
    [{}, aPolicy(allow)],
    [{}, aPolicy(deny)],
    [{ sessionPolicy: { Version: '2008-10-17', Statement: [allow] } }, aPolicy(deny)],
  ])('refuses any policy where the profile (%j) takes none', (keys, callers) => {
    const error = refusalOf(keys, callers);

    expect(error).toBeInstanceOf(SessionPolicyNotAcceptedError);
    expect(error).toMatchObject({
      message: 'profile prod-readonly does not accept a session policy from a caller; it accepts: none',
      ...contact,
    });
  });

  it.each([[aPolicy({ ...allow, Effect: 'deny' })], [{}], [aPolicy()]])(
    'is a mistake of ours for %j, which is no policy',
    (callers) => {
      expect(refusalOf(accepting, callers)).toBeInstanceOf(TypeError);
    },
  );

  it('writes characters that STS does not take as JSON escapes of them', () => {
    const callers = aPolicy({ ...deny, Resource: 'arn:aws:s3:::équipe/łódź/\u{1F600}' });

    const sent = combineSessionPolicies({ profile: aProfile(accepting), own: undefined, callers }, words);

    expect(sent).toMatch(/^[\u0020-\u00ff]+$/);
    expect(JSON.parse(sent ?? '')).toEqual(callers);
  });
});

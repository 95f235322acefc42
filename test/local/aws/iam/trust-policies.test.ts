import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  admin,
  aWorld,
  away,
  home,
  outcome,
  policy,
  startTestAws,
  type TestAws,
  type TestCredentials,
} from '../an-embedded-aws.ts';
import { callIam, element, elements, problem } from '../query-call.ts';

const everything = policy({ Effect: 'Allow', Action: '*', Resource: '*' });
const partner = {
  accessKeyId: 'AKIAPARTNERPARTNER01',
  secretAccessKey: 'p'.repeat(40),
};
const trusts = (changes: object = {}) =>
  policy({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${home}:root` },
    Action: 'sts:AssumeRole',
    ...changes,
  });
const withId = (id: string) => trusts({ Condition: { StringEquals: { 'sts:ExternalId': id } } });
const roleArn = `arn:aws:iam::${away}:role/partners/Reports`;
const world = (trust = trusts()) =>
  aWorld({
    [away]: {
      users: { partner: { ...partner, policies: [everything] } },
      roles: {
        'partners/Reports': { trust, tags: { Team: 'web' }, maxSessionDurationSeconds: 7200 },
      },
    },
  });

let aws: TestAws;
beforeEach(async () => {
  aws = await startTestAws(world());
});
afterEach(() => aws.stop());

const iam = (fields: Readonly<Record<string, string>>, credentials: TestCredentials = partner) =>
  callIam(aws.url, credentials, fields);
const update = (document: unknown) =>
  iam({
    Action: 'UpdateAssumeRolePolicy',
    RoleName: 'Reports',
    PolicyDocument: typeof document === 'string' ? document : JSON.stringify(document),
  });
const readTrust = async () => {
  const answer = await iam({ Action: 'GetRole', RoleName: 'Reports' });
  return JSON.parse(decodeURIComponent(element(answer, 'AssumeRolePolicyDocument')));
};
const assume = async (ExternalId?: string) => {
  const input = {
    RoleArn: roleArn,
    RoleSessionName: 'session',
    ...(ExternalId === undefined ? {} : { ExternalId }),
  };
  return (await outcome(aws.sts().send(new AssumeRoleCommand(input)))).split(':')[0];
};

describe('GetRole', () => {
  it('shows the role with its trust policy', async () => {
    const answer = await iam({ Action: 'GetRole', RoleName: 'Reports' });

    expect(element(answer, 'Arn')).toBe(roleArn);
    expect(element(answer, 'Path')).toBe('/partners/');
    expect(element(answer, 'RoleId')).toMatch(/^AROA/);
    expect(element(answer, 'MaxSessionDuration')).toBe('7200');
    expect([elements(answer, 'Key'), elements(answer, 'Value')]).toEqual([['Team'], ['web']]);
    expect(element(answer, 'AssumeRolePolicyDocument')).toMatch(/^%7B%22Version%22/);
    expect(await readTrust()).toEqual(trusts());
  });

  it('knows no role of another account', async () => {
    expect(problem(await iam({ Action: 'GetRole', RoleName: 'Reports' }, admin))).toBe(
      '404 NoSuchEntity: The role with name Reports cannot be found.',
    );
  });
});

describe('UpdateAssumeRolePolicy', () => {
  it('counts from the next AssumeRole on, either way', async () => {
    const results = [await assume()];
    expect(problem(await update(withId('one')))).toBe('200');
    results.push(await assume(), await assume('other'), await assume('one'));
    await update(withId('other'));
    results.push(await assume('one'), await assume('other'));

    expect(results).toEqual([
      'granted',
      'AccessDenied',
      'AccessDenied',
      'granted',
      'AccessDenied',
      'granted',
    ]);
  });

  it('is kept over a restart', async () => {
    await update(withId('one'));
    aws = await aws.restart();

    expect([await assume(), await assume('one')]).toEqual(['AccessDenied', 'granted']);
    expect(await readTrust()).toEqual(withId('one'));
  });

  it('is undone by another trust policy in the world file', async () => {
    await update(withId('one'));
    aws = await aws.restart(world(withId('file')));

    expect([await assume('one'), await assume('file')]).toEqual(['AccessDenied', 'granted']);
  });

  it('leaves the sessions that there are', async () => {
    const session = await aws.assume({ RoleArn: roleArn, RoleSessionName: 'session' });
    await update(withId('one'));

    expect(problem(await iam({ Action: 'GetRole', RoleName: 'Reports' }, session))).toMatch(
      /^403 AccessDenied/,
    );
  });

  it.each([
    ['no JSON', '{', 'contains invalid Json'],
    ['an unknown element', { ...trusts(), Extra: 1 }, 'Syntax errors'],
    ['a Resource', trusts({ Resource: '*' }), 'Syntax errors'],
    ['no Principal', policy({ Effect: 'Allow', Action: 'sts:AssumeRole' }), 'Syntax errors'],
    [
      'an unknown operator',
      trusts({ Condition: { StringIs: { 'sts:ExternalId': 'one' } } }),
      'Syntax errors',
    ],
    [
      'actions of another service',
      trusts({ Action: ['sts:AssumeRole', 's3:GetObject'] }),
      'only specify STS',
    ],
    ['all actions', trusts({ Action: '*' }), 'only specify STS'],
    [
      'a role that there is not',
      trusts({ Principal: { AWS: `arn:aws:iam::${home}:role/Nobody` } }),
      'Invalid principal',
    ],
    [
      'a user that there is not',
      trusts({ Principal: { AWS: `arn:aws:iam::${home}:user/nobody` } }),
      'Invalid principal',
    ],
    ['an account that there is not', trusts({ Principal: { AWS: '999999999999' } }), 'Invalid principal'],
  ])('refuses %s, and leaves what was', async (_what, document, words) => {
    const answer = problem(await update(document));

    expect(answer).toMatch(/^400 MalformedPolicyDocument/);
    expect(answer).toContain(words);
    expect(await readTrust()).toEqual(trusts());
    expect(await assume()).toBe('granted');
  });

  it('takes 2048 characters besides white space, and no more', async () => {
    const length = (document: object) => JSON.stringify(document).length;
    const ofLength = (characters: number) => withId('x'.repeat(characters - length(withId(''))));
    const spaced = JSON.stringify(ofLength(2048), null, 4);

    expect(problem(await update(spaced))).toBe('200');
    expect(problem(await update(ofLength(2049)))).toBe(
      '409 LimitExceeded: Cannot exceed quota for ACLSizePerRole: 2048',
    );
  });

  it('knows no role of another account', async () => {
    const fields = {
      Action: 'UpdateAssumeRolePolicy',
      RoleName: 'Reports',
      PolicyDocument: JSON.stringify(withId('one')),
    };

    expect(problem(await iam(fields, admin))).toMatch(/^404 NoSuchEntity/);
    expect(await assume()).toBe('granted');
  });
});

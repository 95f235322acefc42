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
} from '../an-embedded-aws.ts';
import { callIam, element, elements, problem } from '../query-call.ts';

const allow = (Action: unknown, Resource: unknown = '*') => policy({ Effect: 'Allow', Action, Resource });
const partner = { accessKeyId: 'AKIAPARTNERPARTNER01', secretAccessKey: 'p'.repeat(40) };
const limited = { accessKeyId: 'AKIALIMITEDLIMITED01', secretAccessKey: 'l'.repeat(40) };
const managed = 'arn:aws:iam::aws:policy/Tables';
const trusts = (changes: object = {}) =>
  policy({
    Effect: 'Allow',
    Principal: { AWS: `arn:aws:iam::${home}:root` },
    Action: 'sts:AssumeRole',
    ...changes,
  });
const world = (maxSessionDurationSeconds = 7200) =>
  aWorld(
    {
      [away]: {
        users: {
          partner: { ...partner, policies: [allow('*')] },
          limited: {
            ...limited,
            policies: [allow('iam:CreateRole', `arn:aws:iam::${away}:role/vendors/Daypass*`)],
          },
        },
        roles: {
          'partners/Reports': {
            trust: trusts(),
            maxSessionDurationSeconds,
            policies: [allow('dynamodb:DescribeTable')],
          },
        },
      },
    },
    { managedPolicies: { [managed]: allow('dynamodb:DescribeTable') } },
  );

let aws: TestAws;
beforeEach(async () => {
  aws = await startTestAws(world());
});
afterEach(() => aws.stop());

type Fields = Readonly<Record<string, string>>;
const iam = (Action: string, fields: Fields = {}, credentials = partner, scope = {}) =>
  callIam(aws.url, credentials, { Action, ...fields }, scope);
const document = (changes: object = {}) => JSON.stringify(trusts(changes));
const make = (fields: Fields = {}, credentials = partner) =>
  iam('CreateRole', { RoleName: 'Daypass', AssumeRolePolicyDocument: document(), ...fields }, credentials);
const read = (RoleName = 'Daypass') => iam('GetRole', { RoleName });
const arnOf = (path: string) => `arn:aws:iam::${away}:role${path}`;
const assume = async (path = '/Daypass', changes: object = {}) =>
  (
    await outcome(
      aws.sts().send(new AssumeRoleCommand({ RoleArn: arnOf(path), RoleSessionName: 'session', ...changes })),
    )
  ).split(':')[0];
const mayDescribe = async (path: string) => {
  const session = await aws.assume({ RoleArn: arnOf(path), RoleSessionName: 'session' });
  const { DescribeTableCommand } = await import('@aws-sdk/client-dynamodb');
  const call = aws.dynamodb(session).send(new DescribeTableCommand({ TableName: 'none' }));
  return (await outcome(call)).split(':')[0] === 'ResourceNotFoundException';
};

describe('CreateRole', () => {
  it('makes a role that GetRole shows, and that STS gives at once', async () => {
    const made = await make({
      Path: '/vendors/',
      Description: 'Entered by Daypass',
      MaxSessionDuration: '7200',
      'Tags.member.1.Key': 'Team',
      'Tags.member.1.Value': 'web',
    });

    expect(problem(made)).toBe('200');
    for (const answer of [made, await read()]) {
      expect(element(answer, 'Arn')).toBe(arnOf('/vendors/Daypass'));
      expect(element(answer, 'Path')).toBe('/vendors/');
      expect(element(answer, 'RoleId')).toMatch(/^AROA[A-Z2-7]{17}$/);
      expect(element(answer, 'Description')).toBe('Entered by Daypass');
      expect(element(answer, 'MaxSessionDuration')).toBe('7200');
      expect([elements(answer, 'Key'), elements(answer, 'Value')]).toEqual([['Team'], ['web']]);
      expect(JSON.parse(decodeURIComponent(element(answer, 'AssumeRolePolicyDocument')))).toEqual(trusts());
    }
    expect(await assume('/vendors/Daypass', { DurationSeconds: 7200 })).toBe('granted');
    expect(await assume('/vendors/Daypass', { DurationSeconds: 7201 })).toBe('ValidationError');
  });

  it('has no path, an hour and no permissions when nothing is said', async () => {
    await make();

    expect([element(await read(), 'Path'), element(await read(), 'MaxSessionDuration')]).toEqual([
      '/',
      '3600',
    ]);
    expect(await mayDescribe('/Daypass')).toBe(false);
  });

  it('is kept over a restart, whatever the world file says', async () => {
    await make();
    const id = element(await read(), 'RoleId');
    aws = await aws.restart(world(3600));

    expect(element(await read(), 'RoleId')).toBe(id);
    expect(await assume()).toBe('granted');
  });

  it.each(['Daypass', 'dAYPASS', 'reports'])(
    'refuses a name that there is, in any case: %s',
    async (name) => {
      await make();

      expect(problem(await make({ RoleName: name, Path: '/elsewhere/' }))).toBe(
        `409 EntityAlreadyExists: Role with name ${name} already exists.`,
      );
    },
  );

  it('takes a name that another account has', async () => {
    await make();

    expect(problem(await make({}, admin))).toBe('200');
    expect(element(await iam('GetRole', { RoleName: 'Daypass' }, admin), 'Arn')).toBe(
      `arn:aws:iam::${home}:role/Daypass`,
    );
  });

  it.each<[string, Fields, RegExp]>([
    ['no name', { RoleName: '' }, /^400 ValidationError: .*roleName/],
    ['a name with a slash', { RoleName: 'a/b' }, /^400 ValidationError: .*roleName/],
    ['65 characters of name', { RoleName: 'x'.repeat(65) }, /^400 ValidationError: .*64/],
    ['a path without a slash at its end', { Path: '/vendors' }, /^400 ValidationError: .*path/],
    ['a path with a space', { Path: '/our vendors/' }, /^400 ValidationError: .*path/],
    ['a path of 513 characters', { Path: `/${'x'.repeat(511)}/` }, /^400 ValidationError: .*512/],
    ['a dash that is no hyphen', { Description: 'role – mine' }, /^400 ValidationError: .*description/],
    ['1001 characters of description', { Description: 'x'.repeat(1001) }, /^400 ValidationError: .*1000/],
    ['less than an hour', { MaxSessionDuration: '3599' }, /^400 ValidationError: .*3600/],
    ['more than twelve hours', { MaxSessionDuration: '43201' }, /^400 ValidationError: .*43200/],
    ['half a second', { MaxSessionDuration: '3600.5' }, /^400 ValidationError: .*integer/],
    ['no duration', { MaxSessionDuration: '' }, /^400 ValidationError: .*integer/],
    ['no document', { AssumeRolePolicyDocument: '' }, /^400 ValidationError: .*assumeRolePolicyDocument/],
    [
      'characters beyond Latin-1',
      { AssumeRolePolicyDocument: document({ Sid: '日本' }) },
      /^400 ValidationError: .*assumeRolePolicyDocument/,
    ],
    ['no JSON', { AssumeRolePolicyDocument: '{' }, /^400 MalformedPolicyDocument: .*invalid Json/],
    ['a Resource', { AssumeRolePolicyDocument: document({ Resource: '*' }) }, /^400 MalformedPolicyDocument/],
    [
      'actions of another service',
      { AssumeRolePolicyDocument: document({ Action: 's3:GetObject' }) },
      /^400 MalformedPolicyDocument/,
    ],
    [
      'a principal that is not there',
      { AssumeRolePolicyDocument: document({ Principal: { AWS: `arn:aws:iam::${home}:role/Nobody` } }) },
      /^400 MalformedPolicyDocument: Invalid principal/,
    ],
    [
      '2049 characters of trust',
      { AssumeRolePolicyDocument: document({ Sid: 'x'.repeat(2048) }) },
      /^409 LimitExceeded: .*ACLSizePerRole/,
    ],
    ['a tag without a value', { 'Tags.member.1.Key': 'Team' }, /^400 ValidationError: .*tags\.1/],
    ['a boundary', { PermissionsBoundary: managed }, /^400 InvalidInput: .*boundaries/],
  ])('refuses %s, and makes nothing', async (_what, fields, expected) => {
    expect(problem(await make(fields))).toMatch(expected);
    expect(problem(await read())).toMatch(/^404 NoSuchEntity/);
  });

  it('is for those who may, on the path and name that the role would have', async () => {
    expect(problem(await make({ Path: '/vendors/' }, limited))).toBe('200');
    for (const fields of [
      { RoleName: 'Daypass2' },
      { Path: '/vendors/', RoleName: 'Other' },
      { RoleName: 'Reports', Path: '/partners/' },
    ])
      expect(problem(await make(fields, limited))).toMatch(/^403 AccessDenied: .*iam:CreateRole on resource/);
    const tagged = { 'Tags.member.1.Key': 'Team', 'Tags.member.1.Value': 'web' };
    expect(problem(await make({ Path: '/vendors/', RoleName: 'Daypass3', ...tagged }, limited))).toMatch(
      /^403 AccessDenied: .*iam:TagRole/,
    );
    expect(problem(await read('Daypass3'))).toMatch(/^404/);
  });
});

describe('UpdateRole', () => {
  it('changes what it names, and nothing else', async () => {
    await make({ Description: 'one' });
    expect(problem(await iam('UpdateRole', { RoleName: 'Daypass', MaxSessionDuration: '43200' }))).toBe(
      '200',
    );
    expect(await assume('/Daypass', { DurationSeconds: 43_200 })).toBe('granted');
    await iam('UpdateRole', { RoleName: 'Daypass', Description: 'two' });

    const answer = await read();
    expect([element(answer, 'Description'), element(answer, 'MaxSessionDuration')]).toEqual(['two', '43200']);
  });

  it('is undone by another role in the world file, and kept with the same', async () => {
    await iam('UpdateRole', { RoleName: 'Reports', MaxSessionDuration: '10000' });
    aws = await aws.restart();
    expect(element(await read('Reports'), 'MaxSessionDuration')).toBe('10000');
    expect(await mayDescribe('/partners/Reports')).toBe(true);

    aws = await aws.restart(world(5000));
    expect(element(await read('Reports'), 'MaxSessionDuration')).toBe('5000');
  });

  it.each<[Fields, RegExp]>([
    [{ RoleName: 'Nobody' }, /^404 NoSuchEntity/],
    [{ RoleName: 'Reports', MaxSessionDuration: '3599' }, /^400 ValidationError/],
    [{ RoleName: 'Reports', Description: '€' }, /^400 ValidationError/],
  ])('refuses %j', async (fields, expected) => {
    expect(problem(await iam('UpdateRole', fields))).toMatch(expected);
    expect(element(await read('Reports'), 'MaxSessionDuration')).toBe('7200');
  });
});

describe('DeleteRole', () => {
  it('ends the role and its sessions, over a restart too', async () => {
    const session = await aws.assume({ RoleArn: arnOf('/partners/Reports'), RoleSessionName: 'session' });
    expect(problem(await iam('DeleteRole', { RoleName: 'Reports' }))).toBe('200');

    expect(problem(await read('Reports'))).toMatch(/^404 NoSuchEntity/);
    expect(await assume('/partners/Reports')).toBe('AccessDenied');
    expect(problem(await iam('GetRole', { RoleName: 'Reports' }, session))).toMatch(/InvalidClientTokenId/);
    aws = await aws.restart();
    expect(problem(await read('Reports'))).toMatch(/^404 NoSuchEntity/);
  });

  it('leaves nothing to a role of the same name that is made afterwards', async () => {
    const before = element(await read('Reports'), 'RoleId');
    await iam('DeleteRole', { RoleName: 'Reports' });
    await make({ RoleName: 'Reports', Path: '/partners/' });

    expect(element(await read('Reports'), 'RoleId')).not.toBe(before);
    expect(await mayDescribe('/partners/Reports')).toBe(false);
    aws = await aws.restart();
    expect(await mayDescribe('/partners/Reports')).toBe(false);
  });

  it('waits until its policies are gone', async () => {
    await make();
    const named = { RoleName: 'Daypass', PolicyArn: managed, PolicyName: 'own' };
    await iam('AttachRolePolicy', named);
    await iam('PutRolePolicy', { ...named, PolicyDocument: JSON.stringify(allow('s3:*')) });
    const remove = async () => problem(await iam('DeleteRole', named));

    expect(await remove()).toBe('409 DeleteConflict: Cannot delete entity, must detach all policies first.');
    await iam('DetachRolePolicy', named);
    expect(await remove()).toBe('409 DeleteConflict: Cannot delete entity, must delete policies first.');
    await iam('DeleteRolePolicy', named);
    expect(await remove()).toBe('200');
  });

  it('knows no role of another account', async () => {
    expect(problem(await iam('DeleteRole', { RoleName: 'Reports' }, admin))).toMatch(/^404 NoSuchEntity/);
    expect(await assume('/partners/Reports')).toBe('granted');
  });
});

describe('policies of a role', () => {
  const RoleName = 'Daypass';
  const PolicyDocument = JSON.stringify(allow('dynamodb:DescribeTable'));
  beforeEach(() => make());

  it('by PutRolePolicy are what its sessions may do, until they are deleted', async () => {
    await iam('PutRolePolicy', { RoleName, PolicyName: 'tables', PolicyDocument });
    expect(elements(await iam('ListRolePolicies', { RoleName }), 'member')).toEqual(['tables']);
    expect(await mayDescribe('/Daypass')).toBe(true);

    await iam('DeleteRolePolicy', { RoleName, PolicyName: 'tables' });
    expect(await mayDescribe('/Daypass')).toBe(false);
  });

  it('by AttachRolePolicy are what its sessions may do, until they are detached', async () => {
    await iam('AttachRolePolicy', { RoleName, PolicyArn: managed });
    expect(elements(await iam('ListAttachedRolePolicies', { RoleName }), 'PolicyArn')).toEqual([managed]);
    expect(await mayDescribe('/Daypass')).toBe(true);
    aws = await aws.restart();
    expect(await mayDescribe('/Daypass')).toBe(true);

    await iam('DetachRolePolicy', { RoleName, PolicyArn: managed });
    expect(await mayDescribe('/Daypass')).toBe(false);
  });

  it.each<[string, Fields, RegExp]>([
    [
      'AttachRolePolicy',
      { PolicyArn: 'arn:aws:iam::aws:policy/None' },
      /^404 NoSuchEntity: .*not attachable/,
    ],
    ['AttachRolePolicy', { PolicyArn: 'short' }, /^400 ValidationError/],
    ['DetachRolePolicy', { PolicyArn: managed }, /^404 NoSuchEntity/],
    ['DeleteRolePolicy', { PolicyName: 'none' }, /^404 NoSuchEntity/],
    ['PutRolePolicy', { PolicyName: 'a b', PolicyDocument }, /^400 ValidationError/],
    ['PutRolePolicy', { PolicyName: 'own' }, /^400 ValidationError/],
    ['PutRolePolicy', { PolicyName: 'own', PolicyDocument: document() }, /^400 MalformedPolicyDocument/],
    [
      'PutRolePolicy',
      { PolicyName: 'own', PolicyDocument: JSON.stringify(allow(`s3:${'x'.repeat(10_240)}`)) },
      /^409 LimitExceeded: Maximum policy size/,
    ],
  ])('are refused: %s %j', async (action, fields, expected) => {
    expect(problem(await iam(action, { RoleName, ...fields }))).toMatch(expected);
    expect(elements(await iam('ListRolePolicies', { RoleName }), 'member')).toEqual([]);
  });
});

describe('ListRoles', () => {
  it('has those of the account, under a path', async () => {
    await make({ Path: '/vendors/' });

    expect(elements(await iam('ListRoles'), 'RoleName')).toEqual(['Reports', 'Daypass']);
    expect(elements(await iam('ListRoles', { PathPrefix: '/vendors/' }), 'RoleName')).toEqual(['Daypass']);
    expect(problem(await iam('ListRoles', {}, limited))).toMatch(/^403 AccessDenied/);
  });
});

describe('the region that a call of IAM is signed for', () => {
  it.each([
    ['us-east-1', /^200$/],
    ['eu-west-1', /^200$/],
    ['eu-west-2', /^403 SignatureDoesNotMatch/],
  ])('%s', async (region, expected) => {
    expect(problem(await iam('GetRole', { RoleName: 'Reports' }, partner, { region }))).toMatch(expected);
  });
});

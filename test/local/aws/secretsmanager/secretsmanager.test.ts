import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FaultKind } from '../../../../local/faults.ts';
import {
  admin,
  aWorld,
  away,
  home,
  policy,
  startTestAws,
  type TestAws,
  type TestCredentials,
} from '../an-embedded-aws.ts';
import { callSecretsManager, type Fields, problem } from './secrets-call.ts';

const key = (letter: string): TestCredentials => ({
  accessKeyId: `AKIA${letter.repeat(16)}`,
  secretAccessKey: letter.toLowerCase().repeat(40),
});
const everything = policy({ Effect: 'Allow', Action: '*', Resource: '*' });
const may = (Action: string, Resource: string, Condition: object = {}) =>
  policy({ Effect: 'Allow', Action: `secretsmanager:${Action}`, Resource, Condition });
const named = (name: string) => `arn:aws:secretsmanager:eu-west-1:${home}:secret:${name}-??????`;
const users = {
  reader: { ...key('B'), policies: [may('GetSecretValue', named('federator'))] },
  staged: {
    ...key('C'),
    policies: [
      may('GetSecretValue', '*', {
        'ForAnyValue:StringEquals': { 'secretsmanager:VersionStage': 'AWSCURRENT' },
      }),
    ],
  },
  tagged: {
    ...key('D'),
    policies: [may('GetSecretValue', '*', { StringEquals: { 'aws:ResourceTag/Team': 'web' } })],
  },
  denied: {
    ...key('E'),
    policies: [
      everything,
      policy({ Effect: 'Deny', Action: 'secretsmanager:GetSecretValue', Resource: '*' }),
    ],
  },
  silent: { ...key('F'), policies: [] },
  creator: { ...key('G'), policies: [may('CreateSecret', named('federator'))] },
};
const stranger = { ...key('H'), policies: [everything] };
const world = () => aWorld({ [home]: { users }, [away]: { users: { stranger } } });

let nowMs: number;
let aws: TestAws;
beforeEach(async () => {
  nowMs = Date.now();
  aws = await startTestAws(world(), { now: () => nowMs });
});
afterEach(() => aws.stop());

const call = (operation: string, fields: Fields = {}, credentials: TestCredentials = admin) =>
  callSecretsManager(aws.url, credentials, operation, fields);
/** The answer's fields; fails on a refusal. */
async function done(operation: string, fields: Fields = {}, credentials: TestCredentials = admin) {
  const answer = await call(operation, fields, credentials);
  expect(problem(answer)).toBe('200');
  return answer.json;
}
const token = () => randomUUID();
const SecretId = 'federator';
const create = (fields: Fields = {}) =>
  done('CreateSecret', { Name: SecretId, ClientRequestToken: token(), SecretString: 'one', ...fields });
const put = (SecretString: string, fields: Fields = {}) =>
  done('PutSecretValue', { SecretId, SecretString, ClientRequestToken: token(), ...fields });
const labels = async () => (await done('DescribeSecret', { SecretId })).VersionIdsToStages;
const read = async (fields: Fields = {}) =>
  (await done('GetSecretValue', { SecretId, ...fields })).SecretString;

describe('CreateSecret', () => {
  it('makes a secret whose value is current', async () => {
    const ClientRequestToken = token();
    const created = await create({
      ClientRequestToken,
      Description: 'a key',
      Tags: [{ Key: 'Team', Value: 'web' }],
    });
    const value = await done('GetSecretValue', { SecretId });
    const described = await done('DescribeSecret', { SecretId });

    expect(created.ARN).toMatch(
      new RegExp(`^arn:aws:secretsmanager:eu-west-1:${home}:secret:federator-[A-Za-z0-9]{6}$`),
    );
    expect(created).toEqual({ ARN: created.ARN, Name: SecretId, VersionId: ClientRequestToken });
    expect(value).toEqual({
      ARN: created.ARN,
      Name: SecretId,
      VersionId: ClientRequestToken,
      SecretString: 'one',
      VersionStages: ['AWSCURRENT'],
      CreatedDate: nowMs / 1000,
    });
    expect(described).toEqual({
      ARN: created.ARN,
      Name: SecretId,
      Description: 'a key',
      Tags: [{ Key: 'Team', Value: 'web' }],
      VersionIdsToStages: { [ClientRequestToken]: ['AWSCURRENT'] },
      CreatedDate: nowMs / 1000,
      LastChangedDate: nowMs / 1000,
    });
  });

  it('makes a secret without a value', async () => {
    const created = await done('CreateSecret', { Name: SecretId, ClientRequestToken: token() });

    expect(created.VersionId).toBeUndefined();
    expect((await done('DescribeSecret', { SecretId })).VersionIdsToStages).toBeUndefined();
    expect(problem(await call('GetSecretValue', { SecretId }))).toBe(
      "400 ResourceNotFoundException: Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    );
  });

  it('keeps bytes as they are', async () => {
    const SecretBinary = Buffer.from([0, 255, 128]).toString('base64');
    await done('CreateSecret', { Name: SecretId, ClientRequestToken: token(), SecretBinary });
    const value = await done('GetSecretValue', { SecretId });

    expect(value.SecretBinary).toBe(SecretBinary);
    expect(value).not.toHaveProperty('SecretString');
  });

  it('answers the same to the same request again', async () => {
    const ClientRequestToken = token();
    const first = await create({ ClientRequestToken });

    expect(await create({ ClientRequestToken })).toEqual(first);
    expect(await labels()).toEqual({ [ClientRequestToken]: ['AWSCURRENT'] });
  });

  it.each([
    ['another token', {}],
    ['another value', { SecretString: 'two' }],
  ])('refuses a name that is taken, with %s', async (_what, changes) => {
    const ClientRequestToken = token();
    await create({ ClientRequestToken });
    const again =
      'SecretString' in changes ? { ClientRequestToken, ...changes } : { ClientRequestToken: token() };
    const answer = await call('CreateSecret', { Name: SecretId, SecretString: 'one', ...again });

    expect(problem(answer)).toMatch(/^400 ResourceExistsException/);
    expect(await read()).toBe('one');
  });

  it('takes a name that another account has', async () => {
    await create();
    const other = await done(
      'CreateSecret',
      { Name: SecretId, ClientRequestToken: token(), SecretString: 'x' },
      stranger,
    );

    expect(other.ARN).toContain(`:${away}:`);
    expect(await read()).toBe('one');
  });

  it.each([
    ['no token', { ClientRequestToken: undefined }, 'InvalidRequestException'],
    ['two values', { SecretString: 'a', SecretBinary: 'YQ==' }, 'InvalidParameterException'],
    ['no name', { Name: undefined }, 'ValidationException'],
    ['a name with a space', { Name: 'a b' }, 'ValidationException'],
    ['a name of 513', { Name: 'a'.repeat(513) }, 'ValidationException'],
    ['a token of 31', { ClientRequestToken: 'a'.repeat(31) }, 'ValidationException'],
    ['a token of 65', { ClientRequestToken: 'a'.repeat(65) }, 'ValidationException'],
    ['an empty value', { SecretString: '' }, 'ValidationException'],
    ['a value of 65537 bytes', { SecretString: `é${'a'.repeat(65_535)}` }, 'ValidationException'],
    ['bytes that are no base64', { SecretString: undefined, SecretBinary: '*' }, 'ValidationException'],
  ])('refuses %s', async (_what, changes, code) => {
    const fields = { Name: SecretId, ClientRequestToken: token(), SecretString: 'one', ...changes };

    expect(problem(await call('CreateSecret', fields))).toContain(`400 ${code}`);
    expect(problem(await call('DescribeSecret', { SecretId }))).toMatch(/^400 ResourceNotFoundException/);
  });

  it.each([
    ['a value of 65536 bytes', { SecretString: 'a'.repeat(65_536) }],
    ['a name of 512', { Name: 'a'.repeat(512) }],
    ['a token of 32', { ClientRequestToken: 'a'.repeat(32) }],
    ['a token of 64', { ClientRequestToken: 'a'.repeat(64) }],
  ])('takes %s', async (_what, changes) => {
    expect((await create(changes)).ARN).toMatch(/^arn:/);
  });
});

describe('GetSecretValue', () => {
  it('finds a secret by name, by ARN and by the ARN without its end', async () => {
    const { ARN } = await create();

    expect(await read()).toBe('one');
    expect(await read({ SecretId: ARN })).toBe('one');
    expect(await read({ SecretId: ARN.slice(0, -7) })).toBe('one');
  });

  it.each(['Federator', 'federato', 'federator-'])('does not find it by %s', async (SecretId) => {
    await create();

    expect(problem(await call('GetSecretValue', { SecretId }))).toBe(
      "400 ResourceNotFoundException: Secrets Manager can't find the specified secret.",
    );
  });

  it('finds a version by id, by stage, and by both when they belong together', async () => {
    const { VersionId: first } = await create();
    const { VersionId: second } = await put('two');

    expect(await read({ VersionId: first })).toBe('one');
    expect(await read({ VersionStage: 'AWSPREVIOUS' })).toBe('one');
    expect(await read({ VersionId: second, VersionStage: 'AWSCURRENT' })).toBe('two');
    expect(
      problem(await call('GetSecretValue', { SecretId, VersionId: first, VersionStage: 'AWSCURRENT' })),
    ).toBe(
      '400 InvalidRequestException: You provided a VersionStage that is not associated to the provided VersionId.',
    );
    expect(problem(await call('GetSecretValue', { SecretId, VersionId: token() }))).toMatch(
      /ResourceNotFound.*VersionId/,
    );
    expect(problem(await call('GetSecretValue', { SecretId, VersionStage: 'awscurrent' }))).toMatch(
      /ResourceNotFound.*staging label: awscurrent/,
    );
  });
});

describe('PutSecretValue', () => {
  it('makes the value current, and the one before it previous', async () => {
    const { VersionId: first } = await create();
    const { VersionId: second } = await put('two');
    expect(await labels()).toEqual({ [first]: ['AWSPREVIOUS'], [second]: ['AWSCURRENT'] });
    const { VersionId: third, VersionStages } = await put('three');

    expect(VersionStages).toEqual(['AWSCURRENT']);
    expect(await labels()).toEqual({ [second]: ['AWSPREVIOUS'], [third]: ['AWSCURRENT'] });
    expect(await read({ VersionId: first })).toBe('one');
  });

  it('leaves the current one when the value is pending', async () => {
    const { VersionId: first } = await create();
    const { VersionId: second } = await put('two', { VersionStages: ['AWSPENDING'] });

    expect(await labels()).toEqual({ [first]: ['AWSCURRENT'], [second]: ['AWSPENDING'] });
    expect(await read()).toBe('one');
    expect(await read({ VersionStage: 'AWSPENDING' })).toBe('two');
  });

  it('takes a label from the version that had it', async () => {
    await create();
    await put('two', { VersionStages: ['AWSPENDING', 'mine'] });
    const { VersionId: third } = await put('three', { VersionStages: ['AWSPENDING'] });

    expect(await read({ VersionStage: 'AWSPENDING' })).toBe('three');
    expect(await read({ VersionStage: 'mine' })).toBe('two');
    expect((await labels())[third]).toEqual(['AWSPENDING']);
  });

  it('makes the first value current, whatever it was to be', async () => {
    await done('CreateSecret', { Name: SecretId, ClientRequestToken: token() });
    const { VersionStages } = await put('one', { VersionStages: ['AWSPENDING'] });

    expect([...VersionStages].sort()).toEqual(['AWSCURRENT', 'AWSPENDING']);
  });

  it('changes nothing when it is repeated, and not the value either', async () => {
    await create();
    const ClientRequestToken = token();
    await put('two', { ClientRequestToken });
    await put('three');
    const before = await labels();
    await put('two', { ClientRequestToken });
    const other = await call('PutSecretValue', { SecretId, ClientRequestToken, SecretString: 'other' });

    expect(problem(other)).toMatch(/^400 ResourceExistsException/);
    expect(await labels()).toEqual(before);
    expect(await read({ VersionId: ClientRequestToken })).toBe('two');
  });

  it.each([
    ['no value', { SecretString: undefined }, 'InvalidRequestException'],
    ['no token', { ClientRequestToken: undefined }, 'InvalidRequestException'],
    ['no stages', { VersionStages: [] }, 'ValidationException'],
    [
      '21 stages',
      { VersionStages: Array.from({ length: 21 }, (_, index) => `s${index}`) },
      'ValidationException',
    ],
    ['another secret', { SecretId: 'nobody' }, 'ResourceNotFoundException'],
  ])('refuses %s', async (_what, changes, code) => {
    await create();
    const fields = { SecretId, ClientRequestToken: token(), SecretString: 'two', ...changes };

    expect(problem(await call('PutSecretValue', fields))).toContain(`400 ${code}`);
    expect(await read()).toBe('one');
  });

  it('keeps 100 versions, and drops the oldest that have no label', async () => {
    const { VersionId: first } = await create();
    const { VersionId: second } = await put('1');
    for (let count = 2; count < 100; count++) await put(String(count));
    expect(await read({ VersionId: first })).toBe('one');
    await put('100');

    expect(problem(await call('GetSecretValue', { SecretId, VersionId: first }))).toMatch(/ResourceNotFound/);
    expect(await read({ VersionId: second })).toBe('1');
    expect([await read(), await read({ VersionStage: 'AWSPREVIOUS' })]).toEqual(['100', '99']);
  });
});

describe('UpdateSecretVersionStage', () => {
  const update = (fields: Fields) =>
    call('UpdateSecretVersionStage', { SecretId, VersionStage: 'AWSCURRENT', ...fields });
  let first: string;
  let second: string;
  beforeEach(async () => {
    first = (await create()).VersionId;
    second = (await put('two', { VersionStages: ['AWSPENDING'] })).VersionId;
  });

  it('makes what was pending current, as a rotation ends', async () => {
    const answer = await update({ MoveToVersionId: second, RemoveFromVersionId: first });

    expect(problem(answer)).toBe('200');
    expect(await labels()).toEqual({ [first]: ['AWSPREVIOUS'], [second]: ['AWSPENDING', 'AWSCURRENT'] });
    expect(await read()).toBe('two');
    expect((await done('DescribeSecret', { SecretId })).LastRotatedDate).toBe(nowMs / 1000);
  });

  it('takes back what was rotated', async () => {
    await update({ MoveToVersionId: second, RemoveFromVersionId: first });
    await update({ MoveToVersionId: first, RemoveFromVersionId: second });

    expect(await labels()).toEqual({ [first]: ['AWSCURRENT'], [second]: ['AWSPENDING', 'AWSPREVIOUS'] });
  });

  it('changes nothing when the version has the label already', async () => {
    const before = await labels();

    expect(problem(await update({ MoveToVersionId: first }))).toBe('200');
    expect(await labels()).toEqual(before);
  });

  it('removes a label that is not the current one', async () => {
    const answer = await update({ VersionStage: 'AWSPENDING', RemoveFromVersionId: second });

    expect(problem(answer)).toBe('200');
    expect(await labels()).toEqual({ [first]: ['AWSCURRENT'] });
    expect(await read({ VersionId: second })).toBe('two');
  });

  it.each([
    ['a move that does not say from where', () => ({ MoveToVersionId: second }), 'InvalidParameterException'],
    [
      'a move from where it is not',
      () => ({ MoveToVersionId: second, RemoveFromVersionId: second }),
      'InvalidParameterException',
    ],
    ['the removal of the current label', () => ({ RemoveFromVersionId: first }), 'InvalidParameterException'],
    ['no version', () => ({}), 'InvalidParameterException'],
    [
      'a move to a version that is not',
      () => ({ MoveToVersionId: token(), RemoveFromVersionId: first }),
      'ResourceNotFoundException',
    ],
    [
      'a move from a version that is not',
      () => ({ MoveToVersionId: second, RemoveFromVersionId: token() }),
      'ResourceNotFoundException',
    ],
  ])('refuses %s', async (_what, toFields, code) => {
    const before = await labels();

    expect(problem(await update(toFields()))).toContain(`400 ${code}`);
    expect(await labels()).toEqual(before);
  });
});

describe('RotateSecret', () => {
  const RotationLambdaARN = `arn:aws:lambda:eu-west-1:${home}:function:rotation`;
  const rotate = (fields: Fields = {}) =>
    call('RotateSecret', { SecretId, ClientRequestToken: token(), RotationLambdaARN, ...fields });

  it('writes down how, and begins a version that has no value yet', async () => {
    const { VersionId: first } = await create();
    const { VersionId } = (await rotate({ RotationRules: { AutomaticallyAfterDays: 7 } })).json;

    expect(await done('DescribeSecret', { SecretId })).toMatchObject({
      RotationEnabled: true,
      RotationLambdaARN,
      RotationRules: { AutomaticallyAfterDays: 7 },
      VersionIdsToStages: { [first]: ['AWSCURRENT'], [VersionId]: ['AWSPENDING'] },
    });
    expect(
      problem(await call('GetSecretValue', { SecretId, VersionId, VersionStage: 'AWSPENDING' })),
    ).toMatch(/^400 ResourceNotFoundException/);
  });

  it('lets its version be put and made current, and begins the next one after that alone', async () => {
    const { VersionId: first } = await create();
    const { VersionId } = (await rotate()).json;
    await put('two', { ClientRequestToken: VersionId, VersionStages: ['AWSPENDING'] });
    const early = problem(await rotate());
    await done('UpdateSecretVersionStage', {
      SecretId,
      VersionStage: 'AWSCURRENT',
      MoveToVersionId: VersionId,
      RemoveFromVersionId: first,
    });

    expect(early).toMatch(/^400 InvalidRequestException: A previous rotation isn't complete/);
    expect(await read()).toBe('two');
    expect(problem(await rotate())).toBe('200');
  });

  it('begins nothing when it is not to be at once', async () => {
    const { VersionId: first } = await create();
    await rotate({ RotateImmediately: false });

    expect(await labels()).toEqual({ [first]: ['AWSCURRENT'] });
    expect((await done('DescribeSecret', { SecretId })).RotationEnabled).toBe(true);
  });

  it('refuses a secret that has no function', async () => {
    await create();

    expect(problem(await rotate({ RotationLambdaARN: undefined }))).toMatch(
      /^400 InvalidRequestException: No Lambda/,
    );
  });
});

describe('permissions', () => {
  const get = async (credentials: TestCredentials, id = SecretId) =>
    problem(await call('GetSecretValue', { SecretId: id }, credentials)).replace(/: .*/, '');

  it('are asked for the ARN, of whatever the request names', async () => {
    const { ARN } = await create();
    await create({ Name: 'other' });

    expect([await get(users.reader), await get(users.reader, ARN)]).toEqual(['200', '200']);
    expect(await get(users.reader, 'other')).toBe('400 AccessDeniedException');
  });

  it('are refused as AWS says it', async () => {
    await create();

    expect(problem(await call('GetSecretValue', { SecretId }, users.silent))).toBe(
      `400 AccessDeniedException: User: arn:aws:iam::${home}:user/silent is not authorized to perform: secretsmanager:GetSecretValue on resource: federator because no identity-based policy allows the secretsmanager:GetSecretValue action`,
    );
    expect(problem(await call('GetSecretValue', { SecretId }, users.denied))).toMatch(
      /with an explicit deny in an identity/,
    );
    expect(problem(await call('DescribeSecret', { SecretId }, users.reader))).toMatch(
      /^400 AccessDeniedException/,
    );
  });

  it('are refused alike for a secret that there is not', async () => {
    await create();
    const refusal = async (SecretId: string) =>
      problem(await call('GetSecretValue', { SecretId }, users.silent)).replace(SecretId, '…');

    expect(await refusal('nobody')).toBe(await refusal('federator'));
  });

  it('know the stage, given or not', async () => {
    await create();
    await put('two');
    const ask = async (fields: Fields) =>
      problem(await call('GetSecretValue', { SecretId, ...fields }, users.staged)).replace(/: .*/, '');

    expect(await ask({})).toBe('200');
    expect(await ask({ VersionStage: 'AWSPREVIOUS' })).toBe('400 AccessDeniedException');
  });

  it('know the tags of the secret', async () => {
    await create({ Tags: [{ Key: 'Team', Value: 'web' }] });
    await create({ Name: 'other', Tags: [{ Key: 'Team', Value: 'data' }] });

    expect([await get(users.tagged), await get(users.tagged, 'other')]).toEqual([
      '200',
      '400 AccessDeniedException',
    ]);
  });

  it('of another account do not reach', async () => {
    const { ARN } = await create();

    expect(await get(stranger, ARN)).toBe('400 AccessDeniedException');
    expect(await get(stranger)).toBe('400 ResourceNotFoundException');
  });

  it('to create are for a name', async () => {
    const ask = (Name: string) =>
      call('CreateSecret', { Name, ClientRequestToken: token(), SecretString: 'x' }, users.creator);

    expect(problem(await ask('federator'))).toBe('200');
    expect(problem(await ask('federator2'))).toMatch(/^400 AccessDeniedException/);
  });
});

describe('a restart', () => {
  it('keeps secrets, versions and labels', async () => {
    const { ARN } = await create();
    await put('two');
    const before = await labels();
    aws = await aws.restart();

    expect(await read({ SecretId: ARN })).toBe('two');
    expect(await read({ VersionStage: 'AWSPREVIOUS' })).toBe('one');
    expect(await labels()).toEqual(before);
  });

  it('finds a file for its owner alone, and no value in any file', async () => {
    const SecretString = 'canary-4711-canary';
    await create({ SecretString });
    const files = readdirSync(aws.dataDirectory, { withFileTypes: true }).filter((entry) => entry.isFile());
    const texts = files.map(({ name }) => readFileSync(join(aws.dataDirectory, name), 'latin1'));

    expect(statSync(join(aws.dataDirectory, 'secretsmanager')).mode & 0o777).toBe(0o600);
    expect(texts.filter((text) => text.includes(SecretString) || text.includes(btoa(SecretString)))).toEqual(
      [],
    );
  });
});

describe('the protocol', () => {
  it.each(['DeleteSecret', 'constructor', ''])('has no operation %j', async (operation) => {
    expect(problem(await call(operation, { SecretId }))).toMatch(/^400 UnknownOperationException/);
  });

  it.each([
    ['another secret key', { ...admin, secretAccessKey: 'b'.repeat(40) }, 'InvalidSignatureException'],
    ['an unknown key', key('Z'), 'UnrecognizedClientException'],
  ])('refuses %s', async (_what, credentials, code) => {
    await create();

    expect(problem(await call('GetSecretValue', { SecretId }, credentials))).toContain(`400 ${code}`);
  });

  it.each<readonly [FaultKind, string]>([
    ['throttle', '400 ThrottlingException'],
    ['500', '500 InternalServiceError'],
    ['accessdenied', '400 AccessDeniedException'],
  ])('meets the fault %s, and puts nothing', async (kind, words) => {
    await create();
    aws.faults.replace([{ service: 'secretsmanager', operation: 'PutSecretValue', kind }]);

    expect(
      problem(await call('PutSecretValue', { SecretId, SecretString: 'two', ClientRequestToken: token() })),
    ).toContain(words);
    expect(await read()).toBe('one');
  });

  it('puts the value when the answer is lost', async () => {
    await create();
    aws.faults.replace([{ service: 'secretsmanager', operation: 'PutSecretValue', kind: 'lost' }]);

    await expect(put('two')).rejects.toThrow('ECONNRESET');
    expect(await read()).toBe('two');
  });
});

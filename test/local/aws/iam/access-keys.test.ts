import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { withUsers } from '../../../../local/world.ts';
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

const federator = `arn:aws:iam::${home}:user/daypass/federator`;
const key = (letter: string): TestCredentials => ({
  accessKeyId: `AKIA${letter.repeat(16)}`,
  secretAccessKey: letter.toLowerCase().repeat(40),
});
const everything = policy({ Effect: 'Allow', Action: '*', Resource: '*' });
const ownKeys = policy({
  Effect: 'Allow',
  Action: ['iam:CreateAccessKey', 'iam:ListAccessKeys'],
  Resource: 'arn:aws:iam::*:user/${aws:username}',
});
const rotates = policy({
  Effect: 'Allow',
  Action: ['iam:CreateAccessKey', 'iam:UpdateAccessKey', 'iam:DeleteAccessKey', 'iam:ListAccessKeys'],
  Resource: federator,
});
const trust = policy({
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${home}:root` },
  Action: 'sts:AssumeRole',
});
const users = {
  self: { ...key('B'), policies: [ownKeys] },
  silent: { ...key('C'), policies: [] },
  denied: {
    ...key('D'),
    policies: [everything, policy({ Effect: 'Deny', Action: 'iam:*', Resource: federator })],
  },
  keyless: { policies: [] },
};
const world = () =>
  withUsers(
    aWorld({
      [home]: { users, roles: { Rotator: { trust, policies: [rotates] } } },
      [away]: { users: { stranger: { ...key('E'), policies: [everything] } } },
    }),
    [{ arn: federator, policies: [] }],
  );

let nowMs: number;
let aws: TestAws;
beforeEach(async () => {
  nowMs = Date.now();
  aws = await startTestAws(world(), { now: () => nowMs });
});
afterEach(() => aws.stop());

const iam = (fields: Readonly<Record<string, string>>, credentials: TestCredentials = admin) =>
  callIam(aws.url, credentials, fields);
const whoami = (credentials: TestCredentials) =>
  outcome(aws.sts(credentials).send(new GetCallerIdentityCommand({})));

async function createKey(UserName = 'federator'): Promise<TestCredentials> {
  const answer = await iam({ Action: 'CreateAccessKey', UserName });
  return {
    accessKeyId: element(answer, 'AccessKeyId'),
    secretAccessKey: element(answer, 'SecretAccessKey').replaceAll('&#43;', '+'),
  };
}

describe('CreateAccessKey', () => {
  it('makes a key of the user, which signs', async () => {
    const answer = await iam({ Action: 'CreateAccessKey', UserName: 'federator' });
    const credentials = {
      accessKeyId: element(answer, 'AccessKeyId'),
      secretAccessKey: element(answer, 'SecretAccessKey'),
    };
    const { Arn, Account, UserId } = await aws.sts(credentials).send(new GetCallerIdentityCommand({}));

    expect(answer.text).toContain(
      '<CreateAccessKeyResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">',
    );
    expect(credentials.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(credentials.secretAccessKey).toHaveLength(40);
    expect(element(answer, 'UserName')).toBe('federator');
    expect(element(answer, 'Status')).toBe('Active');
    expect({ Arn, Account }).toEqual({ Arn: federator, Account: home });
    expect(UserId).toMatch(/^AIDA/);
  });

  it('makes a key of the caller when it names no user', async () => {
    const answer = await iam({ Action: 'CreateAccessKey' }, users.self);

    expect(element(answer, 'UserName')).toBe('self');
  });

  it('refuses a role session that names no user', async () => {
    const session = await aws.assume({
      RoleArn: `arn:aws:iam::${home}:role/Rotator`,
      RoleSessionName: 'rotation',
    });

    expect(problem(await iam({ Action: 'CreateAccessKey' }, session))).toBe(
      '400 ValidationError: Must specify userName when calling with non-User credentials',
    );
  });

  it('refuses the third key, whether the others are active or not', async () => {
    const { accessKeyId } = await createKey();
    await createKey();
    await iam({
      Action: 'UpdateAccessKey',
      UserName: 'federator',
      AccessKeyId: accessKeyId,
      Status: 'Inactive',
    });

    expect(problem(await iam({ Action: 'CreateAccessKey', UserName: 'federator' }))).toBe(
      '409 LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2',
    );
    expect(
      elements(await iam({ Action: 'ListAccessKeys', UserName: 'federator' }), 'AccessKeyId'),
    ).toHaveLength(2);
  });

  it('makes two keys of twenty requests at once', async () => {
    const create = () => iam({ Action: 'CreateAccessKey', UserName: 'federator' });
    const answers = await Promise.all(Array.from({ length: 20 }, create));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(18);
  });

  it('counts the key of the world file', async () => {
    await createKey('self');

    expect(problem(await iam({ Action: 'CreateAccessKey', UserName: 'self' }))).toMatch(/^409 LimitExceeded/);
  });

  it.each([
    ['another account', 'stranger'],
    ['nobody', 'nobody'],
  ])('knows no user of %s', async (_whose, UserName) => {
    expect(problem(await iam({ Action: 'CreateAccessKey', UserName }))).toBe(
      `404 NoSuchEntity: The user with name ${UserName} cannot be found.`,
    );
  });
});

describe('UpdateAccessKey and DeleteAccessKey', () => {
  it('make a key invalid, and good again', async () => {
    const credentials = await createKey();
    const { accessKeyId: AccessKeyId } = credentials;
    const update = (Status: string) =>
      iam({ Action: 'UpdateAccessKey', UserName: 'federator', AccessKeyId, Status });

    const results = [await whoami(credentials)];
    const inactive = await update('Inactive');
    results.push(await whoami(credentials));
    await update('Active');
    results.push(await whoami(credentials));
    await iam({ Action: 'DeleteAccessKey', UserName: 'federator', AccessKeyId });
    results.push(await whoami(credentials));

    const invalid = 'InvalidClientTokenId: The security token included in the request is invalid.';
    expect(results).toEqual(['granted', invalid, 'granted', invalid]);
    expect(inactive.text).toMatch(
      /^<UpdateAccessKeyResponse xmlns="[^"]+">\s*<ResponseMetadata>\s*<RequestId>[^<]+<\/RequestId>\s*<\/ResponseMetadata>\s*<\/UpdateAccessKeyResponse>\s*$/,
    );
  });

  it('leave a session that the key made', async () => {
    const credentials = await createKey();
    const session = await aws.sts(credentials).send(new GetSessionTokenCommand({}));
    const AccessKeyId = credentials.accessKeyId;
    await iam({ Action: 'DeleteAccessKey', UserName: 'federator', AccessKeyId });
    const { AccessKeyId: id = '', SecretAccessKey = '', SessionToken = '' } = session.Credentials ?? {};

    expect(
      await whoami({ accessKeyId: id, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }),
    ).toBe('granted');
  });

  it.each([
    ['that nobody has', 'AKIAAAAAAAAAAAAAAAAA'],
    ['of another user', key('B').accessKeyId],
  ])('know no key %s', async (_whose, AccessKeyId) => {
    for (const Action of ['DeleteAccessKey', 'UpdateAccessKey']) {
      const answer = await iam({ Action, UserName: 'federator', AccessKeyId, Status: 'Inactive' });

      expect(problem(answer)).toBe(
        `404 NoSuchEntity: The Access Key with id ${AccessKeyId} cannot be found.`,
      );
    }
    expect(await whoami(users.self)).toBe('granted');
  });

  it.each([
    [{ Status: 'Inactive' }, "Value null at 'accessKeyId'"],
    [{ AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA' }, "Value null at 'status'"],
    [{ AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA', Status: 'inactive' }, 'enum value set: [Active, Inactive]'],
    [{ AccessKeyId: 'A', Status: 'Inactive' }, 'have length greater than or equal to 16'],
    [{ AccessKeyId: 'AKIAAAAAAAAAAAAAAAAA', Status: 'Inactive', UserName: 'a b' }, 'regular expression'],
  ])('refuse %j', async (fields, words) => {
    const answer = problem(await iam({ Action: 'UpdateAccessKey', UserName: 'federator', ...fields }));

    expect(answer).toMatch(/^400 ValidationError/);
    expect(answer).toContain(words);
  });
});

describe('ListAccessKeys', () => {
  it('shows both keys, oldest first, without secrets', async () => {
    const made = await createKey('self');
    const answer = await iam({ Action: 'ListAccessKeys' }, users.self);

    expect(elements(answer, 'AccessKeyId')).toEqual([users.self.accessKeyId, made.accessKeyId]);
    expect(elements(answer, 'Status')).toEqual(['Active', 'Active']);
    expect(element(answer, 'IsTruncated')).toBe('false');
    expect(answer.text).toMatch(/<AccessKeyMetadata>\s*<member>\s*<UserName>self</);
    expect(answer.text).not.toContain(made.secretAccessKey);
  });

  it('shows none of a user who has none', async () => {
    const answer = await iam({ Action: 'ListAccessKeys', UserName: 'keyless' });

    expect(problem(answer)).toBe('200');
    expect(elements(answer, 'AccessKeyId')).toEqual([]);
  });

  it('goes on where a page ended', async () => {
    const made = await createKey('self');
    const first = await iam({ Action: 'ListAccessKeys', UserName: 'self', MaxItems: '1' });
    const Marker = element(first, 'Marker');
    const second = await iam({ Action: 'ListAccessKeys', UserName: 'self', MaxItems: '1', Marker });

    expect(element(first, 'IsTruncated')).toBe('true');
    expect(elements(second, 'AccessKeyId')).toEqual([made.accessKeyId]);
    expect(element(second, 'IsTruncated')).toBe('false');
  });
});

describe('permissions', () => {
  it('are asked for the user with its path', async () => {
    const session = await aws.assume({
      RoleArn: `arn:aws:iam::${home}:role/Rotator`,
      RoleSessionName: 'rotation',
    });
    const create = (UserName: string) => iam({ Action: 'CreateAccessKey', UserName }, session);

    expect(problem(await create('federator'))).toBe('200');
    expect(problem(await create('keyless'))).toBe(
      `403 AccessDenied: User: arn:aws:sts::${home}:assumed-role/Rotator/rotation is not authorized to perform: iam:CreateAccessKey on resource: user keyless because no identity-based policy allows the iam:CreateAccessKey action`,
    );
  });

  it('know the name of the caller', async () => {
    expect(problem(await iam({ Action: 'ListAccessKeys', UserName: 'self' }, users.self))).toBe('200');
    expect(problem(await iam({ Action: 'ListAccessKeys', UserName: 'silent' }, users.self))).toMatch(
      /^403 AccessDenied/,
    );
    expect(
      problem(await iam({ Action: 'DeleteAccessKey', AccessKeyId: key('B').accessKeyId }, users.self)),
    ).toMatch(/^403 AccessDenied/);
  });

  it('are denied without telling whether the user exists', async () => {
    const ask = async (UserName: string) =>
      problem(await iam({ Action: 'ListAccessKeys', UserName }, users.silent)).replace(UserName, '…');

    expect(await ask('nobody')).toBe(await ask('self'));
  });

  it('are taken by an explicit Deny', async () => {
    expect(problem(await iam({ Action: 'CreateAccessKey', UserName: 'federator' }, users.denied))).toMatch(
      /user federator with an explicit deny in an identity-based policy$/,
    );
    expect(problem(await iam({ Action: 'CreateAccessKey', UserName: 'silent' }, users.denied))).toBe('200');
  });

  it('end at the session policy', async () => {
    const Policy = JSON.stringify(policy({ Effect: 'Allow', Action: 'iam:ListAccessKeys', Resource: '*' }));
    const session = await aws.assume({
      RoleArn: `arn:aws:iam::${home}:role/Rotator`,
      RoleSessionName: 'rotation',
      Policy,
    });

    expect(problem(await iam({ Action: 'ListAccessKeys', UserName: 'federator' }, session))).toBe('200');
    expect(problem(await iam({ Action: 'CreateAccessKey', UserName: 'federator' }, session))).toMatch(
      /because no session policy allows/,
    );
  });
});

describe('sessions of a user', () => {
  const invalid = '403 InvalidClientTokenId: The security token included in the request is invalid.';
  const toCredentials = ({ AccessKeyId = '', SecretAccessKey = '', SessionToken = '' }) => ({
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  });

  it('may call no IAM when federated, whatever the policy', async () => {
    const Policy = JSON.stringify(everything);
    const { Credentials = {} } = await aws.sts().send(new GetFederationTokenCommand({ Name: 'fed', Policy }));

    expect(
      problem(await iam({ Action: 'ListAccessKeys', UserName: 'self' }, toCredentials(Credentials))),
    ).toBe(invalid);
  });

  it('may call no IAM without MFA', async () => {
    const { Credentials = {} } = await aws.sts().send(new GetSessionTokenCommand({}));

    expect(
      problem(await iam({ Action: 'ListAccessKeys', UserName: 'self' }, toCredentials(Credentials))),
    ).toBe(invalid);
  });
});

describe('a restart', () => {
  it('keeps keys that were made, deactivated and deleted', async () => {
    const [kept, inactive] = [await createKey(), await createKey()];
    const { accessKeyId: AccessKeyId } = inactive;
    await iam({ Action: 'UpdateAccessKey', UserName: 'federator', AccessKeyId, Status: 'Inactive' });
    await iam({ Action: 'DeleteAccessKey', UserName: 'self', AccessKeyId: users.self.accessKeyId });
    await iam({
      Action: 'UpdateAccessKey',
      UserName: 'silent',
      AccessKeyId: key('C').accessKeyId,
      Status: 'Inactive',
    });
    aws = await aws.restart();
    const results = await Promise.all([kept, inactive, users.self, users.silent, users.denied].map(whoami));

    expect(results.map((result) => result.split(':')[0])).toEqual([
      'granted',
      'InvalidClientTokenId',
      'InvalidClientTokenId',
      'InvalidClientTokenId',
      'granted',
    ]);
  });

  it('forgets the keys of a user who has gone', async () => {
    const credentials = await createKey();
    aws = await aws.restart(aWorld());

    expect(await whoami(credentials)).toMatch(/^InvalidClientTokenId/);
  });

  it('finds a file for its owner alone, without secrets', async () => {
    const { secretAccessKey } = await createKey();
    const file = join(aws.dataDirectory, 'iam-access-keys.json');

    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toContain(secretAccessKey);
  });
});

describe('a new key', () => {
  const setNewKeys = (body: unknown) =>
    fetch(`${aws.url}/_local/iam/new-keys`, { method: 'PUT', body: JSON.stringify(body) });

  it('is refused, then wavers, then is good, when that is switched on', async () => {
    await setNewKeys({ delayMs: 5000, waverMs: 5000 });
    const credentials = await createKey();
    const results: string[] = [];
    for (const afterMs of [0, 4999, 1, 0, 0, 0, 5000, 0]) {
      nowMs += afterMs;
      results.push((await whoami(credentials)).split(':')[0] ?? '');
    }

    const no = 'InvalidClientTokenId';
    expect(results).toEqual([no, no, no, 'granted', no, 'granted', 'granted', 'granted']);
    expect(await whoami(users.self)).toBe('granted');
  });

  it.each([[{ delayMs: -1 }], [{ delayMs: '1' }], [{ delay: 1 }], [[]]])(
    'is not delayed by %j',
    async (body) => {
      const answer = await setNewKeys(body);

      expect(answer.status).toBe(400);
      expect(await whoami(await createKey())).toBe('granted');
    },
  );
});

describe('the protocol', () => {
  it.each([
    ['an unknown operation', { Action: 'DeleteUser' }, '400 InvalidAction'],
    ['a name of every object', { Action: 'constructor' }, '400 InvalidAction'],
    ['another version', { Action: 'ListAccessKeys', Version: '2011-06-15' }, '400 InvalidAction'],
    ['no operation', {}, '400 MissingAction'],
  ])('refuses %s', async (_what, fields, words) => {
    expect(problem(await iam(fields))).toContain(words);
  });

  it.each([
    ['region', { region: 'eu-west-2' }],
    ['secret', { credentials: { ...admin, secretAccessKey: 'b'.repeat(40) } }],
  ])(
    'refuses a signature with another %s',
    async (_what, { credentials = admin, ...scope }: { credentials?: TestCredentials; region?: string }) => {
      const answer = await callIam(aws.url, credentials, { Action: 'ListAccessKeys' }, scope);

      expect(problem(answer)).toMatch(/^403 SignatureDoesNotMatch/);
    },
  );

  it('is not STS: a key that is good for the one operation set is not asked the other', async () => {
    const answer = await callIam(aws.url, admin, { Action: 'GetCallerIdentity', Version: '2011-06-15' });

    expect(problem(answer)).toMatch(/^400 InvalidAction/);
  });

  it.each([
    ['throttle', '400 Throttling: Rate exceeded'],
    ['500', '500 ServiceFailure'],
    ['accessdenied', '403 AccessDenied'],
  ] as const)('meets the fault %s, and makes no key', async (kind, words) => {
    aws.faults.replace([{ service: 'iam', operation: 'CreateAccessKey', kind }]);
    const answer = await iam({ Action: 'CreateAccessKey', UserName: 'federator' });

    expect(problem(answer)).toContain(words);
    expect(elements(await iam({ Action: 'ListAccessKeys', UserName: 'federator' }), 'AccessKeyId')).toEqual(
      [],
    );
  });

  it('makes the key when the answer is lost', async () => {
    aws.faults.replace([{ service: 'iam', operation: 'CreateAccessKey', kind: 'lost' }]);

    await expect(iam({ Action: 'CreateAccessKey', UserName: 'federator' })).rejects.toThrow('ECONNRESET');
    expect(
      elements(await iam({ Action: 'ListAccessKeys', UserName: 'federator' }), 'AccessKeyId'),
    ).toHaveLength(1);
  });
});

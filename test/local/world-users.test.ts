import { describe, expect, it } from '@jest/globals';
import { parseWorld, WorldError, withUsers } from '../../local/world.ts';

const accountId = '111111111111';
const key = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x'.repeat(40) };
const aFile = (users: object) =>
  JSON.stringify({ region: 'eu-west-1', accounts: { [accountId]: { name: 'home', users } } });
const reads = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
};
const federator = `arn:aws:iam::${accountId}:user/daypass/federator`;

describe('users of the world', () => {
  it('are all known by ARN, and those with a key by its id', () => {
    const world = parseWorld(aFile({ 'team/bob': key, eve: {} }), 'w.yaml');

    expect([...world.allUsers.keys()]).toEqual([
      `arn:aws:iam::${accountId}:user/team/bob`,
      `arn:aws:iam::${accountId}:user/eve`,
    ]);
    expect([...world.users.keys()]).toEqual([key.accessKeyId]);
    expect(world.users.get(key.accessKeyId)).toMatchObject({ name: 'bob', ...key });
  });

  it.each([
    [
      'a key without its secret',
      { bob: { accessKeyId: key.accessKeyId } },
      'accessKeyId and secretAccessKey together',
    ],
    ['a secret without its key', { bob: { secretAccessKey: key.secretAccessKey } }, 'or neither'],
    [
      'one name in two paths',
      { 'a/bob': {}, 'b/bob': {} },
      'a user name once in an account, whatever its path',
    ],
    ['a leading slash', { '/bob': {} }, 'a user name with its path'],
    ['one key of two users', { bob: key, eve: key }, 'a key once'],
  ])('cannot have %s', (_what, users, words) => {
    expect(() => parseWorld(aFile(users), 'w.yaml')).toThrow(words);
  });
});

describe('withUsers', () => {
  const world = parseWorld(aFile({ bob: key }), 'w.yaml');

  it('adds users without keys', () => {
    const added = withUsers(world, [{ arn: federator, policies: [reads] }]);

    expect(added.allUsers.get(federator)).toMatchObject({ name: 'federator', accountId, arn: federator });
    expect(added.allUsers.get(federator)?.policies).toHaveLength(1);
    expect(added.users).toEqual(world.users);
    expect(world.allUsers.has(federator)).toBe(false);
  });

  it('refuses a policy that cannot be understood, and names the user', () => {
    const policies = [{ ...reads, Version: '2020-01-01' }];

    expect(() => withUsers(world, [{ arn: federator, policies }])).toThrow(WorldError);
    expect(() => withUsers(world, [{ arn: federator, policies }])).toThrow(
      `${federator}: policies[0].Version`,
    );
  });
});

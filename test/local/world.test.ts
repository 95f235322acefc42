import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parseWorld, readWorld, WorldError, withRoles } from '../../local/world.ts';

const trust = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};
const user = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x'.repeat(40) };
const device = { serialNumber: 'arn:aws:iam::111111111111:mfa/phone', secret: 'GEZDGNBVGY3TQOJQ' };
const elsewhere = 'arn:aws:iam::222222222222:mfa/phone';

const aFile = (account: object, rest: object = {}) =>
  JSON.stringify({ region: 'eu-west-1', accounts: { '111111111111': { name: 'a', ...account } }, ...rest });

function problemsOf(text: string): readonly string[] {
  try {
    parseWorld(text, 'w.yaml');
  } catch (error) {
    if (error instanceof WorldError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('parseWorld', () => {
  it('knows users by access key id and roles by ARN', () => {
    const world = parseWorld(aFile({ users: { bob: user }, roles: { 'team/Reader': { trust } } }), 'w.yaml');

    expect(world.users.get('AKIAIOSFODNN7EXAMPLE')).toMatchObject({
      arn: 'arn:aws:iam::111111111111:user/bob',
      accountId: '111111111111',
      id: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
    });
    expect(world.roles.get('arn:aws:iam::111111111111:role/team/Reader')).toMatchObject({
      name: 'Reader',
      accountId: '111111111111',
      id: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
      maxSessionDurationSeconds: 3600,
    });
  });

  it.each([
    [
      'no region',
      JSON.stringify({ accounts: {} }),
      'w.yaml: region: is missing (allowed: a region, such as eu-west-1)',
    ],
    [
      'a short account',
      JSON.stringify({ region: 'eu-west-1', accounts: { '1': { name: 'a' } } }),
      'accounts.1: "1" is not allowed (allowed: 12 digits',
    ],
    [
      'an unknown key',
      aFile({ role: {} }),
      'accounts.111111111111: "role" is not allowed (allowed: an object with name, organizationId, managementAccount, outboundWebIdentityFederation, oidcProviders, samlProviders, users, roles)',
    ],
    [
      'a temporary key',
      aFile({ users: { bob: { ...user, accessKeyId: 'ASIAIOSFODNN7EXAMPLE' } } }),
      'users.bob.accessKeyId: "ASIAIOSFODNN7EXAMPLE" is not allowed (allowed: AKIA',
    ],
    [
      'a short secret',
      aFile({ users: { bob: { ...user, secretAccessKey: 'x' } } }),
      'users.bob.secretAccessKey',
    ],
    [
      'one key of two users',
      aFile({ users: { bob: user, eve: user } }),
      'users.eve.accessKeyId: "AKIAIOSFODNN7EXAMPLE" is not allowed (allowed: a key once)',
    ],
    [
      'a device of another account',
      aFile({ users: { bob: { ...user, mfaDevices: [{ ...device, serialNumber: elsewhere }] } } }),
      `users.bob.mfaDevices[0].serialNumber: "${elsewhere}" is not allowed (allowed: a device of the same account)`,
    ],
    [
      'one device of two users',
      aFile({
        users: {
          bob: { ...user, mfaDevices: [device] },
          eve: { ...user, accessKeyId: 'AKIAEVE0000000000001', mfaDevices: [device] },
        },
      }),
      'users.eve.mfaDevices[0].serialNumber: "arn:aws:iam::111111111111:mfa/phone" is not allowed (allowed: a device once)',
    ],
    [
      'a device that is no ARN',
      aFile({ users: { bob: { ...user, mfaDevices: [{ ...device, serialNumber: 'GAHT12345678' }] } } }),
      'users.bob.mfaDevices[0].serialNumber: "GAHT12345678" is not allowed (allowed: the ARN',
    ],
    [
      'a device with a secret that is not base32',
      aFile({ users: { bob: { ...user, mfaDevices: [{ ...device, secret: '0'.repeat(32) }] } } }),
      'users.bob.mfaDevices[0].secret',
    ],
    [
      'an organization that is none',
      aFile({ organizationId: 'o-short' }),
      'accounts.111111111111.organizationId: "o-short" is not allowed (allowed: o- and 10–32',
    ],
    ['a role with a leading slash', aFile({ roles: { '/R': { trust } } }), 'roles./R'],
    [
      'one role name in two paths',
      aFile({ roles: { 'a/R': { trust }, 'b/R': { trust } } }),
      'a role name once in an account',
    ],
    ['no trust', aFile({ roles: { R: {} } }), 'roles.R.trust: is missing'],
    [
      'too long a session',
      aFile({ roles: { R: { trust, maxSessionDurationSeconds: 43_201 } } }),
      'maxSessionDurationSeconds: 43201 is not allowed (allowed: whole seconds, 3600–43200',
    ],
    [
      'a caller of an unknown issuer',
      aFile({}, { issuers: { okta: {} }, callers: { sre: { issuer: 'otka', subject: 's' } } }),
      'callers.sre.issuer: "otka" is not allowed (allowed: okta)',
    ],
    [
      'a policy that cannot be understood',
      aFile({
        roles: {
          R: {
            trust,
            policies: [
              { Version: '2012-10-17', Statement: [{ Effect: 'allow', Action: 's3:*', Resource: '*' }] },
            ],
          },
        },
      }),
      'roles.R.policies[0].Statement[0].Effect: "allow" is not allowed',
    ],
    ['no YAML', 'a: [', 'line 1'],
    ['nothing', '', 'w.yaml: the whole file: null is not allowed'],
  ])('refuses %s', (_name, text, problem) => {
    expect(problemsOf(text).join('\n')).toContain(problem);
  });

  it('names all that is wrong at once', () => {
    const text = aFile({
      users: { bob: { ...user, accessKeyId: 'x' } },
      roles: { R: { trust, maxSessionDurationSeconds: 1 } },
    });

    expect(problemsOf(text)).toHaveLength(2);
  });

  it('names all wrong statements of all policies at once', () => {
    const wrong = { Version: '2012-10-17', Statement: [{ Effect: 'allow' }] };
    const problems = problemsOf(aFile({ roles: { R: { trust: wrong }, S: { trust: wrong } } }));

    expect(problems.filter((problem) => problem.includes('roles.R.'))).not.toHaveLength(0);
    expect(problems.filter((problem) => problem.includes('roles.S.'))).not.toHaveLength(0);
  });

  it('takes a __proto__ as a name like any other, or refuses it, but does not become it', () => {
    const text = `{"region":"eu-west-1","accounts":{"111111111111":{"name":"a","roles":{"__proto__":{"trust":1}}}}}`;
    problemsOf(text);

    expect(({} as { trust?: unknown }).trust).toBeUndefined();
  });
});

describe('withRoles', () => {
  it('adds roles and leaves the world as it was', () => {
    const world = parseWorld(aFile({}), 'w.yaml');
    const arn = 'arn:aws:iam::111111111111:role/daypass/issuer';
    const more = withRoles(world, [{ arn, trust, policies: [] }]);

    expect(more.roles.get(arn)).toMatchObject({ name: 'issuer', accountId: '111111111111' });
    expect(world.roles.has(arn)).toBe(false);
  });

  it('refuses a role whose policy cannot be understood, naming the role', () => {
    const arn = 'arn:aws:iam::111111111111:role/issuer';

    expect(() => withRoles(parseWorld(aFile({}), 'w'), [{ arn, trust: {}, policies: [] }])).toThrow(arn);
  });
});

describe('world.yaml', () => {
  const file = new URL('../../local/world.yaml', import.meta.url).pathname;

  it('compiles', () => {
    const world = readWorld(file);

    expect([...world.accounts.keys()]).toEqual([
      '111111111111',
      '222222222222',
      '333333333333',
      '444444444444',
      '555555555555',
      '777777777777',
      '666666666666',
    ]);
    expect([...world.roles.keys()]).toEqual([
      'arn:aws:iam::222222222222:role/ci/Publisher',
      'arn:aws:iam::222222222222:role/reports/Reader',
      'arn:aws:iam::222222222222:role/ci/Runner',
      'arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_PlatformAdmin_0123456789abcdef',
      'arn:aws:iam::222222222222:role/daypass/ReadOnly',
      'arn:aws:iam::222222222222:role/daypass/Deploy',
      'arn:aws:iam::222222222222:role/daypass/WarehouseGateway',
      'arn:aws:iam::333333333333:role/daypass/TeamData',
      'arn:aws:iam::333333333333:role/daypass/DataLong',
      'arn:aws:iam::333333333333:role/daypass/PartnerDrop',
      'arn:aws:iam::333333333333:role/daypass/PartnerToken',
      'arn:aws:iam::333333333333:role/warehouse/Reader',
      'arn:aws:iam::444444444444:role/DaypassReports',
      'arn:aws:iam::555555555555:role/daypass/RootTasks',
      'arn:aws:iam::777777777777:role/partners/DaypassDoesItRight',
      'arn:aws:iam::777777777777:role/partners/DaypassForgetsExternalId',
      'arn:aws:iam::777777777777:role/partners/DaypassTrustsEverybody',
      'arn:aws:iam::777777777777:role/partners/DaypassIfExists',
      'arn:aws:iam::666666666666:role/DaypassForgetsTagSession',
      'arn:aws:iam::666666666666:role/DaypassForgetsSourceIdentity',
      'arn:aws:iam::666666666666:role/DaypassShort',
      'arn:aws:iam::666666666666:role/DaypassLong',
    ]);
    expect([...world.accounts.values()].map(({ organizationId }) => organizationId)).toEqual([
      'o-exampleorg1',
      'o-exampleorg1',
      'o-exampleorg1',
      undefined,
      'o-exampleorg1',
      undefined,
      undefined,
    ]);
    expect(Object.keys(world.callers)).toEqual([
      'sre',
      'developer',
      'ci',
      'acme',
      'analyst',
      'accountant',
      'partner',
    ]);
  });

  it('holds no keys but those of documentation', () => {
    const keys = readFileSync(file, 'utf8').match(/\b(AKIA|ASIA)[A-Z0-9]{16}\b/g) ?? [];

    expect(keys.filter((key) => !key.endsWith('EXAMPLE'))).toEqual([]);
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import { createResourcePolicy } from '../../../local/gateway/resource-policy.ts';
import { send, signedCall } from '../../support/signed-request.ts';
import {
  alone,
  away,
  everybody,
  home,
  type IamGateway,
  invoke,
  methodArn,
  policy,
  startIamGateway,
} from './an-iam-gateway.ts';

const whoami = '/iam/v1/whoami';

let gateway: IamGateway | undefined;

afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});

async function start(resourcePolicy: unknown): Promise<IamGateway> {
  gateway = await startIamGateway({ resourcePolicy });
  return gateway;
}

const any = { Principal: '*' };
const silent = policy(invoke('Allow', { ...any, Resource: methodArn('GET', '/elsewhere') }));
const refusing = policy(invoke('Allow', any), invoke('Deny', any));
const naming = (arn: string) => policy(invoke('Allow', { Principal: { AWS: arn } }));

describe('the resource policy and a caller’s own', () => {
  // Source: API Gateway guide, "Policy evaluation outcome tables": A within an account, B across two.
  it.each([
    ['own', home, 'allowed', everybody, 200],
    ['own', home, 'allowed', silent, 200],
    ['own', home, 'allowed', refusing, 403],
    ['own', home, 'silent', everybody, 200],
    ['own', home, 'silent', silent, 403],
    ['own', home, 'silent', refusing, 403],
    ['own', home, 'denied', everybody, 403],
    ['own', home, 'denied', silent, 403],
    ['own', home, 'denied', refusing, 403],
    ['another', away, 'allowed', everybody, 200],
    ['another', away, 'allowed', silent, 403],
    ['another', away, 'allowed', refusing, 403],
    ['another', away, 'silent', everybody, 403],
    ['another', away, 'silent', silent, 403],
    ['another', away, 'silent', refusing, 403],
    ['another', away, 'denied', everybody, 403],
    ['another', away, 'denied', silent, 403],
    ['another', away, 'denied', refusing, 403],
  ])(
    'decide together on a user of the %s account (%s/%s, %#)',
    async (_whose, account, name, document, status) => {
      const iam = await start(document);
      const role = { allowed: 'team/Allowed', silent: 'Silent', denied: 'Denied' }[name] ?? '';
      const session = iam.session(`arn:aws:iam::${account}:role/${role}`);

      const asUser = await signedCall(iam.url, { credentials: iam.user(account, name), path: whoami });
      const asRole = await signedCall(iam.url, { credentials: session, path: whoami });

      expect([asUser.status, asRole.status]).toEqual([status, status]);
      if (status === 403) expect(asUser.json.code).toBe('refused-by-gateway');
      expect(iam.invoked).toHaveLength(status === 200 ? 2 : 0);
    },
  );

  it('ask for the caller’s own Allow where the resource policy names its account alone', async () => {
    const iam = await start(naming(home));

    const statuses = ['allowed', 'silent'].map(async (name) => {
      return (await signedCall(iam.url, { credentials: iam.user(home, name), path: whoami })).status;
    });

    expect(await Promise.all(statuses)).toEqual([200, 403]);
  });

  it('don’t go beyond what the session was given', async () => {
    const iam = await start(silent);
    const narrowed = policy(invoke('Allow', { Resource: methodArn('GET', '/iam/v1/profiles') }));
    const credentials = iam.session(`arn:aws:iam::${home}:role/team/Allowed`, { policy: narrowed });

    const statuses = ['/iam/v1/profiles', whoami].map(async (path) => {
      return (await signedCall(iam.url, { credentials, path })).status;
    });

    expect(await Promise.all(statuses)).toEqual([200, 403]);
  });

  const when = (Condition: object) => policy(invoke('Allow', { ...any, Condition }));
  const equals = (key: string, value: string) => when({ StringEquals: { [key]: value } });

  it.each<[string, object, number, number]>([
    ['organization', equals('aws:PrincipalOrgID', 'o-exampleorg1'), 200, 200],
    ['other organization', equals('aws:PrincipalOrgID', 'o-exampleorg2'), 403, 403],
    ['account', equals('aws:PrincipalAccount', away), 200, 200],
    ['ARN', equals('aws:PrincipalArn', `arn:aws:iam::${away}:role/team/Allowed`), 403, 200],
    ['type', equals('aws:PrincipalType', 'User'), 200, 403],
    ['user name', equals('aws:username', 'allowed'), 200, 403],
    ['session', when({ StringLike: { 'aws:userid': 'AROA*:jane@example.com' } }), 403, 200],
    ['address', when({ IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } }), 200, 200],
    ['other address', when({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }), 403, 403],
    ['MFA', when({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }), 403, 403],
    // A session without MFA says so; a long-term key says nothing.
    ['no MFA', when({ Bool: { 'aws:MultiFactorAuthPresent': 'false' } }), 403, 200],
    ['no word of MFA', when({ Null: { 'aws:MultiFactorAuthPresent': 'true' } }), 200, 403],
  ])('compare the %s', async (_key, document, userStatus, roleStatus) => {
    const iam = await start(document);
    const session = iam.session(`arn:aws:iam::${away}:role/team/Allowed`);

    const asUser = await signedCall(iam.url, { credentials: iam.user(away, 'allowed'), path: whoami });
    const asRole = await signedCall(iam.url, { credentials: session, path: whoami });

    expect([asUser.status, asRole.status]).toEqual([userStatus, roleStatus]);
  });

  const withoutMfa = { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } };
  const old = { NumericGreaterThan: { 'aws:MultiFactorAuthAge': '60' } };

  it.each<[string, object, number[]]>([
    ['is there', when({ Bool: { 'aws:MultiFactorAuthPresent': 'true' } }), [403, 403, 200]],
    ['is not', when({ Bool: { 'aws:MultiFactorAuthPresent': 'false' } }), [403, 200, 403]],
    ['is unheard of', when({ Null: { 'aws:MultiFactorAuthPresent': 'true' } }), [200, 403, 403]],
    [
      'is wanted of everybody',
      policy(invoke('Allow', any), invoke('Deny', { ...any, Condition: withoutMfa })),
      [403, 403, 200],
    ],
    ['is old', policy(invoke('Allow', any), invoke('Deny', { ...any, Condition: old })), [200, 200, 200]],
  ])(
    'see of a user’s key, session without and session with MFA that it %s',
    async (_what, document, expected) => {
      const iam = await start(document);

      const statuses = [
        iam.user(away, 'allowed'),
        iam.userSession(away, 'allowed', { mfaAuthenticated: false }),
        iam.userSession(away, 'allowed', { mfaAuthenticated: true }),
      ].map(async (credentials) => (await signedCall(iam.url, { credentials, path: whoami })).status);

      expect(await Promise.all(statuses)).toEqual(expected);
    },
  );

  const federator = `arn:aws:iam::${home}:user/silent`;
  const federated = `arn:aws:sts::${home}:federated-user/jane@example.com`;
  const invoking = policy(invoke('Allow'));

  it.each<[string, object, number[]]>([
    ['the federated user', naming(federated), [200, 200, 403]],
    ['another', naming(federated.replace('jane', 'joe')), [403, 403, 403]],
    ['its user', naming(federator), [403, 200, 403]],
    ['its account, whose user may nothing', naming(home), [403, 403, 403]],
  ])(
    'grant a federated user, without and with a policy and with a Deny, what they grant to %s',
    async (_who, document, expected) => {
      const iam = await start(document);

      const statuses = [undefined, invoking, policy(invoke('Allow'), invoke('Deny'))].map(async (own) => {
        const credentials = iam.federated(federator, own === undefined ? {} : { policy: own });
        return (await signedCall(iam.url, { credentials, path: whoami })).status;
      });

      expect(await Promise.all(statuses)).toEqual(expected);
    },
  );

  it.each([
    ['its user and its policy', home, 'allowed', invoking, 200],
    ['its user alone', home, 'allowed', undefined, 403],
    ['its policy alone', home, 'silent', invoking, 403],
    ['its user and its policy, across accounts, without the API', away, 'allowed', invoking, 403],
  ])('let a federated user in by itself with %s', async (_what, account, name, own, status) => {
    const iam = await start(silent);
    const userArn = `arn:aws:iam::${account}:user/${name}`;
    const credentials = iam.federated(userArn, own === undefined ? {} : { policy: own });

    expect((await signedCall(iam.url, { credentials, path: whoami })).status).toBe(status);
  });

  it('know no organization of an account that is in none', async () => {
    const iam = await start(
      policy(
        invoke('Allow', any),
        invoke('Deny', { ...any, Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-exampleorg1' } } }),
      ),
    );

    const answer = await signedCall(iam.url, { credentials: iam.user(alone, 'allowed'), path: whoami });

    expect(answer.status).toBe(403);
  });

  it('see the method, and the path as it was asked for', async () => {
    const iam = await start(
      policy(
        invoke('Allow', any),
        invoke('Deny', { ...any, Resource: methodArn('POST', '/iam/v1/profiles/prod/*') }),
        invoke('Deny', { ...any, Resource: methodArn('POST', '/iam/v1/profiles/%64ev/*') }),
      ),
    );
    const credentials = iam.user(away, 'allowed');
    const issue = async (profile: string) =>
      (
        await signedCall(iam.url, {
          credentials,
          method: 'POST',
          path: `/iam/v1/profiles/${profile}/credentials`,
        })
      ).status;

    expect(await issue('prod')).toBe(403);
    expect(await issue('production')).toBe(200);
    expect(await issue('dev')).toBe(200);
    expect(await issue('%64ev')).toBe(403);
  });
});

describe('the resource policy and a request without a signature', () => {
  const bearer = (path: string) => ({ method: 'GET', path, headers: { authorization: 'Bearer a.b.c' } });

  it.each([
    ['allows', everybody, 200],
    ['does not name it', silent, 403],
    ['refuses', refusing, 403],
    ['names an account', naming(home), 403],
    [
      'wants an organization',
      policy(
        invoke('Allow', any),
        invoke('Deny', { ...any, Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-exampleorg1' } } }),
      ),
      403,
    ],
  ])('decide before any function when the policy %s', async (_what, document, status) => {
    const iam = await start(document);

    const open = await send(iam.url, { method: 'GET', path: '/v1/health', headers: {} });
    const token = await send(iam.url, bearer('/v1/whoami'));

    expect([open.status, token.status]).toEqual([status, status]);
    expect(iam.invoked).toEqual(status === 200 ? ['audit', 'authorizer', 'issuer'] : []);
  });

  it('see the address', async () => {
    const iam = await start(
      policy(invoke('Allow', { ...any, Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } } })),
    );

    expect((await send(iam.url, bearer('/v1/whoami'))).status).toBe(403);
  });
});

describe('createResourcePolicy', () => {
  it.each([
    ['nothing', undefined],
    ['a statement without a principal', policy(invoke('Allow'))],
  ])('refuses %s', (_name, document) => {
    const create = () => createResourcePolicy({ document, accountId: home, region: 'eu-west-1' });

    expect(create).toThrow(/policy cannot be taken/);
  });
});

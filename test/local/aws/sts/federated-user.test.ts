import { DescribeTableCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  AssumeRoleCommand,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  type GetFederationTokenCommandInput,
  GetSessionTokenCommand,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signedCall } from '../../../support/signed-request.ts';
import {
  admin,
  aWorld,
  home,
  outcome,
  policy,
  startTestAws,
  type TestAws,
  type TestCredentials,
} from '../an-embedded-aws.ts';
import {
  all,
  allow,
  federatedArn,
  federatedSession,
  startFederationAws,
  table,
  users,
} from './a-federator.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startFederationAws();
});
afterAll(() => aws.stop());

const managed = [{ arn: 'arn:aws:iam::aws:policy/Managed0' }];

describe('a federated session', () => {
  const describeTable = (credentials: TestCredentials, TableName: string) =>
    outcome(aws.dynamodb(credentials).send(new DescribeTableCommand({ TableName })));
  const allowed = /^ResourceNotFoundException/;
  const denied =
    /^AccessDeniedException: User: arn:aws:sts::111111111111:federated-user\/Bob is not authorized/;

  it('can do nothing without a policy, whatever its user may', async () => {
    expect(await describeTable(await federatedSession(aws), 'app-1')).toMatch(
      /because no session policy allows the dynamodb:DescribeTable action$/,
    );
    expect(await describeTable(users.federator, 'app-1')).toMatch(allowed);
    expect(await outcome(aws.dynamodb(await federatedSession(aws)).send(new ListTablesCommand({})))).toMatch(
      denied,
    );
  });

  it.each<readonly [string, Partial<GetFederationTokenCommandInput>, string, RegExp]>([
    ['both allow', { Policy: all }, 'app-1', allowed],
    ['its user is not allowed', { Policy: all }, 'other-1', denied],
    [
      'its policy does not',
      { Policy: JSON.stringify(policy(allow('dynamodb:*', table('app-2')))) },
      'app-1',
      denied,
    ],
    ['a Deny of its user', { Policy: all }, 'app-secret', /explicit deny in an identity-based policy$/],
    [
      'a Deny of its own',
      {
        Policy: JSON.stringify(
          policy(allow('*'), { Effect: 'Deny', Action: 'dynamodb:*', Resource: table('app-1') }),
        ),
      },
      'app-1',
      /explicit deny in a session policy$/,
    ],
    ['a managed policy allows', { PolicyArns: managed }, 'app-managed', allowed],
    ['a managed policy is silent', { PolicyArns: managed }, 'app-1', denied],
    [
      'one of two policies allows',
      { PolicyArns: managed, Policy: JSON.stringify(policy(allow('dynamodb:*', table('app-2')))) },
      'app-managed',
      allowed,
    ],
  ])('can do what user and policy allow: %s', async (_name, input, name, expected) => {
    expect(await describeTable(await federatedSession(aws, input), name)).toMatch(expected);
  });

  it('has its tags as aws:PrincipalTag', async () => {
    const credentials = await federatedSession(
      aws,
      { Policy: all, Tags: [{ Key: 'Team', Value: 'web' }] },
      users.teams,
    );

    expect(await describeTable(credentials, 'web-1')).toMatch(allowed);
    expect(await describeTable(credentials, 'payments-1')).toMatch(denied);
    expect(await describeTable(await federatedSession(aws, { Policy: all }, users.teams), 'web-1')).toMatch(
      denied,
    );
  });

  it('has aws:TokenIssueTime, which the key itself has not', async () => {
    expect(await describeTable(users.sealed, 'app-1')).toMatch(/^AccessDeniedException/);
    expect(await describeTable(await federatedSession(aws, { Policy: all }, users.sealed), 'app-1')).toMatch(
      allowed,
    );
  });

  it.each([
    ['aws:userid', 'StringEquals', `${home}:Bob`],
    ['aws:PrincipalArn', 'ArnEquals', federatedArn('Bob')],
    ['aws:PrincipalType', 'StringEquals', 'FederatedUser'],
    ['aws:PrincipalAccount', 'StringEquals', home],
    ['aws:MultiFactorAuthPresent', 'Bool', 'false'],
    ['aws:username', 'Null', 'true'],
  ])('is shown to policies by %s', async (key, operator, value) => {
    const when = (Condition: object) => JSON.stringify(policy(allow('dynamodb:*', '*', { Condition })));
    const matching = await federatedSession(aws, { Policy: when({ [operator]: { [key]: value } }) });
    const other = await federatedSession(aws, {
      Policy: when({ [operator]: { [key]: value } }),
      Name: 'Eve',
    });

    expect(await describeTable(matching, 'app-1')).toMatch(allowed);
    const isOfBob = value.endsWith('Bob');
    expect(await describeTable(other, 'app-1')).toMatch(isOfBob ? /^AccessDeniedException/ : allowed);
  });

  it('may call nothing of STS but GetCallerIdentity', async () => {
    const client = aws.sts(await federatedSession(aws, { Policy: all }, undefined));
    const refused = (operation: string, resource = '*') =>
      `AccessDenied: User: ${federatedArn('Bob')} is not authorized to perform: sts:${operation} on resource: ${resource}`;
    const role = `arn:aws:iam::${home}:role/Everybody`;

    expect(await outcome(client.send(new GetCallerIdentityCommand({})))).toBe('granted');
    expect(await outcome(client.send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'x1' })))).toBe(
      refused('AssumeRole', role),
    );
    expect(await outcome(client.send(new GetAccessKeyInfoCommand({ AccessKeyId: 'A'.repeat(20) })))).toBe(
      refused('GetAccessKeyInfo'),
    );
    expect(await outcome(client.send(new GetSessionTokenCommand({})))).toBe(
      'AccessDenied: Cannot call GetSessionToken with session credentials',
    );
  });

  it('is nobody to IAM, whatever its policies say', async () => {
    const credentials = await federatedSession(aws, { Policy: all }, admin);
    const answer = await signedCall(aws.url, {
      ...{ credentials, service: 'iam', region: 'us-east-1', method: 'POST', path: '/' },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=ListAccessKeys&Version=2010-05-08',
    });

    expect(answer.status).toBe(403);
    expect(answer.text).toContain('<Code>InvalidClientTokenId</Code>');
  });

  it('is over when it expires, and when its user is no more', async () => {
    let offset = -600_000;
    const world = aWorld({ [home]: { users } });
    const timed = await startTestAws(world, { now: () => Date.now() + offset });
    const credentials = await federatedSession(timed, { DurationSeconds: 900 });
    const who = (it: TestAws) => outcome(it.sts(credentials).send(new GetCallerIdentityCommand({})));
    expect(await who(timed)).toBe('granted');

    const restarted = await timed.restart(world);
    expect(await who(restarted)).toBe('granted');
    const without = await restarted.restart(aWorld());
    expect(await who(without)).toMatch(/^InvalidClientTokenId/);
    const again = await without.restart(world);
    offset = 295_000;
    expect(await who(again)).toBe('granted');
    offset = 301_000;
    expect(await who(again)).toMatch(/^ExpiredToken/);
    await again.stop();
  });
});

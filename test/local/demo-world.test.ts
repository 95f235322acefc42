import { CreateTableCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readWorld, withRoles } from '../../local/world.ts';
import {
  createTable,
  outcome,
  policy,
  startTestAws,
  type TestAws,
  type TestCredentials,
} from './aws/an-embedded-aws.ts';

const operator = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
};
const developer = {
  accessKeyId: 'AKIAI44QH8DHBEXAMPLE',
  secretAccessKey: 'je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY',
};
const broker = (name: string) => `arn:aws:iam::111111111111:role/daypass/daypass-prod-eu-west-1-${name}`;
const lambda = policy({
  Effect: 'Allow',
  Principal: { Service: 'lambda.amazonaws.com' },
  Action: 'sts:AssumeRole',
});
const allSts = policy({ Effect: 'Allow', Action: 'sts:*', Resource: '*' });

let aws: TestAws;
let issuer: TestCredentials;
let audit: TestCredentials;
beforeAll(async () => {
  const functions = ['issuer', 'audit'].map((name) => ({
    arn: broker(name),
    trust: lambda,
    policies: [allSts],
  }));
  const file = new URL('../../local/world.yaml', import.meta.url).pathname;
  aws = await startTestAws(withRoles(readWorld(file), functions));
  issuer = await credentialsOf('issuer');
  audit = await credentialsOf('audit');
});
afterAll(() => aws.stop());

async function credentialsOf(name: string): Promise<TestCredentials> {
  const { uri, authorizationToken } = aws.serviceCredentials(broker(name));
  const answer = await fetch(uri, { headers: { authorization: authorizationToken } });
  const {
    AccessKeyId = '',
    SecretAccessKey = '',
    Token = '',
  } = (await answer.json()) as Record<string, string>;
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token };
}

const readOnly = 'arn:aws:iam::222222222222:role/daypass/ReadOnly';
const deploy = 'arn:aws:iam::222222222222:role/daypass/Deploy';
const teamData = 'arn:aws:iam::333333333333:role/daypass/TeamData';
const gateway = 'arn:aws:iam::222222222222:role/daypass/WarehouseGateway';
const warehouse = 'arn:aws:iam::333333333333:role/warehouse/Reader';
const partnerDrop = 'arn:aws:iam::333333333333:role/daypass/PartnerDrop';
const reports = 'arn:aws:iam::444444444444:role/DaypassReports';
const externalId = 'daypass-demo-7f3a9c52e1b84d60';

const ask = (caller: () => TestCredentials, input: Partial<AssumeRoleCommandInput>) =>
  outcome(
    aws.sts(caller()).send(
      new AssumeRoleCommand({
        RoleArn: readOnly,
        RoleSessionName: 'sre-01JABCDEFGHJKMNPQRSTVWXYZ0-abcdefghijklmnop',
        SourceIdentity: 'okta.sre@example.com',
        Tags: [{ Key: 'Team', Value: 'payments' }],
        TransitiveTagKeys: ['Team'],
        ...input,
      }),
    ),
  );

describe('the roles of the demo', () => {
  it.each<readonly [string, () => TestCredentials, Partial<AssumeRoleCommandInput>, RegExp]>([
    ['the issuer, prod-readonly', () => issuer, { RoleArn: readOnly }, /^granted$/],
    ['the issuer, ci-deploy', () => issuer, { RoleArn: deploy }, /^granted$/],
    ['the issuer, team-data', () => issuer, { RoleArn: teamData }, /^granted$/],
    ['the issuer, on the way of data-via-production', () => issuer, { RoleArn: gateway }, /^granted$/],
    ['the issuer, the end of data-via-production', () => issuer, { RoleArn: warehouse }, /^AccessDenied/],
    ['the issuer, partner-drop', () => issuer, { RoleArn: partnerDrop }, /^granted$/],
    ['the audit function, partner-drop', () => audit, { RoleArn: partnerDrop }, /^AccessDenied/],
    ['the issuer, acme-reports', () => issuer, { RoleArn: reports, ExternalId: externalId }, /^granted$/],
    [
      'acme-reports without its ExternalId',
      () => issuer,
      { RoleArn: reports },
      /^AccessDenied.*sts:AssumeRole/,
    ],
    [
      'acme-reports with one character changed',
      () => issuer,
      { RoleArn: reports, ExternalId: externalId.replace('7f', '8f') },
      /^AccessDenied.*sts:AssumeRole/,
    ],
    [
      'ci-deploy for two hours, chained',
      () => issuer,
      { RoleArn: deploy, DurationSeconds: 7200 },
      /1 hour session limit/,
    ],
    ['the audit function', () => audit, {}, /^AccessDenied/],
    ['the operator', () => operator, {}, /^AccessDenied/],
    ['the developer of the account', () => developer, {}, /^AccessDenied/],
    [
      "the issuer, for the audit function's role",
      () => issuer,
      { RoleArn: broker('audit') },
      /^AccessDenied/,
    ],
    ['the issuer, for its own role', () => issuer, { RoleArn: broker('issuer') }, /^AccessDenied/],
  ])('%s', async (_name, caller, input, expected) => {
    expect(await ask(caller, input)).toMatch(expected);
  });

  it.each<readonly [string, Partial<AssumeRoleCommandInput>, Partial<AssumeRoleCommandInput>, RegExp]>([
    ['for an hour', {}, { DurationSeconds: 3600 }, /^granted$/],
    ['with a tag of its own', {}, { Tags: [{ Key: 'Purpose', Value: 'x' }] }, /^granted$/],
    ['for more than an hour', {}, { DurationSeconds: 3601 }, /MaxSessionDuration/],
    ['with another Team', {}, { Tags: [{ Key: 'team', Value: 'web' }] }, /^InvalidParameterValue/],
    ['with another identity', {}, { SourceIdentity: 'okta.root' }, /^ValidationError/],
    ['without an identity', { SourceIdentity: undefined }, {}, /^AccessDenied.*sts:/],
    ['in the name of another issuer', { SourceIdentity: 'adfs.sre' }, {}, /^AccessDenied/],
    ['without a team', { Tags: undefined, TransitiveTagKeys: undefined }, {}, /^AccessDenied/],
    ['of an unknown team', { Tags: [{ Key: 'Team', Value: 'x' }] }, {}, /^AccessDenied/],
    ['to another role', {}, { RoleArn: teamData }, /^AccessDenied/],
  ])('lets the gateway go on to the warehouse: %s', async (_name, one, two, expected) => {
    const session = await aws.assume(
      {
        RoleArn: gateway,
        RoleSessionName: 'session',
        SourceIdentity: 'okta.sre@example.com',
        Tags: [{ Key: 'Team', Value: 'payments' }],
        TransitiveTagKeys: ['Team'],
        ...one,
      },
      issuer,
    );
    const command = new AssumeRoleCommand({ RoleArn: warehouse, RoleSessionName: 'session', ...two });

    expect(await outcome(aws.sts(session).send(command))).toMatch(expected);
  });

  it("lets a team's session at its own tables only", async () => {
    const session = await aws.assume(
      { RoleArn: teamData, RoleSessionName: 'session', Tags: [{ Key: 'Team', Value: 'payments' }] },
      issuer,
    );
    const client = aws.dynamodb(session);
    const create = (TableName: string) =>
      createTable(
        client,
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        }),
      );
    const put = (TableName: string) =>
      client.send(new PutItemCommand({ TableName, Item: { id: { S: '1' } } }));

    expect(await outcome(create('payments-bills'))).toBe('granted');
    expect(await outcome(put('payments-bills'))).toBe('granted');
    expect(await outcome(create('web-pages'))).toMatch(/^AccessDenied/);
    expect(await outcome(put('paymentsx-bills'))).toMatch(/^AccessDenied/);
  });

  it('has an operator for the broker account and a developer in production', async () => {
    const whoami = async (user: TestCredentials) =>
      (await aws.sts(user).send(new GetCallerIdentityCommand({}))).Arn;

    expect(await whoami(operator)).toBe('arn:aws:iam::111111111111:user/operator');
    expect(await whoami(developer)).toBe('arn:aws:iam::222222222222:user/developer');
  });
});

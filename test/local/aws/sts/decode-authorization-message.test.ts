import { DecodeAuthorizationMessageCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  aWorld,
  away,
  home,
  outcome,
  policy,
  startTestAws,
  type TestAws,
  type TestCredentials,
} from '../an-embedded-aws.ts';

const key = (letter: string): TestCredentials => ({
  accessKeyId: `AKIA${letter.repeat(16)}`,
  secretAccessKey: letter.toLowerCase().repeat(40),
});
const silent = key('B');
const ofAway = key('C');
const worker = `arn:aws:iam::${home}:role/Worker`;
const instance = `arn:aws:ec2:eu-west-1:${home}:instance/i-dd01c9bd`;

let aws: TestAws;
beforeAll(async () => {
  const administers = policy({ Effect: 'Allow', Action: '*', Resource: '*' });
  aws = await startTestAws(
    aWorld({
      [home]: {
        users: { silent: { ...silent, policies: [] } },
        roles: {
          Worker: {
            trust: policy({ Effect: 'Allow', Principal: { AWS: home }, Action: 'sts:AssumeRole' }),
            policies: [
              policy(
                { Effect: 'Allow', Action: 'ec2:Describe*', Resource: '*' },
                {
                  Sid: 'NoStop',
                  Effect: 'Deny',
                  Action: 'ec2:StopInstances',
                  Resource: '*',
                  Condition: { StringEquals: { 'ec2:Tenancy': 'default' } },
                },
              ),
            ],
          },
        },
      },
      [away]: { users: { admin: { ...ofAway, policies: [administers] } } },
    }),
  );
});
afterAll(() => aws?.stop());

const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${aws.url}/_local/authorization-messages`, { method: 'POST', headers, body: JSON.stringify(body) });

const encode = async (body: object): Promise<string> => {
  const answer = await post({ principal: worker, resource: instance, ...body });
  const { encodedMessage } = (await answer.json()) as { encodedMessage: string };
  return encodedMessage;
};

const decode = (EncodedMessage: string | undefined, credentials?: TestCredentials) =>
  aws.sts(credentials).send(new DecodeAuthorizationMessageCommand({ EncodedMessage }));
const invalid = 'InvalidAuthorizationMessageException: Message is not valid';

describe('DecodeAuthorizationMessage', () => {
  it('says which statement denied, whom, what and under which conditions', async () => {
    const message = await encode({ action: 'ec2:StopInstances', context: { 'ec2:Tenancy': 'default' } });
    const { DecodedMessage = '' } = await decode(message);

    expect(message).not.toContain('ec2');
    expect(JSON.parse(DecodedMessage)).toMatchObject({
      allowed: false,
      explicitDeny: true,
      matchedStatements: {
        items: [
          {
            statementId: 'NoStop',
            effect: 'DENY',
            actions: { items: [{ value: 'ec2:StopInstances' }] },
            conditions: { items: [{ key: 'ec2:Tenancy', values: { items: [{ value: 'default' }] } }] },
          },
        ],
      },
      failures: { items: [] },
      context: {
        principal: { name: 'Worker', arn: worker, id: expect.stringMatching(/^AROA/) },
        action: 'ec2:StopInstances',
        resource: instance,
        conditions: {
          items: expect.arrayContaining([{ key: 'ec2:tenancy', values: { items: [{ value: 'default' }] } }]),
        },
      },
    });
  });

  it('names no statement where none speaks', async () => {
    const { DecodedMessage = '' } = await decode(await encode({ action: 'ec2:RunInstances' }));

    expect(JSON.parse(DecodedMessage)).toMatchObject({
      explicitDeny: false,
      matchedStatements: { items: [] },
    });
  });

  it('is refused without the permission', async () => {
    expect(await outcome(decode(await encode({ action: 'ec2:RunInstances' }), silent))).toMatch(
      /^AccessDenied: .*sts:DecodeAuthorizationMessage/,
    );
  });

  it("refuses another account's message, and whatever is none", async () => {
    const message = await encode({ action: 'ec2:RunInstances' });
    const { sessionToken } = await aws.assume({ RoleArn: worker, RoleSessionName: 'job-1' });
    const flipped = message.slice(0, 40) + (message[40] === 'A' ? 'B' : 'A') + message.slice(41);

    expect(await outcome(decode(message, ofAway))).toBe(invalid);
    expect(await outcome(decode(flipped))).toBe(invalid);
    expect(await outcome(decode(`${message.slice(0, 10)}\n${message.slice(10)}`))).toBe(invalid);
    expect(await outcome(decode('x'))).toBe(invalid);
    expect(await outcome(decode(sessionToken))).toBe(invalid);
    expect(await outcome(decode('x'.repeat(10_240)))).toBe(invalid);
  });

  it.each([
    [undefined, /not be null/],
    ['', /greater than or equal to 1/],
    ['x'.repeat(10_241), /less than or equal to 10240/],
  ])('checks the length', async (message, expected) => {
    expect(await outcome(decode(message))).toMatch(expected);
  });

  it('outlives a restart', async () => {
    const message = await encode({ action: 'ec2:RunInstances' });
    aws = await aws.restart();

    expect(await outcome(decode(message))).toBe('granted');
  });
});

describe('POST /_local/authorization-messages', () => {
  it.each([
    ['an action that is allowed', { principal: worker, action: 'ec2:DescribeInstances', resource: '*' }, 409],
    [
      'somebody who is not in the world',
      { principal: `${worker}s`, action: 'ec2:RunInstances', resource: '*' },
      400,
    ],
    ['no action', { principal: worker, resource: '*' }, 400],
    [
      'a field that is none',
      { principal: worker, action: 'ec2:RunInstances', resource: '*', region: 'x' },
      400,
    ],
    ['no object', 'x', 400],
  ])('refuses %s and says what is allowed', async (_name, body, status) => {
    const answer = await post(body);

    expect(answer.status).toBe(status);
    expect(((await answer.json()) as { message: string }).message).toMatch(/^allowed: /);
  });

  it('is out of reach for web pages', async () => {
    const body = { principal: worker, action: 'ec2:RunInstances', resource: '*' };

    expect((await post(body, { origin: 'https://evil.example' })).status).toBe(403);
  });
});

import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aWorld, home, policy, startTestAws, type TestAws } from './an-embedded-aws.ts';

const forService = (Service: string) => ({
  trust: policy({ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }),
});
const arn = (name: string) => `arn:aws:iam::${home}:role/${name}`;

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws(
    aWorld({
      [home]: {
        roles: {
          'daypass/function': forService('lambda.amazonaws.com'),
          Instance: forService('ec2.amazonaws.com'),
          Tagger: {
            trust: policy({
              Effect: 'Allow',
              Principal: { Service: 'lambda.amazonaws.com' },
              Action: 'sts:TagSession',
            }),
          },
        },
      },
    }),
  );
});
afterAll(() => aws.stop());

const get = async (uri: string, authorization?: string) => {
  const answer = await fetch(uri, { headers: authorization === undefined ? {} : { authorization } });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
};

describe('the credentials of a function', () => {
  it('come in the shape that SDKs read, and work', async () => {
    const { uri, authorizationToken } = aws.serviceCredentials(arn('daypass/function'));
    const { status, body } = await get(uri, authorizationToken);
    const { AccessKeyId = '', SecretAccessKey = '', Token = '', Expiration = '' } = body;
    const client = aws.sts({
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: Token,
    });
    const { Arn } = await client.send(new GetCallerIdentityCommand({}));

    expect(status).toBe(200);
    expect(Arn).toBe(`arn:aws:sts::${home}:assumed-role/function/function`);
    expect(Expiration).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('are fresh each time', async () => {
    const { uri, authorizationToken } = aws.serviceCredentials(arn('daypass/function'));
    const [one, two] = [await get(uri, authorizationToken), await get(uri, authorizationToken)];

    expect(one.body['AccessKeyId']).not.toBe(two.body['AccessKeyId']);
  });

  it('are not a call of anybody to STS', async () => {
    const before = (await aws.records()).length;
    const { uri, authorizationToken } = aws.serviceCredentials(arn('daypass/function'));
    await get(uri, authorizationToken);

    expect(await aws.records()).toHaveLength(before);
  });

  it.each<readonly [string, (token: string, other: string) => string | undefined]>([
    ['no token', () => undefined],
    ['an empty token', () => ''],
    ['a shorter token', (token) => token.slice(1)],
    ['a longer token', (token) => `${token}x`],
    ['a token in another case', (token) => token.toLowerCase()],
    ["another function's token", (_token, other) => other],
    ['a bearer token', (token) => `Bearer ${token}`],
  ])('are refused for %s', async (_name, change) => {
    const { uri, authorizationToken } = aws.serviceCredentials(arn('daypass/function'));
    const other = aws.serviceCredentials(arn('daypass/function'));
    const { status, body } = await get(uri, change(authorizationToken, other.authorizationToken));

    expect(status).toBe(403);
    expect(Object.keys(body)).toEqual(['Code', 'Message']);
  });

  it('are refused at an address that was not given', async () => {
    const { uri, authorizationToken } = aws.serviceCredentials(arn('daypass/function'));

    expect(
      (
        await get(
          uri.replace(/.$/, (end) => (end === '0' ? '1' : '0')),
          authorizationToken,
        )
      ).status,
    ).toBe(403);
  });

  it.each(['Instance', 'Tagger', 'Missing', 'function'])('are not given for the role %s', (name) => {
    expect(() => aws.serviceCredentials(arn(name))).toThrow(TypeError);
  });
});

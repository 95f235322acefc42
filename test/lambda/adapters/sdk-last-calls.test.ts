import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSdkRootTokenService } from '../../../lambda/adapters/sdk-root-token-service.ts';
import { createSdkWebIdentityTokenService } from '../../../lambda/adapters/sdk-web-identity-token-service.ts';
import { secrets } from '../../support/an-issuance.ts';
import { type Respond, startLoopbackServer } from '../../support/loopback-server.ts';
import { anStsError, sendXml, stsRequestId } from '../../support/sts-answers.ts';

/* What is called with a role's session at the end of a chain: AssumeRoot and GetWebIdentityToken. */

let server: Awaited<ReturnType<typeof startLoopbackServer>>;

beforeAll(async () => {
  server = await startLoopbackServer();
});

afterAll(() => server.close());

const session = { accessKeyId: 'ASIASESSION000000000', ...secrets, expiration: new Date(0) };

const options = {
  toClient: (credentials: unknown) => {
    expect(credentials).toBe(session);
    return new STSClient({
      ...{ region: 'eu-west-1', endpoint: server.url, maxAttempts: 1, credentials: { ...session } },
      requestHandler: { httpAgent: { keepAlive: false }, httpsAgent: { keepAlive: false } },
    });
  },
  timeoutMs: 2000,
};

const token = 'eyJhbGciOiJSUzI1NiJ9.eyJDQU5BUlkiOiJjYW5hcnkifQ.Y2FuYXJ5LWNhbmFyeQ';
const body = (operation: string, result: string) =>
  `<${operation}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${operation}Result>${result}</${operation}Result></${operation}Response>`;

const aRootAnswer = (accessKeyId = 'ASIAROOT000000000000') =>
  body(
    'AssumeRoot',
    `<Credentials><AccessKeyId>${accessKeyId}</AccessKeyId><SecretAccessKey>${secrets.secretAccessKey}</SecretAccessKey><SessionToken>${secrets.sessionToken}</SessionToken><Expiration>2026-01-01T00:15:00Z</Expiration></Credentials>`,
  );

const aTokenAnswer = (webIdentityToken = token, expiration = '2026-01-01T00:05:00Z') =>
  body(
    'GetWebIdentityToken',
    `<WebIdentityToken>${webIdentityToken}</WebIdentityToken><Expiration>${expiration}</Expiration>`,
  );

async function ask<Answer>(respond: Respond, call: () => Promise<Answer>) {
  server.respond(respond);
  const answer = await call();
  const sent = server.requests.map(({ body: text, headers }) => ({
    parameters: [...new URLSearchParams(text)].map(([name, value]) => `${name}=${value}`).sort(),
    signedBy: /Credential=(\w+)\//.exec(headers.authorization ?? '')?.[1],
  }));
  return { answer, sent };
}

const askForRoot = (respond: Respond) =>
  ask(respond, () =>
    createSdkRootTokenService(options).assumeRoot(
      {
        targetPrincipal: '333333333333',
        taskPolicyArn: 'arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy',
        durationSeconds: 60,
      },
      session,
    ),
  );

const askForToken = (respond: Respond) =>
  ask(respond, () =>
    createSdkWebIdentityTokenService(options).getWebIdentityToken(
      {
        audience: 'https://partner.example',
        durationSeconds: 300,
        signingAlgorithm: 'RS256',
        requestTags: { 'daypass:Principal': 'okta.alice' },
      },
      session,
    ),
  );

describe('AssumeRoot', () => {
  it('has exactly the planned parameters, and the session before it as its signer', async () => {
    const { answer, sent } = await askForRoot(sendXml(200, aRootAnswer()));

    expect(sent).toEqual([
      {
        parameters: [
          'Action=AssumeRoot',
          'DurationSeconds=60',
          'TargetPrincipal=333333333333',
          'TaskPolicyArn.arn=arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy',
          'Version=2011-06-15',
        ],
        signedBy: 'ASIASESSION000000000',
      },
    ]);
    expect(answer).toEqual({
      state: 'ISSUED',
      credentials: {
        ...{ accessKeyId: 'ASIAROOT000000000000', ...secrets },
        expiration: new Date('2026-01-01T00:15:00Z'),
      },
      requestId: stsRequestId,
    });
  });

  it.each([
    ['a long-term key', sendXml(200, aRootAnswer('AKIAROOT000000000000')), 'UNKNOWN'],
    ['nothing', sendXml(200, ''), 'UNKNOWN'],
    ['a refusal', sendXml(403, anStsError('AccessDenied')), 'REFUSED'],
    ['throttling', sendXml(400, anStsError('Throttling')), 'FAILED'],
    ['an error of its own', sendXml(500, anStsError('InternalFailure')), 'UNKNOWN'],
  ])('answered with %s is asked once, and gives nothing', async (_, respond, state) => {
    const { answer, sent } = await askForRoot(respond);

    expect(answer.state).toBe(state);
    expect(sent).toHaveLength(1);
    expect(JSON.stringify(answer)).not.toContain('Canary');
  });
});

describe('GetWebIdentityToken', () => {
  it('has exactly the planned parameters, and the session before it as its signer', async () => {
    const { answer, sent } = await askForToken(sendXml(200, aTokenAnswer()));

    expect(sent).toEqual([
      {
        parameters: [
          'Action=GetWebIdentityToken',
          'Audience.member.1=https://partner.example',
          'DurationSeconds=300',
          'SigningAlgorithm=RS256',
          'Tags.member.1.Key=daypass:Principal',
          'Tags.member.1.Value=okta.alice',
          'Version=2011-06-15',
        ],
        signedBy: 'ASIASESSION000000000',
      },
    ]);
    expect(answer).toEqual({
      state: 'ISSUED',
      webIdentityToken: token,
      expiration: new Date('2026-01-01T00:05:00Z'),
      requestId: stsRequestId,
    });
  });

  it.each<readonly [string, Respond, string]>([
    ['no token', sendXml(200, aTokenAnswer('')), 'UNKNOWN'],
    ['a token that is none', sendXml(200, aTokenAnswer(`${token}&#10;x`)), 'UNKNOWN'],
    ['no expiration', sendXml(200, aTokenAnswer(token, '')), 'UNKNOWN'],
    ['a token for an expiration', sendXml(200, aTokenAnswer(token, token)), 'UNKNOWN'],
    ['half an answer', sendXml(200, aTokenAnswer().slice(0, -60)), 'UNKNOWN'],
    ['no request id', (response) => response.writeHead(200).end(aTokenAnswer()), 'UNKNOWN'],
    [
      'a switch that is off',
      sendXml(403, anStsError('OutboundWebIdentityFederationDisabledException')),
      'REFUSED',
    ],
    ['throttling', sendXml(400, anStsError('Throttling')), 'FAILED'],
    ['an error of its own', sendXml(500, anStsError('InternalFailure')), 'UNKNOWN'],
  ])('answered with %s is asked once, and gives nothing', async (_, respond, state) => {
    const { answer, sent } = await askForToken(respond);

    expect(answer.state).toBe(state);
    expect(sent).toHaveLength(1);
    expect(JSON.stringify(answer)).not.toContain('eyJ');
  });
});

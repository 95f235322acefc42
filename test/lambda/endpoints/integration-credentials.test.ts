import { describe, expect, it } from '@jest/globals';
import { createOpenConsole } from '../../../lambda/core/open-console.ts';
import { createGetIntegrationContainerCredentials } from '../../../lambda/endpoints/get-integration-container-credentials.ts';
import { createIssueIntegrationCredentialsEndpoint } from '../../../lambda/endpoints/issue-integration-credentials.ts';
import { createOpenIntegrationConsoleEndpoint } from '../../../lambda/endpoints/open-integration-console.ts';
import { createHandler } from '../../../lambda/http/create-handler.ts';
import { aPrincipal } from '../../support/a-principal.ts';
import { aContext, anEvent, authorizedAs, type EventParts, own } from '../../support/an-event.ts';
import { secrets } from '../../support/an-issuance.ts';
import { anIntegrationIssuing } from '../../support/issuing-for-integrations.ts';
import { aRecordingLogger } from '../../support/recording-logger.ts';
import { nowMs } from '../../support/tokens.ts';
import { rightId } from '../../support/verifying.ts';

type IssuingOperation =
  | 'issueIntegrationCredentials'
  | 'getIntegrationContainerCredentials'
  | 'openIntegrationConsole';

/** The three operations as their function binds them, over the real use cases. */
function aFunction() {
  const issuing = anIntegrationIssuing();
  const { issueCredentials } = issuing;
  const openConsole = createOpenConsole({
    issueCredentials,
    federation: { getSigninToken: async () => ({ state: 'GIVEN', signinToken: 'canary-signin' }) },
    federationUrl: 'https://eu-west-1.signin.aws.amazon.com/federation',
    url: 'https://daypass.example.com',
    now: () => nowMs,
  });
  const handler = createHandler({
    handledBy: 'integration-issuer',
    own,
    endpoints: {
      issueIntegrationCredentials: createIssueIntegrationCredentialsEndpoint(issueCredentials),
      getIntegrationContainerCredentials: createGetIntegrationContainerCredentials(issueCredentials),
      openIntegrationConsole: createOpenIntegrationConsoleEndpoint(openConsole, 'aws'),
    },
    logger: aRecordingLogger(),
    now: () => nowMs,
  });
  const ask = async (operation: IssuingOperation, parts: EventParts = {}) => {
    const event = anEvent(operation, { pathParameters: { id: 'globex' }, ...parts });
    const { statusCode, headers, body } = await handler(event, aContext);
    return { statusCode, headers, body, json: body.startsWith('{') ? JSON.parse(body) : undefined };
  };
  return { issuing, ask };
}

describe('POST /v1/integrations/{id}/credentials', () => {
  it('answers as STS does, with the issuance’s id', async () => {
    const { ask } = aFunction();

    const { statusCode, headers, json } = await ask('issueIntegrationCredentials');

    expect(statusCode).toBe(200);
    expect(headers).toMatchObject({
      'Cache-Control': 'no-store',
      'Daypass-Issuance-Id': '01KDVDPJ000000000000000000',
    });
    expect(json.Credentials).toMatchObject({ SecretAccessKey: secrets.secretAccessKey });
  });

  it('names the integration in a credentials file', async () => {
    const { body } = await aFunction().ask('issueIntegrationCredentials', { query: { format: ['ini'] } });

    expect(body).toMatch(/^\[globex\]\naws_access_key_id = /);
  });

  it.each([
    { externalId: rightId },
    { ExternalId: rightId },
    { roleArn: 'arn:aws:iam::666666666666:role/X' },
    { integration: 'initech' },
    { id: 'initech' },
    { profile: 'prod-readonly' },
    { samlAssertion: 'PHNhbWw+' },
  ])('takes no %j in the body: nothing is looked for', async (body) => {
    const { issuing, ask } = aFunction();

    const { statusCode, json } = await ask('issueIntegrationCredentials', { body: JSON.stringify(body) });

    expect([statusCode, json.code]).toEqual([400, 'invalid-request']);
    expect(issuing.calls).toEqual([]);
  });

  it.each([{ externalId: [rightId] }, { roleArn: ['x'] }, { format: ['sts', 'ini'] }])(
    'takes no query of %j',
    async (query) => {
      const { issuing, ask } = aFunction();

      expect((await ask('issueIntegrationCredentials', { query })).statusCode).toBe(400);
      expect(issuing.calls).toEqual([]);
    },
  );

  it.each(['', 'Globex', 'self', 'daypass', 'external-id#00', '../globex', 'globex%00', 'x'.repeat(25)])(
    'looks for none by the name %j',
    async (id) => {
      const { issuing, ask } = aFunction();

      expect((await ask('issueIntegrationCredentials', { pathParameters: { id } })).statusCode).toBe(400);
      expect(issuing.calls).toEqual([]);
    },
  );
});

describe('GET /v1/integrations/{id}/container-credentials', () => {
  it('answers as the SDKs read it', async () => {
    const { json } = await aFunction().ask('getIntegrationContainerCredentials');

    expect(json).toEqual({
      AccessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      SecretAccessKey: secrets.secretAccessKey,
      Token: secrets.sessionToken,
      Expiration: expect.stringMatching(/^\d{4}-.*\dZ$/),
    });
  });

  it('takes no proof that may have one effect, and loses none', async () => {
    const { issuing, ask } = aFunction();
    const authorizer = authorizedAs(aPrincipal({ proofId: 'p'.repeat(43) }));

    const { statusCode, json } = await ask('getIntegrationContainerCredentials', { authorizer });

    expect([statusCode, json.code]).toEqual([400, 'single-use-proof']);
    expect(issuing.calls).toEqual([]);
  });
});

describe('POST /v1/integrations/{id}/console', () => {
  it('answers with a link, and none of the credentials', async () => {
    const { issuing, ask } = aFunction();

    const { statusCode, body, json } = await ask('openIntegrationConsole', {
      body: JSON.stringify({ destination: 'https://console.aws.amazon.com/s3/home' }),
    });

    expect(statusCode).toBe(200);
    expect(json.SigninUrl).toContain('SigninToken=canary-signin');
    for (const secret of Object.values(secrets)) expect(body).not.toContain(secret);
    expect(issuing.intents()).toMatchObject([{ integration: 'globex', purpose: 'console' }]);
  });

  it('leads nowhere else', async () => {
    const { issuing, ask } = aFunction();

    const { statusCode } = await ask('openIntegrationConsole', {
      body: JSON.stringify({ destination: 'https://evil.example.com/' }),
    });

    expect(statusCode).toBe(400);
    expect(issuing.calls).toEqual([]);
  });
});

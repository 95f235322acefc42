import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSdkFederationTokenService } from '../../../lambda/adapters/sdk-federation-token-service.ts';
import type {
  FederationTokenRequest,
  FederationTokenService,
  LongTermKey,
} from '../../../lambda/core/ports.ts';
import { anId, secrets } from '../../support/an-issuance.ts';
import { type LoopbackServer, type Respond, startLoopbackServer } from '../../support/loopback-server.ts';
import { anStsError, answered, sendXml, stsRequestId } from '../../support/sts-answers.ts';
import { stsTimeoutMs } from '../../support/sts-stand-in.ts';

const key = { accessKeyId: 'AKIAFEDERATOR0000001', secretAccessKey: secrets.secretAccessKey };

const name = `${anId}-0aZ_-`;

const aRequest = (changes: Partial<FederationTokenRequest> = {}): FederationTokenRequest => ({
  name,
  durationSeconds: 43_200,
  sessionPolicy: '{"Version":"2012-10-17","Statement":[]}',
  sessionTags: {},
  ...changes,
});

const federated = {
  arn: `arn:aws:sts::111111111111:federated-user/${name}`,
  id: `111111111111:${name}`,
};

const element = (tag: string, value: string | undefined) =>
  value === undefined ? '' : `<${tag}>${value}</${tag}>`;

/** STS's answer, as its API reference shows it. */
function anAnswer(changes: Readonly<Record<string, string | undefined>> = {}): string {
  const values = { ...answered, ...federated, ...changes };
  return `<GetFederationTokenResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetFederationTokenResult>
    <Credentials>
      ${element('AccessKeyId', values.accessKeyId)}
      ${element('SecretAccessKey', values.secretAccessKey)}
      ${element('SessionToken', values.sessionToken)}
      ${element('Expiration', values.expiration)}
    </Credentials>
    <FederatedUser>${element('Arn', values.arn)}${element('FederatedUserId', values.id)}</FederatedUser>
    <PackedPolicySize>6</PackedPolicySize>
  </GetFederationTokenResult>
  <ResponseMetadata><RequestId>${stsRequestId}</RequestId></ResponseMetadata>
</GetFederationTokenResponse>`;
}

let server: LoopbackServer;
let service: FederationTokenService;

const createService = (partition = 'aws'): FederationTokenService =>
  createSdkFederationTokenService({
    toClient: (credentials) => {
      if (credentials === undefined) throw new TypeError('the federator calls with its own key');
      return new STSClient({
        region: 'eu-west-1',
        endpoint: server.url,
        maxAttempts: 1,
        requestHandler: { httpAgent: { keepAlive: false } },
        credentials: { ...credentials },
      });
    },
    timeoutMs: stsTimeoutMs,
    partition,
    accountId: '111111111111',
  });

beforeAll(async () => {
  server = await startLoopbackServer();
  service = createService();
});

afterAll(() => server.close());

const ask = (respond: Respond, request = aRequest(), asKey: LongTermKey = key) => {
  server.respond(respond);
  return service.getFederationToken(request, asKey);
};

describe('GetFederationToken on the wire', () => {
  const parametersOf = async (request: FederationTokenRequest) => {
    await ask(sendXml(200, anAnswer()), request);
    return [...new URLSearchParams(server.requests[0]?.body)].map((pair) => pair.join('=')).sort();
  };

  it('has exactly the planned parameters', async () => {
    expect(await parametersOf(aRequest({ sessionTags: { Team: 'payments & more', Empty: '' } }))).toEqual([
      'Action=GetFederationToken',
      'DurationSeconds=43200',
      `Name=${name}`,
      'Policy={"Version":"2012-10-17","Statement":[]}',
      'Tags.member.1.Key=Team',
      'Tags.member.1.Value=payments & more',
      'Tags.member.2.Key=Empty',
      'Tags.member.2.Value=',
      'Version=2011-06-15',
    ]);
  });

  it('has nothing for tags that are not planned', async () => {
    expect((await parametersOf(aRequest())).filter((parameter) => parameter.startsWith('Tags'))).toEqual([]);
  });

  it('is signed for the region with the key of this call alone', async () => {
    for (const accessKeyId of ['AKIAFEDERATOR0000001', 'AKIAFEDERATOR0000002']) {
      await ask(sendXml(200, anAnswer()), aRequest(), { ...key, accessKeyId });

      const { headers } = server.requests[0] ?? {};
      expect(headers?.authorization).toMatch(
        new RegExp(`^AWS4-HMAC-SHA256 Credential=${accessKeyId}/\\d{8}/eu-west-1/sts/aws4_request, `),
      );
      expect(headers).not.toHaveProperty('x-amz-security-token');
    }
  });
});

describe('GetFederationToken, answered', () => {
  it('with credentials has issued them', async () => {
    expect(await ask(sendXml(200, anAnswer()))).toEqual({
      state: 'ISSUED',
      credentials: {
        accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
        ...secrets,
        expiration: new Date('2026-01-01T00:15:00Z'),
      },
      federatedUser: { arn: federated.arn, federatedUserId: federated.id },
      requestId: stsRequestId,
      packedPolicySize: 6,
    });
    expect(server.requests).toHaveLength(1);
  });

  it.each(['aws-cn', 'aws-us-gov'])('in partition %s is recognised by its ARN', async (partition) => {
    const arn = federated.arn.replace('arn:aws:', `arn:${partition}:`);
    server.respond(sendXml(200, anAnswer({ arn })));

    expect(await createService(partition).getFederationToken(aRequest(), key)).toMatchObject({
      state: 'ISSUED',
    });
  });

  it.each([
    ['no access key id', { accessKeyId: undefined }],
    ['a long-term key', { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }],
    ['no secret access key', { secretAccessKey: undefined }],
    ['a secret access key of two lines', { secretAccessKey: 'one\ntwo' }],
    ['no session token', { sessionToken: undefined }],
    ['no expiration', { expiration: undefined }],
    ['an expiration that is none', { expiration: 'soon' }],
    ['no ARN', { arn: undefined }],
    ['no id', { id: undefined }],
    ['the ARN of another user', { arn: `${federated.arn}0` }],
    ['the id of another user', { id: `${federated.id}0` }],
    ['the ARN of another account', { arn: federated.arn.replace('111111111111', '222222222222') }],
    ['the id of another account', { id: federated.id.replace('111111111111', '222222222222') }],
    ['the ARN of another partition', { arn: federated.arn.replace('arn:aws:', 'arn:aws-cn:') }],
    ['the ARN of a role', { arn: federated.arn.replace('federated-user', 'assumed-role') }],
    ['the name in other letters', { arn: federated.arn.toLowerCase() }],
  ])('with %s is unknown: a session may exist', async (_, changes) => {
    const answer = await ask(sendXml(200, anAnswer(changes)));

    expect(answer).toMatchObject({ state: 'UNKNOWN', errorCode: 'UnreadableAnswer' });
    expect(JSON.stringify(answer)).not.toMatch(/Canary|ASIA|AKIA/);
  });

  it.each([
    ['an empty 200', sendXml(200, '')],
    ['text and 200', sendXml(200, 'OK')],
    ['half an answer', sendXml(200, anAnswer().slice(0, anAnswer().indexOf('</SessionToken>') - 4))],
    ['another operation’s answer', sendXml(200, anAnswer().replaceAll('GetFederationToken', 'AssumeRole'))],
    ['HTML and 403', sendXml(403, '<html><body>Forbidden</body></html>')],
  ])('with %s is unknown, and nothing of it is quoted', async (_, respond) => {
    const answer = await ask(respond);

    expect(answer).toMatchObject({ state: 'UNKNOWN', errorCode: 'UnreadableAnswer' });
    expect(JSON.stringify(answer)).not.toMatch(/Canary|ASIA|AKIA/);
  });

  it.each([
    ['InvalidClientTokenId', 403, { state: 'REFUSED', errorCode: 'InvalidClientTokenId' }],
    ['AccessDenied', 403, { state: 'REFUSED', errorCode: 'AccessDenied' }],
    ['PackedPolicyTooLarge', 400, { state: 'REFUSED', errorCode: 'PackedPolicyTooLarge' }],
    ['Throttling', 400, { state: 'FAILED', cause: 'throttled' }],
    ['InternalFailure', 500, { state: 'UNKNOWN', errorCode: 'InternalFailure' }],
  ])('with %s and %i is not repeated', async (code, status, expected) => {
    expect(await ask(sendXml(status, anStsError(code)))).toMatchObject(expected);
    expect(server.requests).toHaveLength(1);
  });

  it('by nobody is unknown: it was not waited for', async () => {
    const answer = await ask(() => undefined);

    expect(answer).toMatchObject({ state: 'UNKNOWN', errorCode: expect.stringMatching(/Timeout|Abort/) });
    expect(server.requests).toHaveLength(1);
  });

  it('by a closed connection is unknown', async () => {
    expect(await ask((response) => response.destroy())).toMatchObject({ state: 'UNKNOWN' });
    expect(server.requests).toHaveLength(1);
  });
});

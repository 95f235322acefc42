import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSdkSecurityTokenService } from '../../../lambda/adapters/sdk-security-token-service.ts';
import { secrets } from '../../support/an-issuance.ts';
import { type Respond, startLoopbackServer } from '../../support/loopback-server.ts';
import {
  anAssumeRole,
  anStsAnswer,
  anStsError,
  answered,
  sendXml,
  stsRequestId,
} from '../../support/sts-answers.ts';
import { type StsStandIn, startStsStandIn, stsTimeoutMs } from '../../support/sts-stand-in.ts';

let standIn: StsStandIn;

beforeAll(async () => {
  standIn = await startStsStandIn();
});

afterAll(() => standIn.close());

describe('AssumeRole, answered with what cannot be read', () => {
  const unreadable = { state: 'UNKNOWN', errorCode: 'UnreadableAnswer' };
  const half = anStsAnswer().slice(0, anStsAnswer().indexOf('</SessionToken>') - 4);

  it.each([
    ['an empty 200', sendXml(200, '')],
    ['garbage and 200', sendXml(200, '<<<>')],
    ['text and 200', sendXml(200, 'OK')],
    ['HTML and 200', sendXml(200, '<html><body>captive portal</body></html>')],
    ['JSON and 200', sendXml(200, JSON.stringify({ Credentials: answered }))],
    ['half an answer', sendXml(200, half)],
    ['another operation’s answer', sendXml(200, anStsAnswer().replaceAll('AssumeRole', 'GetSessionToken'))],
    ['an error and 200', sendXml(200, anStsError('AccessDenied'))],
    ['an empty 403', sendXml(403, '')],
    ['garbage and 403', sendXml(403, '<<<>')],
    ['HTML and 403', sendXml(403, '<html><body>Forbidden</body></html>')],
    ['HTML and 502', sendXml(502, '<html><body>Bad Gateway</body></html>')],
    ['an error whose code is no name', sendXml(403, anStsError('no such thing'))],
    ['an error without a code', sendXml(400, anStsError(''))],
    ['a redirect', sendXml(302, '', { location: '/elsewhere' })],
    ['an answer inside of an error’s text', sendXml(403, anStsError('', anStsAnswer()))],
  ])('(%s) is unknown: a session may exist', async (_what, respond) => {
    expect(await standIn.assumeRole(respond)).toMatchObject(unreadable);
    expect(standIn.requests).toHaveLength(1);
  });

  it.each([
    ['no access key id', { accessKeyId: undefined }],
    ['an empty access key id', { accessKeyId: '' }],
    ['a long-term key', { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' }],
    ['an access key id of other characters', { accessKeyId: 'ASIAIOSFODNN7example' }],
    ['no secret access key', { secretAccessKey: undefined }],
    ['an empty secret access key', { secretAccessKey: '' }],
    ['a secret access key of two lines', { secretAccessKey: 'one\ntwo' }],
    ['no session token', { sessionToken: undefined }],
    ['an empty session token', { sessionToken: '' }],
    ['a session token with a space', { sessionToken: 'one two' }],
    ['no expiration', { expiration: undefined }],
    ['an expiration that is none', { expiration: 'soon' }],
    ['no session ARN', { arn: undefined }],
    ['no role id', { assumedRoleId: undefined }],
    ['the ARN of another session', { arn: `${answered.arn}0` }],
    ['the ARN of another role', { arn: answered.arn.replace('/ReadOnly/', '/Admin/') }],
    ['the ARN of another account', { arn: answered.arn.replace('222222222222', '333333333333') }],
    ['the ARN of the role', { arn: anAssumeRole().roleArn }],
    ['the ARN of another partition', { arn: answered.arn.replace('arn:aws:', 'arn:aws-cn:') }],
  ])('(%s) is unknown, and gives nothing away', async (_what, changes) => {
    const answer = await standIn.assumeRole(sendXml(200, anStsAnswer(changes)));

    expect(answer).toMatchObject(unreadable);
    expect(answer).not.toHaveProperty('credentials');
    expect(JSON.stringify(answer)).not.toMatch(/canary/i);
    expect(standIn.requests).toHaveLength(1);
  });

  it.each([
    ['where a time should be', anStsAnswer({ expiration: secrets.secretAccessKey })],
    ['where a tag should be', anStsAnswer().replace('</SessionToken>', '</CanaryTag>')],
    ['where an entity should be', anStsAnswer({ sessionToken: '&Canary;' })],
    ['where it breaks off', half],
    [
      'where the error’s code should be',
      `<ErrorResponse><Error><Code>${secrets.sessionToken}</Code></Error></ErrorResponse>`,
    ],
  ])('says nothing of a secret %s', async (_where, body) => {
    const answers = [
      await standIn.assumeRole(sendXml(200, body)),
      await standIn.assumeRole(sendXml(403, body)),
    ];

    expect(JSON.stringify(answers)).not.toMatch(/canary/i);
  });

  it('keeps the request id by which CloudTrail can be asked', async () => {
    expect(await standIn.assumeRole(sendXml(200, anStsAnswer({ sessionToken: undefined })))).toMatchObject({
      requestId: stsRequestId,
    });
  });

  it('is unknown without a request id: the row could never be matched', async () => {
    const answer = await standIn.assumeRole((response) => response.writeHead(200).end(anStsAnswer()));

    expect(answer).toMatchObject(unreadable);
    expect(answer).not.toHaveProperty('requestId');
  });
});

describe('AssumeRole, not answered', () => {
  it.each([
    ['resets the connection', (response) => response.socket?.resetAndDestroy()],
    ['closes the connection', (response) => response.destroy()],
    [
      'breaks off within its answer',
      (response) => {
        response.writeHead(200, { 'content-length': 5000 });
        response.write(anStsAnswer().slice(0, 300), () => response.destroy());
      },
    ],
    ['is silent', () => {}],
    [
      'begins to answer and falls silent',
      (response) => {
        response.writeHead(200, { 'content-length': 5000 });
        response.write(anStsAnswer().slice(0, 300));
      },
    ],
    [
      'answers one byte at a time',
      (response) => {
        response.writeHead(200, { 'x-amzn-requestid': stsRequestId });
        const timer = setInterval(() => response.write(' '), 50);
        response.on('close', () => clearInterval(timer));
      },
    ],
    [
      'answers too late',
      (response) => {
        const timer = setTimeout(() => sendXml(200, anStsAnswer())(response, response.req), stsTimeoutMs * 2);
        response.on('close', () => clearTimeout(timer));
      },
    ],
  ] satisfies [string, Respond][])(
    'is unknown when STS %s',
    async (_what, respond) => {
      const answer = await standIn.assumeRole(respond);

      expect(answer).toMatchObject({ state: 'UNKNOWN', detail: expect.stringMatching(/./) });
      expect(standIn.requests).toHaveLength(1);
    },
    5000,
  );

  /** In a thread of its own, because Jest hides the codes of network errors. */
  const assumeRoleOf = async (endpoint: string): Promise<unknown> => {
    const worker = new Worker(new URL('../../support/assume-role-worker.ts', import.meta.url), {
      workerData: { endpoint, request: anAssumeRole(), timeoutMs: stsTimeoutMs },
    });
    const [answer] = await once(worker, 'message');
    return answer;
  };

  it('failed for certain when the connection is refused', async () => {
    const closed = await startLoopbackServer();
    await closed.close();

    expect(await assumeRoleOf(closed.url)).toMatchObject({
      state: 'FAILED',
      cause: 'unreachable',
      errorCode: 'ECONNREFUSED',
    });
  });

  it('is unknown, by the code of the failure, when the connection is reset', async () => {
    standIn.respond((response) => response.socket?.resetAndDestroy());

    expect(await assumeRoleOf(standIn.url)).toMatchObject({ state: 'UNKNOWN', errorCode: 'ECONNRESET' });
    expect(standIn.requests).toHaveLength(1);
  });

  it('failed for certain when there is nothing to sign with: nothing was sent', async () => {
    standIn.respond(sendXml(200, anStsAnswer()));
    const none = () =>
      Promise.reject(Object.assign(new Error('no credentials'), { name: 'CredentialsProviderError' }));

    expect(await standIn.toService(none).assumeRole(anAssumeRole())).toMatchObject({
      state: 'FAILED',
      cause: 'unreachable',
      errorCode: 'CredentialsProviderError',
    });
    expect(standIn.requests).toEqual([]);
  });

  it('is unknown when anything else goes wrong, and never rejects', async () => {
    for (const error of [
      new Error('defect'),
      'text',
      undefined,
      Object.assign(new Error('x'), { code: 7 }),
    ]) {
      const service = createSdkSecurityTokenService({
        toClient: () => ({ send: () => Promise.reject(error) }),
        timeoutMs: stsTimeoutMs,
      });

      expect(await service.assumeRole(anAssumeRole())).toMatchObject({ state: 'UNKNOWN' });
    }
  });
});

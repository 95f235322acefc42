import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSdkSamlTokenService } from '../../../lambda/adapters/sdk-saml-token-service.ts';
import type { AssumeRoleWithSamlRequest } from '../../../lambda/core/ports.ts';
import { type Respond, startLoopbackServer } from '../../support/loopback-server.ts';
import { anStsAnswer, anStsError, answered, sendXml, stsRequestId } from '../../support/sts-answers.ts';

type Server = Awaited<ReturnType<typeof startLoopbackServer>>;

let server: Server;

beforeAll(async () => {
  server = await startLoopbackServer();
});

afterAll(() => server.close());

const roleArn = 'arn:aws:iam::222222222222:role/daypass/ReadOnly';
const principalArn = 'arn:aws:iam::222222222222:saml-provider/AdFs';
const samlAssertion = Buffer.from(
  '<samlp:Response>CANARY of an assertion, as long as these are</samlp:Response>',
).toString('base64');

const ask = (respond: Respond, changes: Partial<AssumeRoleWithSamlRequest> = {}) => {
  server.respond(respond);
  const client = new STSClient({
    region: 'eu-west-1',
    endpoint: server.url,
    maxAttempts: 1,
    requestHandler: { httpAgent: { keepAlive: false } },
    credentials: async () => {
      throw new Error('nothing here is signed');
    },
  });
  return createSdkSamlTokenService({ toClient: () => client, timeoutMs: 400 }).assumeRoleWithSaml({
    ...{ roleArn, principalArn, samlAssertion, durationSeconds: 3600, managedPolicyArns: [] },
    ...changes,
  });
};

const anAnswer = (changes: Parameters<typeof anStsAnswer>[0] = {}) =>
  anStsAnswer(changes)
    .replaceAll('AssumeRoleResponse', 'AssumeRoleWithSAMLResponse')
    .replaceAll('AssumeRoleResult', 'AssumeRoleWithSAMLResult');

const sessionOf = (account: string, role: string, name: string) =>
  `arn:aws:sts::${account}:assumed-role/${role}/${name}`;

describe('AssumeRoleWithSAML', () => {
  it('sends the assertion and what narrows, unsigned, once', async () => {
    const issued = await ask(
      sendXml(200, anAnswer({ arn: sessionOf('222222222222', 'ReadOnly', 'alice') })),
      {
        sessionPolicy: '{"Version":"2012-10-17","Statement":[]}',
        managedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
      },
    );

    expect(issued).toMatchObject({
      state: 'ISSUED',
      credentials: { accessKeyId: answered.accessKeyId },
      assumedRole: { arn: sessionOf('222222222222', 'ReadOnly', 'alice') },
      requestId: stsRequestId,
    });
    expect(JSON.stringify(issued)).not.toContain(samlAssertion.slice(0, 30));
    expect(server.requests).toHaveLength(1);
    const [sent] = server.requests;
    expect(Object.fromEntries(new URLSearchParams(sent?.body))).toEqual({
      Action: 'AssumeRoleWithSAML',
      Version: '2011-06-15',
      RoleArn: roleArn,
      PrincipalArn: principalArn,
      SAMLAssertion: samlAssertion,
      DurationSeconds: '3600',
      Policy: '{"Version":"2012-10-17","Statement":[]}',
      'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/ReadOnlyAccess',
    });
    expect(sent?.headers).not.toHaveProperty('authorization');
  });

  it.each([
    ['another role', sessionOf('222222222222', 'ReadOnlyToo', 'alice')],
    ['another account', sessionOf('333333333333', 'ReadOnly', 'alice')],
    ['a session without a name', sessionOf('222222222222', 'ReadOnly', '')],
    ['a name with a slash', sessionOf('222222222222', 'ReadOnly', 'alice/bob')],
    ['nobody', ''],
  ])('is unknown, and nothing is released, when the answer is for %s', async (_, arn) => {
    const answer = await ask(sendXml(200, anAnswer({ arn })));

    expect(answer).toMatchObject({ state: 'UNKNOWN', requestId: stsRequestId });
    expect(answer).not.toHaveProperty('credentials');
  });

  it.each([
    ['an empty 200', sendXml(200, '')],
    ['garbage and 200', sendXml(200, '<<<>')],
    ['an error and 200', sendXml(200, anStsError('AccessDenied'))],
    ['no key', sendXml(200, anAnswer({ accessKeyId: undefined }))],
  ])('is unknown after %s', async (_, respond) => {
    expect(await ask(respond)).toMatchObject({ state: 'UNKNOWN' });
  });

  it.each([
    ['whole', samlAssertion],
    ['the first part of it', `${samlAssertion.slice(0, 40)}...`],
    ['the last part of it', samlAssertion.slice(-40)],
    ['the middle of it', samlAssertion.slice(30, 60)],
    ['as a parameter', `SAMLAssertion=${samlAssertion}&Version=2011-06-15`],
    ['in a path', `x/${samlAssertion}`],
    ['encoded', `SAMLAssertion=${encodeURIComponent(samlAssertion)}`],
  ])('quotes the assertion in no detail, %s', async (_, quoted) => {
    const message = `1 validation error: Value '${quoted}' at 'sAMLAssertion' failed`;

    const answer = await ask(sendXml(400, anStsError('ValidationError', message)));

    expect(answer).toMatchObject({ state: 'REFUSED', errorCode: 'ValidationError' });
    expect(answer.state === 'REFUSED' && answer.detail).toContain("at 'sAMLAssertion' failed");
    for (let at = 0; at + 25 <= samlAssertion.length; at += 1)
      expect(JSON.stringify(answer)).not.toContain(samlAssertion.slice(at, at + 25));
  });

  it('keeps the words of a refusal', async () => {
    const message = `Not authorized to perform sts:AssumeRoleWithSAML on ${roleArn}`;

    const answer = await ask(sendXml(403, anStsError('AccessDenied', message)));

    expect(answer).toMatchObject({ state: 'REFUSED', errorCode: 'AccessDenied', detail: message });
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AssumeRoleWithWebIdentityRequest } from '../../../lambda/core/ports.ts';
import { signedToken } from '../../support/issuing.ts';
import {
  anAssumeRole,
  anStsAnswer,
  anStsError,
  answered,
  sendXml,
  stsRequestId,
} from '../../support/sts-answers.ts';
import { type StsStandIn, startStsStandIn } from '../../support/sts-stand-in.ts';

let standIn: StsStandIn;

beforeAll(async () => {
  standIn = await startStsStandIn();
});

afterAll(() => standIn.close());

const { roleArn, roleSessionName } = anAssumeRole();

const ask = (
  respond: Parameters<StsStandIn['respond']>[0],
  changes: Partial<AssumeRoleWithWebIdentityRequest> = {},
) => {
  standIn.respond(respond);
  return standIn.webIdentities.assumeRoleWithWebIdentity({
    roleArn,
    roleSessionName,
    durationSeconds: 43_200,
    managedPolicyArns: [],
    webIdentityToken: signedToken,
    ...changes,
  });
};

const answer = anStsAnswer()
  .replaceAll('AssumeRoleResponse', 'AssumeRoleWithWebIdentityResponse')
  .replaceAll('AssumeRoleResult', 'AssumeRoleWithWebIdentityResult');

describe('AssumeRoleWithWebIdentity', () => {
  it('sends the token and what narrows, unsigned, once', async () => {
    const issued = await ask(sendXml(200, answer), {
      sessionPolicy: '{"Version":"2012-10-17","Statement":[]}',
      managedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
    });

    expect(issued).toMatchObject({
      state: 'ISSUED',
      credentials: { accessKeyId: answered.accessKeyId },
      requestId: stsRequestId,
      packedPolicySize: 6,
    });
    expect(standIn.requests).toHaveLength(1);
    const [sent] = standIn.requests;
    expect(Object.fromEntries(new URLSearchParams(sent?.body))).toEqual({
      Action: 'AssumeRoleWithWebIdentity',
      Version: '2011-06-15',
      RoleArn: roleArn,
      RoleSessionName: roleSessionName,
      WebIdentityToken: signedToken,
      DurationSeconds: '43200',
      Policy: '{"Version":"2012-10-17","Statement":[]}',
      'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/ReadOnlyAccess',
    });
    expect(sent?.headers).not.toHaveProperty('authorization');
  });

  it.each([
    ['an empty 200', sendXml(200, '')],
    ['garbage and 200', sendXml(200, '<<<>')],
    ['HTML and 502', sendXml(502, '<html></html>')],
    ['an error and 200', sendXml(200, anStsError('AccessDenied'))],
    ['another session', sendXml(200, answer.replaceAll('/ReadOnly/', '/Admin/'))],
    ['a long-term key', sendXml(200, answer.replaceAll('ASIA', 'AKIA'))],
  ])('answered with %s is unknown, and not repeated', async (_, respond) => {
    expect(await ask(respond)).toMatchObject({ state: 'UNKNOWN', errorCode: 'UnreadableAnswer' });
    expect(standIn.requests).toHaveLength(1);
  });

  it.each([
    'AccessDenied',
    'InvalidIdentityToken',
    'ExpiredTokenException',
    'IDPRejectedClaim',
    'IDPCommunicationError',
  ])('refused by %s is REFUSED, and not repeated', async (code) => {
    expect(await ask(sendXml(400, anStsError(code)))).toMatchObject({ state: 'REFUSED', errorCode: code });
    expect(standIn.requests).toHaveLength(1);
  });

  it('throttled is FAILED, and not repeated', async () => {
    expect(await ask(sendXml(400, anStsError('Throttling')))).toMatchObject({
      state: 'FAILED',
      cause: 'throttled',
    });
    expect(standIn.requests).toHaveLength(1);
  });

  it('that is answered too late is unknown', async () => {
    expect(await ask(() => {})).toMatchObject({ state: 'UNKNOWN' });
    expect(standIn.requests).toHaveLength(1);
  });

  it.each([
    ['whole', signedToken],
    ['cut short', signedToken.slice(0, 40)],
    ['without its signature', signedToken.split('.').slice(0, 2).join('.')],
    ['by its signature', signedToken.split('.')[2] ?? ''],
    ['by its claims alone', signedToken.split('.')[1] ?? ''],
  ])('refused by a message that quotes the token %s keeps it to itself', async (_, quoted) => {
    const refused = await ask(
      sendXml(400, anStsError('ValidationError', `Value '${quoted}' at 'webIdentityToken'`)),
    );

    expect(refused).toMatchObject({ state: 'REFUSED', detail: "Value '(token)' at 'webIdentityToken'" });
  });
});

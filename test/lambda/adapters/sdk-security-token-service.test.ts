import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AssumeRoleRequest } from '../../../lambda/core/ports.ts';
import { secrets } from '../../support/an-issuance.ts';
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

describe('AssumeRole on the wire', () => {
  const parametersOf = async (request: AssumeRoleRequest) => {
    await standIn.assumeRole(sendXml(200, anStsAnswer()), request);
    return [...new URLSearchParams(standIn.requests[0]?.body)]
      .map(([name, value]) => `${name}=${value}`)
      .sort();
  };

  it('has exactly the planned parameters', async () => {
    const parameters = await parametersOf(
      anAssumeRole({
        sourceIdentity: 'okta.alice@example.com',
        externalId: 'ext/1:2=3',
        sessionTags: { Team: 'payments & more', Empty: '' },
        transitiveTagKeys: ['Team'],
        sessionPolicy: '{"Version":"2012-10-17","Statement":[]}',
        managedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess'],
      }),
    );

    expect(parameters).toEqual([
      'Action=AssumeRole',
      'DurationSeconds=900',
      'ExternalId=ext/1:2=3',
      'Policy={"Version":"2012-10-17","Statement":[]}',
      'PolicyArns.member.1.arn=arn:aws:iam::aws:policy/ReadOnlyAccess',
      'RoleArn=arn:aws:iam::222222222222:role/daypass/ReadOnly',
      `RoleSessionName=${anAssumeRole().roleSessionName}`,
      'SourceIdentity=okta.alice@example.com',
      'Tags.member.1.Key=Team',
      'Tags.member.1.Value=payments & more',
      'Tags.member.2.Key=Empty',
      'Tags.member.2.Value=',
      'TransitiveTagKeys.member.1=Team',
      'Version=2011-06-15',
    ]);
  });

  it('has nothing for what is not planned, not even empty lists', async () => {
    expect(await parametersOf(anAssumeRole())).toEqual([
      'Action=AssumeRole',
      'DurationSeconds=900',
      'RoleArn=arn:aws:iam::222222222222:role/daypass/ReadOnly',
      `RoleSessionName=${anAssumeRole().roleSessionName}`,
      'Version=2011-06-15',
    ]);
  });

  it('is signed for the region', async () => {
    await standIn.assumeRole(sendXml(200, anStsAnswer()));

    expect(standIn.requests[0]?.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/\d{8}\/eu-west-1\/sts\/aws4_request, /,
    );
  });
});

describe('AssumeRole, answered', () => {
  const issued = {
    state: 'ISSUED',
    credentials: {
      accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
      ...secrets,
      expiration: new Date('2026-01-01T00:15:00Z'),
    },
    assumedRole: { arn: answered.arn, assumedRoleId: answered.assumedRoleId },
    requestId: stsRequestId,
  };

  it('with credentials has issued them', async () => {
    expect(await standIn.assumeRole(sendXml(200, anStsAnswer()))).toEqual({ ...issued, packedPolicySize: 6 });
    expect(standIn.requests).toHaveLength(1);
  });

  it('without a packed size has issued them too: nothing was packed', async () => {
    expect(await standIn.assumeRole(sendXml(200, anStsAnswer({ packedPolicySize: undefined })))).toEqual(
      issued,
    );
  });

  it.each([
    ['arn:aws:iam::222222222222:role/Plain', 'arn:aws:sts::222222222222:assumed-role/Plain/'],
    ['arn:aws:iam::222222222222:role/a/b/c/Deep', 'arn:aws:sts::222222222222:assumed-role/Deep/'],
    ['arn:aws-cn:iam::222222222222:role/China', 'arn:aws-cn:sts::222222222222:assumed-role/China/'],
    ['arn:aws-us-gov:iam::222222222222:role/x/Gov', 'arn:aws-us-gov:sts::222222222222:assumed-role/Gov/'],
  ])('for the role %s is recognised by the ARN of its session', async (roleArn, prefix) => {
    const arn = `${prefix}${anAssumeRole().roleSessionName}`;

    const { state } = await standIn.assumeRole(sendXml(200, anStsAnswer({ arn })), anAssumeRole({ roleArn }));

    expect(state).toBe('ISSUED');
  });

  it.each([
    ['AccessDenied', 403],
    ['ValidationError', 400],
    ['PackedPolicyTooLarge', 400],
    ['MalformedPolicyDocument', 400],
    ['RegionDisabledException', 403],
    ['ExpiredTokenException', 403],
    ['InvalidClientTokenId', 403],
    ['SignatureDoesNotMatch', 403],
    ['RequestTimeTooSkewed', 403],
    ['SomethingNew', 409],
  ])('with %s and %i was refused', async (errorCode, status) => {
    expect(
      await standIn.assumeRole(sendXml(status, anStsError(errorCode, 'User is not authorized'))),
    ).toEqual({
      state: 'REFUSED',
      errorCode,
      detail: 'User is not authorized',
      requestId: stsRequestId,
    });
    expect(standIn.requests).toHaveLength(1);
  });

  it.each([
    ['Throttling', 400],
    ['ThrottlingException', 400],
    ['RequestLimitExceeded', 503],
    ['TooManyRequestsException', 429],
    ['SomethingNew', 429],
  ])('with %s and %i failed: nothing was minted', async (errorCode, status) => {
    expect(await standIn.assumeRole(sendXml(status, anStsError(errorCode, 'Rate exceeded')))).toEqual({
      state: 'FAILED',
      cause: 'throttled',
      errorCode,
      detail: 'Rate exceeded',
      requestId: stsRequestId,
    });
    expect(standIn.requests).toHaveLength(1);
  });

  it.each([
    ['InternalFailure', 500],
    ['InternalError', 500],
    ['ServiceUnavailable', 503],
    ['AccessDenied', 500],
    ['GatewayTimeout', 504],
  ])('with %s and %i is unknown', async (errorCode, status) => {
    expect(await standIn.assumeRole(sendXml(status, anStsError(errorCode)))).toEqual({
      state: 'UNKNOWN',
      errorCode,
      detail: 'no',
      requestId: stsRequestId,
    });
    expect(standIn.requests).toHaveLength(1);
  });

  it('with a message of any length keeps as much as fits into a row', async () => {
    const answer = await standIn.assumeRole(sendXml(403, anStsError('AccessDenied', 'x'.repeat(500_000))));

    expect(answer).toMatchObject({ state: 'REFUSED', detail: expect.stringMatching(/^x{1999}…$/) });
  });
});

describe('the session that calls', () => {
  const session = {
    accessKeyId: 'ASIAGATEWAY000000000',
    ...secrets,
    expiration: new Date('2026-01-01T00:15:00Z'),
  };

  it("is the function's own, or the one that is given for this call alone", async () => {
    const service = standIn.toService(async () => ({
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: 'x'.repeat(40),
    }));
    standIn.respond(sendXml(200, anStsAnswer()));

    for (const credentials of [undefined, session, undefined]) {
      expect(await service.assumeRole(anAssumeRole(), credentials)).toMatchObject({ state: 'ISSUED' });
    }

    const signedBy = standIn.requests.map(({ headers }) => [
      /Credential=(\w+)\//.exec(headers.authorization ?? '')?.[1],
      headers['x-amz-security-token'],
    ]);
    expect(signedBy).toEqual([
      ['AKIAIOSFODNN7EXAMPLE', undefined],
      ['ASIAGATEWAY000000000', secrets.sessionToken],
      ['AKIAIOSFODNN7EXAMPLE', undefined],
    ]);
  });

  it('is in no answer', async () => {
    const service = standIn.toService(async () => ({ accessKeyId: 'unused', secretAccessKey: 'unused' }));
    standIn.respond(sendXml(403, anStsError('AccessDenied')));

    const answer = await service.assumeRole(anAssumeRole(), session);

    expect(answer).toMatchObject({ state: 'REFUSED' });
    expect(JSON.stringify(answer)).not.toMatch(/Canary|ASIA/);
  });
});

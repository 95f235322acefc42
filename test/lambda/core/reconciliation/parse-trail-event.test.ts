import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseTrailEvent } from '../../../../lambda/core/reconciliation/parse-trail-event.ts';
import { sha256 } from '../../../../lambda/core/sha256.ts';
import { toRecords } from '../../../../local/aws/cloudtrail-record.ts';
import { documented } from '../../../support/documented-trail-records.ts';
import { aTrailRecord, issuerIdentity, trailCanary } from '../../../support/trail-records.ts';

const eventOf = (record: unknown) => parseTrailEvent(record)?.event;

describe("records of AWS's documentation", () => {
  it('of AssumeRole with a session of a role', () => {
    expect(eventOf(documented.assumeRole)).toEqual({
      eventId: 'dEXAMPLE-ac7f-466c-a608-4ac8dEXAMPLE',
      sharedEventId: 'bEXAMPLE-efea-4a70-b951-19a88EXAMPLE',
      eventTime: '2016-07-18T15:07:39Z',
      eventName: 'AssumeRole',
      region: 'us-east-2',
      recipientAccountId: '777788889999',
      requestId: '4EXAMPLE-0e8d-11e4-96e4-e55c0EXAMPLE',
      caller: {
        type: 'AssumedRole',
        arn: 'arn:aws:sts::777788889999:assumed-role/AssumeNothing/JohnDoe',
        accountId: '777788889999',
        accessKeyId: 'AKIAQRSTUVWXYZEXAMPLE',
        principalId: 'AROAQRSTUVWXYZEXAMPLE:JohnDoe',
        sessionIssuerArn: 'arn:aws:iam::777788889999:role/AssumeNothing',
      },
      requested: {
        roleArn: 'arn:aws:iam::111122223333:role/EC2-dev',
        roleSessionName: 'Role2WithTags',
        sourceIdentity: 'JohnDoe',
        durationSeconds: 3600,
      },
      granted: { accessKeyId: 'ASIAWHOJDLGPOEXAMPLE', expiration: 'Jul 18, 2016 4:07:39 PM' },
    });
  });

  it("of the role's account, whose caller is an account", () => {
    expect(eventOf(documented.inTheRolesAccount)?.caller).toEqual({
      type: 'AWSAccount',
      principalId: 'AIDAQRSTUVWXYZEXAMPLE',
      accountId: '777788889999',
    });
  });

  it.each([
    ['saml', 'SampleUkh1i4='],
    ['webIdentity', 'accounts.google.com'],
  ] as const)('of a call that nobody signed: %s', (name, identityProvider) => {
    const event = eventOf(documented[name]);

    expect(event?.caller).toMatchObject({ identityProvider });
    expect(event?.requested).toMatchObject({
      roleSessionName: 'MyAssignedRoleSessionName',
      durationSeconds: 3600,
    });
    expect(event?.granted?.accessKeyId).toMatch(/^ASIA/);
  });

  it('of what was denied, without parameters and answer', () => {
    const denied = {
      ...documented.assumeRole,
      errorCode: 'AccessDenied',
      errorMessage: trailCanary,
      requestParameters: null,
      responseElements: null,
    };

    const event = eventOf(denied);

    expect(event).toMatchObject({ errorCode: 'AccessDenied' });
    expect(event).not.toHaveProperty('requested');
    expect(event).not.toHaveProperty('granted');
  });

  it('of parameters that were too large', () => {
    const omitted = {
      ...documented.assumeRole,
      requestParameters: { omitted: true, originalSize: 102_401, reasonForOmission: 'x' },
    };

    expect(eventOf(omitted)).not.toHaveProperty('requested');
  });

  it('of what is longer than STS takes, as if it were not there', () => {
    const requestParameters = {
      ...documented.assumeRole.requestParameters,
      roleSessionName: 'x'.repeat(2049),
    };

    expect(eventOf({ ...documented.assumeRole, requestParameters })?.requested).toEqual({
      roleArn: 'arn:aws:iam::111122223333:role/EC2-dev',
      sourceIdentity: 'JohnDoe',
      durationSeconds: 3600,
    });
  });

  it.each(Object.entries(documented))('hold no session token afterwards: %s', (_name, record) => {
    expect(JSON.stringify(parseTrailEvent(record))).not.toContain(trailCanary);
  });

  it('of AssumeRoot, of a federated user, and of a session for the caller itself', () => {
    const taskPolicyArn = { arn: 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials' };
    const root = aTrailRecord({
      eventName: 'AssumeRoot',
      userIdentity: issuerIdentity,
      requestParameters: { targetPrincipal: '333333333333', taskPolicyArn, durationSeconds: '900' },
    });
    const user = aTrailRecord({
      eventName: 'GetFederationToken',
      userIdentity: issuerIdentity,
      requestParameters: { name: 'Bob', policy: '{}' },
    });
    const session = aTrailRecord({
      eventName: 'GetSessionToken',
      userIdentity: { ...issuerIdentity, accessKeyId: '' },
      requestParameters: { serialNumber: trailCanary, durationSeconds: 900 },
    });

    expect(eventOf(root)?.requested).toEqual({
      targetPrincipal: '333333333333',
      taskPolicyArn: taskPolicyArn.arn,
      durationSeconds: 900,
    });
    expect(eventOf(user)?.requested).toEqual({ name: 'Bob', policySha256: sha256('{}').toString('hex') });
    expect(eventOf(session)?.requested).toEqual({ durationSeconds: 900 });
    expect(eventOf(session)?.caller).not.toHaveProperty('accessKeyId');
  });
});

describe('records of the embedded CloudTrail', () => {
  it('are read in both accounts', () => {
    const role = {
      id: 'AROAX',
      arn: 'arn:aws:iam::111111111111:role/daypass/x',
      accountId: '111111111111',
      name: 'x',
    };
    const caller = {
      type: 'session',
      ...{
        arn: 'arn:aws:sts::111111111111:assumed-role/x/y',
        accountId: '111111111111',
        accessKeyId: 'ASIAX',
        id: 'AROAX:y',
        role,
      },
      session: { issuedAtSeconds: 0 },
    } as unknown as Parameters<typeof toRecords>[0]['caller'];
    const records = toRecords({
      ...{
        caller,
        eventName: 'AssumeRole',
        nowMs: 0,
        region: 'eu-west-1',
        sourceIp: '::1',
        userAgent: 'x',
        requestId: 'r',
      },
      requestParameters: {
        roleArn: 'arn:aws:iam::222222222222:role/y',
        roleSessionName: 'z',
        policy: trailCanary,
      },
      responseElements: { credentials: { accessKeyId: 'ASIAY', sessionToken: trailCanary, expiration: 'x' } },
      resource: { arn: 'arn:aws:iam::222222222222:role/y', accountId: '222222222222' },
    });

    const [own, other] = records.map(eventOf);

    expect(own).toMatchObject({
      recipientAccountId: '111111111111',
      caller: { sessionIssuerArn: role.arn },
      granted: { accessKeyId: 'ASIAY' },
    });
    expect(other).toMatchObject({
      recipientAccountId: '222222222222',
      sharedEventId: own?.sharedEventId,
      requestId: 'r',
    });
    expect(JSON.stringify([own, other])).not.toContain(trailCanary);
  });
});

describe('what is no event of STS', () => {
  it("is another service's, whatever it looks like", () => {
    expect(parseTrailEvent({ eventSource: 's3.amazonaws.com', eventName: 7 })).toBeUndefined();
  });

  const { eventTime, eventSource, userIdentity, ...rest } = documented.assumeRole;

  it.each([
    ['without a time', { ...rest, eventSource, userIdentity }, ['eventTime']],
    ['without a source', { ...rest, eventTime, userIdentity }, ['eventSource']],
    ['without a caller', { ...rest, eventTime, eventSource }, ['userIdentity']],
    [
      'with a caller that is a text',
      { ...documented.assumeRole, userIdentity: trailCanary },
      ['userIdentity'],
    ],
    [
      'with parameters that are a text',
      { ...documented.assumeRole, requestParameters: trailCanary },
      ['requestParameters'],
    ],
  ])('is said to be unreadable, by its id: %s', (_what, record, problems) => {
    expect(parseTrailEvent(record)).toEqual({
      unreadable: {
        ...{
          eventId: rest.eventID,
          eventName: 'AssumeRole',
          recipientAccountId: '777788889999',
          region: 'us-east-2',
        },
        problems,
      },
    });
  });

  it.each([
    ['durationSeconds', -1],
    ['durationSeconds', '99999999999'],
    ['roleArn', 7],
    ['roleSessionName', { x: trailCanary }],
    ['policy', [trailCanary]],
    ['taskPolicyArn', trailCanary],
    ['omitted', 'no'],
  ])('is what a refused caller sent as its parameter, which counts as absent: %s %j', (name, value) => {
    const { requestParameters } = documented.assumeRole;
    const sent = { ...documented.assumeRole, requestParameters: { ...requestParameters, [name]: value } };
    const { [name as keyof typeof requestParameters]: _absent, ...others } = requestParameters;

    expect(parseTrailEvent(sent)).toEqual(
      parseTrailEvent({ ...documented.assumeRole, requestParameters: others }),
    );
  });

  it.each([null, 7, 'record', [], [documented.assumeRole]])('is said to be unreadable: %j', (record) => {
    expect(parseTrailEvent(record)).toMatchObject({
      unreadable: { problems: expect.arrayContaining(['eventSource']) },
    });
  });

  it('gives nothing of its own away', () => {
    const record = {
      eventSource: 'sts.amazonaws.com',
      eventID: `${trailCanary} <b>`,
      eventName: { x: trailCanary },
      [trailCanary]: 1,
    };

    expect(JSON.stringify(parseTrailEvent(record))).not.toContain(trailCanary);
  });

  it('throws nothing, whatever it is', () => {
    const field = fc.oneof(fc.jsonValue(), fc.constantFrom(...Object.values(documented.assumeRole)));
    const keys = fc.constantFrom(...Object.keys(documented.assumeRole));
    fc.assert(
      fc.property(fc.dictionary(keys, field), fc.boolean(), (changes, isBare) => {
        const record = isBare ? changes : { ...documented.assumeRole, ...changes };
        const parsed = parseTrailEvent(record);
        expect(parsed === undefined).toBe(
          'eventSource' in record &&
            typeof record.eventSource === 'string' &&
            record.eventSource !== 'sts.amazonaws.com',
        );
      }),
      { numRuns: 300 },
    );
  });
});

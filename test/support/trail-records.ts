import { randomUUID } from 'node:crypto';

/** A record as CloudTrail writes it, not yet trusted. */
export type RawRecord = Readonly<Record<string, unknown>>;

export const brokerAccount = '111111111111';

/** Must be in nothing that is made of a record. */
export const trailCanary = 'CanaryOfTheTrail';

export const issuerRoleArn = `arn:aws:iam::${brokerAccount}:role/daypass/daypass-prod-eu-west-1-issuer`;

const toAccount = (arn: string) => arn.split(':')[4] ?? '';

/** `userIdentity` of a session of a role, with the path in the session issuer's ARN alone, as AWS has it. */
export const sessionIdentity = (
  roleArn: string,
  sessionName: string,
  accessKeyId = 'ASIACALLER0000000000',
) => {
  const roleName = roleArn.slice(roleArn.lastIndexOf('/') + 1);
  const accountId = toAccount(roleArn);
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLEROLEID0000:${sessionName}`,
    arn: `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
    accountId,
    accessKeyId,
    sessionContext: {
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROAEXAMPLEROLEID0000',
        arn: roleArn,
        accountId,
        userName: roleName,
      },
      attributes: { creationDate: '2026-01-01T00:00:00Z', mfaAuthenticated: 'false' },
    },
  };
};

export const issuerIdentity = sessionIdentity(issuerRoleArn, 'daypass-prod-eu-west-1-issuer');

/** What an account sees of a caller from another. */
export const strangerIdentity = (accountId = brokerAccount) => ({
  type: 'AWSAccount',
  principalId: 'AROAEXAMPLEROLEID0000:daypass-prod-eu-west-1-issuer',
  accountId,
});

export interface RecordParts {
  readonly eventName: string;
  readonly userIdentity: RawRecord;
  readonly requestParameters: RawRecord | null;
  readonly accessKeyId?: string;
  readonly requestId?: string;
  readonly recipientAccountId?: string;
  readonly eventId?: string;
  readonly sharedEventId?: string;
  readonly eventTime?: string;
  readonly errorCode?: string;
  readonly region?: string;
}

/** Source: CloudTrail guide, "CloudTrail record contents"; IAM guide, "Logging IAM and AWS STS API calls". */
export function aTrailRecord(parts: RecordParts): RawRecord {
  const { eventName, userIdentity, requestParameters, accessKeyId, errorCode, sharedEventId } = parts;
  return {
    eventVersion: '1.11',
    userIdentity,
    eventTime: parts.eventTime ?? '2026-01-01T00:00:00Z',
    eventSource: 'sts.amazonaws.com',
    eventName,
    awsRegion: parts.region ?? 'eu-west-1',
    sourceIPAddress: '203.0.113.7',
    userAgent: 'aws-sdk-js/3',
    ...(errorCode === undefined ? {} : { errorCode, errorMessage: `refused, ${trailCanary}` }),
    requestParameters,
    responseElements:
      accessKeyId === undefined
        ? null
        : {
            credentials: {
              accessKeyId,
              sessionToken: trailCanary,
              expiration: 'Jan 1, 2026, 12:15:00 AM',
            },
            assumedRoleUser: { assumedRoleId: 'AROAEXAMPLEROLEID0000:x', arn: 'arn:aws:sts::1:x' },
          },
    requestID: parts.requestId ?? randomUUID(),
    eventID: parts.eventId ?? randomUUID(),
    readOnly: true,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: parts.recipientAccountId ?? brokerAccount,
    ...(sharedEventId === undefined ? {} : { sharedEventID: sharedEventId }),
    eventCategory: 'Management',
    tlsDetails: { tlsVersion: 'TLSv1.3', clientProvidedHostHeader: 'sts.eu-west-1.amazonaws.com' },
  };
}

/** The role's account has a copy of what was granted, with another id and less of the caller. */
export function toRoleAccountsCopy(record: RawRecord, roleArn: string): RawRecord {
  const { accountId = brokerAccount } = record['userIdentity'] as { readonly accountId?: string };
  return {
    ...record,
    userIdentity: strangerIdentity(accountId),
    eventID: randomUUID(),
    recipientAccountId: toAccount(roleArn),
  };
}

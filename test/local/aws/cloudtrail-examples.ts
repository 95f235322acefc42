/**
 * The fields of the AssumeRole examples in the IAM guide, "Logging IAM and AWS STS API calls with AWS CloudTrail"
 * (awsdocs/iam-user-guide, doc_source/cloudtrail-integration.md), without `serialNumber`: nobody here has MFA.
 * What the values say is the example's; what counts is that the same fields are there.
 */
export const callerCopy = {
  eventVersion: '1.05',
  userIdentity: {
    type: 'IAMUser',
    principalId: 'AIDAQRSTUVWXYZEXAMPLE',
    arn: 'arn:aws:iam::777788889999:user/JohnDoe',
    accountId: '777788889999',
    accessKeyId: 'AKIAQRSTUVWXYZEXAMPLE',
    userName: 'JohnDoe',
  },
  eventTime: '2014-07-18T15:07:39Z',
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRole',
  awsRegion: 'us-east-2',
  sourceIPAddress: '192.0.2.101',
  userAgent: 'aws-cli/1.11.10',
  requestParameters: {
    roleArn: 'arn:aws:iam::111122223333:role/EC2-dev',
    roleSessionName: 'JohnDoe-EC2-dev',
    sourceIdentity: 'JohnDoe',
  },
  responseElements: {
    credentials: { sessionToken: '', accessKeyId: '', expiration: 'Jul 18, 2014, 4:07:39 PM' },
    assumedRoleUser: {
      assumedRoleId: 'AIDAQRSTUVWXYZEXAMPLE:JohnDoe-EC2-dev',
      arn: 'arn:aws:sts::111122223333:assumed-role/EC2-dev/JohnDoe-EC2-dev',
    },
    sourceIdentity: 'JohnDoe',
  },
  resources: [
    { ARN: 'arn:aws:iam::111122223333:role/EC2-dev', accountId: '111122223333', type: 'AWS::IAM::Role' },
  ],
  requestID: '4EXAMPLE-0e8d-11e4-96e4-e55c0EXAMPLE',
  sharedEventID: 'bEXAMPLE-efea-4a70-b951-19a88EXAMPLE',
  eventID: 'dEXAMPLE-ac7f-466c-a608-4ac8dEXAMPLE',
  eventType: 'AwsApiCall',
  recipientAccountId: '111122223333',
} as const;

const { resources, eventType, recipientAccountId, ...common } = callerCopy;

/** The guide's copy for the role's account is shorter than what is logged today. */
export const ownerCopy = {
  ...common,
  userIdentity: { type: 'AWSAccount', principalId: 'AIDAQRSTUVWXYZEXAMPLE', accountId: '777788889999' },
};

export const chained = {
  eventVersion: '1.05',
  userIdentity: {
    type: 'AssumedRole',
    principalId: 'AROAIN5ATK5U7KEXAMPLE:JohnRole1',
    arn: 'arn:aws:sts::111111111111:assumed-role/JohnDoe/JohnRole1',
    accountId: '111111111111',
    accessKeyId: 'AKIAI44QH8DHBEXAMPLE',
    sessionContext: {
      attributes: { mfaAuthenticated: 'false', creationDate: '2019-10-02T21:50:54Z' },
      sessionIssuer: {
        type: 'Role',
        principalId: 'AROAIN5ATK5U7KEXAMPLE',
        arn: 'arn:aws:iam::111111111111:role/JohnRole1',
        accountId: '111111111111',
        userName: 'JohnDoe',
      },
      sourceIdentity: 'JohnDoe',
    },
  },
  eventTime: '2019-10-02T22:12:29Z',
  eventSource: 'sts.amazonaws.com',
  eventName: 'AssumeRole',
  awsRegion: 'us-east-2',
  sourceIPAddress: '123.145.67.89',
  userAgent: 'aws-cli/1.16.248',
  requestParameters: {
    incomingTransitiveTags: { Department: 'Engineering' },
    tags: [
      { value: 'johndoe@example.com', key: 'Email' },
      { value: '12345', key: 'CostCenter' },
    ],
    roleArn: 'arn:aws:iam::111111111111:role/JohnRole2',
    roleSessionName: 'Role2WithTags',
    sourceIdentity: 'JohnDoe',
    transitiveTagKeys: ['Email', 'CostCenter'],
    durationSeconds: 3600,
  },
  responseElements: {
    credentials: { accessKeyId: '', expiration: 'Oct 2, 2019, 11:12:29 PM', sessionToken: '' },
    assumedRoleUser: { assumedRoleId: 'AROAIFR7WHDTSOYQYHFUE:Role2WithTags', arn: '' },
    sourceIdentity: 'JohnDoe',
  },
  requestID: 'b96b0e4e-e561-11e9-8b3f-7b396EXAMPLE',
  eventID: '1917948f-3042-46ec-98e2-62865EXAMPLE',
  resources: [{ ARN: '', accountId: '111111111111', type: 'AWS::IAM::Role' }],
  eventType: 'AwsApiCall',
  recipientAccountId: '111111111111',
} as const;

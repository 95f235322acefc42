/**
 * What is taken of a CloudTrail record of STS: these fields and no others, because a record holds the session token.
 * Source: CloudTrail guide, "CloudTrail record contents" and "userIdentity element".
 */
export interface TrailEvent {
  /** Unique for each account's copy. */
  readonly eventId: string;
  /** The same in both accounts' copies of one call, where there are two. */
  readonly sharedEventId?: string;
  /** ISO 8601, in seconds. */
  readonly eventTime: string;
  readonly eventName: string;
  readonly region: string;
  /** Whose trail has it. */
  readonly recipientAccountId: string;
  /** The same as in STS's answer. Optional by CloudTrail's word. */
  readonly requestId?: string;
  /** Absent: it was granted. */
  readonly errorCode?: string;
  readonly readOnly?: boolean;
  readonly caller: TrailCaller;
  /** Absent where CloudTrail shows none: of a call that was denied, and where they were too large. */
  readonly requested?: TrailRequest;
  /** Of the credentials that were given. Absent where there are none, which alone does not say that it was denied. */
  readonly granted?: { readonly accessKeyId?: string; readonly expiration?: string };
}

/** `userIdentity`. In the role's account the caller from another account has type and account alone. */
export interface TrailCaller {
  readonly type?: string;
  readonly arn?: string;
  readonly accountId?: string;
  readonly accessKeyId?: string;
  readonly principalId?: string;
  readonly userName?: string;
  /** Of a role session the role, with its path; of a federated user the IAM user. */
  readonly sessionIssuerArn?: string;
  /** The AWS service that calls, such as Lambda for its function's role. */
  readonly invokedBy?: string;
  /** Of an unsigned call: who signed its token or assertion. */
  readonly identityProvider?: string;
}

/** `requestParameters`. */
export interface TrailRequest {
  readonly roleArn?: string;
  readonly roleSessionName?: string;
  /** Of GetFederationToken. */
  readonly name?: string;
  readonly sourceIdentity?: string;
  readonly durationSeconds?: number;
  /** Hex SHA-256 of the session policy, which itself goes no further. */
  readonly policySha256?: string;
  /** Of AssumeRoot: the member account. */
  readonly targetPrincipal?: string;
  readonly taskPolicyArn?: string;
}

/** What could not be read as `TrailEvent`, though it says that it is of STS, or does not say of what it is. */
export interface UnreadableEvent {
  readonly eventId?: string;
  readonly eventName?: string;
  readonly recipientAccountId?: string;
  readonly region?: string;
  /** Paths of the fields that are wrong; never what is in them. */
  readonly problems: readonly string[];
}

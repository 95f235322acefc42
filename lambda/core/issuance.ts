import type { Mechanism } from './configuration.ts';
import type { Match, Sightings } from './reconciliation/sighting.ts';

/** One attempt to obtain credentials, as the audit holds it. Never a secret key, a session token or a caller's token. */
export type IssuanceState = (typeof issuanceStates)[number];

export const issuanceStates = ['PENDING', 'ISSUED', 'REFUSED', 'FAILED', 'UNKNOWN', 'DENIED'] as const;

export const issuancePurposes = [
  'console',
  'web-identity-token',
  'session-token',
  'authorization-message',
  'probe',
  'integration',
  'control',
] as const;

export type IssuancePurpose = (typeof issuancePurposes)[number];

/** What is known of every attempt. */
export interface Attempt {
  /** A ULID: it sorts by time. */
  readonly id: string;
  /** Random: tells a write of our own, whose answer was lost, from anybody else's. Never shown. */
  readonly nonce: string;
  /** ISO 8601, with milliseconds. */
  readonly createdAt: string;
  readonly principal: {
    readonly issuer: string;
    readonly subject: string;
    /** Of a role session under `/iam/v1`: chosen by whoever assumed the role, but for IAM Identity Center's sessions. */
    readonly sessionName?: string;
  };
  /** The profile's name as asked for, which need not exist. Absent where the route has none. */
  readonly profile?: string;
  /** Name of the integration, as asked for, whose role it is about. Absent for everything else. */
  readonly integration?: string;
  /**
   * Absent: the credentials themselves. `console`: a link that signs in to the console, whose credentials
   * nobody gets. `web-identity-token`: a token that AWS signs (GetWebIdentityToken). `session-token`: a
   * GetSessionToken that the caller presigned. `authorization-message`: a message of a refusal, decoded.
   * `probe`: of a verification; nobody gets the credentials. `integration`: seeing or changing integrations, denied.
   * `control`: suspending, lifting or revoking, denied.
   */
  readonly purpose?: IssuancePurpose;
  /** Absent when the caller left it to the profile. */
  readonly requestedDurationSeconds?: number;
  readonly reason?: string;
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly gatewayRequestId: string;
  /** Of the function that wrote the row, which alone finishes or sweeps it. Absent from rows of before there were several. */
  readonly region?: string;
  /** Epoch seconds after which the row is deleted. */
  readonly expiresAtSeconds: number;
}

/** A denial by policy. Nothing of the profile is in it: whoever may see the row need not know that the profile exists. */
export interface Denial extends Attempt {
  /** The statement that denied, where one did. */
  readonly statement?: string;
  /** Why, for the auditors alone. */
  readonly detail: string;
}

/** What STS is about to be asked, written down before it is. */
export interface Intent extends Attempt {
  /** Absent where no credentials are wanted, as for a message decoded. */
  readonly mechanism?: Mechanism;
  /** `recorded`: whoever holds the caller's own proof can have the same of STS without Daypass. Absent: enforced. */
  readonly enforcement?: 'recorded';
  /** Each hop's role in order; the last one is what the credentials are for. Of `assume-root` those on the way. */
  readonly roleArns: readonly string[];
  /**
   * Holds the id and the digest of this intent: CloudTrail shows it. The Name of a federated user. Of `saml` what the
   * assertion says, which has neither. Absent where STS takes none.
   */
  readonly roleSessionName?: string;
  readonly sourceIdentity?: string;
  /** Absent where there is nothing that lasts. */
  readonly durationSeconds?: number;
  readonly sessionTags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  /** Hex SHA-256 of the session policy sent. */
  readonly sessionPolicySha256?: string;
  readonly managedPolicyArns: readonly string[];
  /** Of `session-token`: the long-term key that presigned the call, as CloudTrail shows it. */
  readonly callerAccessKeyId?: string;
  /** Of `assume-root`: id of the member account, and ARN of the task's policy. */
  readonly targetPrincipal?: string;
  readonly taskPolicyArn?: string;
  /** Of a token that AWS signs: whom it is for. */
  readonly audiences?: readonly string[];
  /** The statement that allowed. */
  readonly statement: string;
}

/** What became of an intent. */
export interface Outcome {
  readonly state: 'ISSUED' | 'REFUSED' | 'FAILED' | 'UNKNOWN';
  /** ISO 8601. */
  readonly finishedAt: string;
  /** The same as CloudTrail's `requestID`. */
  readonly stsRequestId?: string;
  readonly accessKeyId?: string;
  /** The sessions on the way that were given, in order; absent where there were none. */
  readonly hops?: readonly Hop[];
  /** ISO 8601: when the credentials expire. */
  readonly expiration?: string;
  /** Percent of STS's limit. */
  readonly packedPolicySize?: number;
  /** STS's error code or the name of the failure. */
  readonly errorCode?: string;
  /** For the auditors alone. */
  readonly detail?: string;
}

/** A session on the way to another: its credentials were used for the next hop and dropped. */
export interface Hop {
  readonly roleArn: string;
  readonly stsRequestId: string;
  readonly accessKeyId: string;
}

/** A row as it is read: each state has the parts of its own. */
export type Issuance = Omit<Attempt, 'nonce'> &
  Partial<Omit<Intent, keyof Attempt>> &
  Partial<Omit<Outcome, 'state'>> & {
    readonly state: IssuanceState;
    /** What became of looking for it in CloudTrail. Absent: it is still looked for, or never needs to be. */
    readonly match?: Match;
    /** CloudTrail's events, by the call's place. */
    readonly sightings?: Sightings;
  };

const ulid = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** Whether this can name an issuance at all. */
export const isIssuanceId = (value: string) => ulid.test(value);

/**
 * Every metric of the broker's own, with its unit and its dimensions. Dimensions are bounded: never a principal, a
 * profile, an account or a third party, each value of which would be a metric that costs by the month. The stage is in
 * the namespace, so that an alarm needs no dimension.
 */
export const metrics = {
  /** Requests that reached a function. */
  Requests: { unit: 'Count', dimensions: ['function'] },
  /** Of those, from the function's first line to its last. */
  Latency: { unit: 'Milliseconds', dimensions: ['function'] },
  /** Answers with a problem, by its code. */
  Problems: { unit: 'Count', dimensions: ['code'] },
  /** Answers of 500 and above, whatever the cause. */
  ServerErrors: { unit: 'Count', dimensions: [] },
  /** Attempts that policy denied. */
  Denials: { unit: 'Count', dimensions: [] },
  /** Attempts beyond a principal's quota. */
  QuotasExceeded: { unit: 'Count', dimensions: [] },
  /** Attempts that STS throttled. */
  StsThrottled: { unit: 'Count', dimensions: [] },
  /** Attempts that STS did not answer, or whose answer was lost, or where it did not take the broker's own credentials. */
  StsFailures: { unit: 'Count', dimensions: [] },
  /** Attempts that STS refused. */
  StsRefusals: { unit: 'Count', dimensions: [] },
  /** Attempts that ended because no row could be written. */
  AuditWriteFailures: { unit: 'Count', dimensions: [] },
  TokensAccepted: { unit: 'Count', dimensions: [] },
  TokensRefused: { unit: 'Count', dimensions: [] },
  /** Tokens about which the authorizer could not tell, whatever the cause but for the next. */
  AuthorizerErrors: { unit: 'Count', dimensions: [] },
  /** Times that an issuer's keys were wanted and could not be had. */
  IssuersUnreachable: { unit: 'Count', dimensions: [] },
  /** Steps of a rotation that failed, and hourly looks that found the key in use too old. */
  RotationFailures: { unit: 'Count', dimensions: [] },
  /** Hourly looks that were done: for a key to put out of use, and at the age of the one in use. */
  RotationChecks: { unit: 'Count', dimensions: [] },
  /** Policies that could not be put onto a role, or taken off. */
  RevocationFailures: { unit: 'Count', dimensions: [] },
  /** Policies that a run of the schedule should have taken off and did not: the next one tries them again. */
  RevocationsNotCleanedUp: { unit: 'Count', dimensions: [] },
  /** Issuances that are over, by what became of them. */
  Issuances: { unit: 'Count', dimensions: ['state'] },
  /** The same by how they were obtained: `none` where nothing was asked of STS. */
  IssuancesByMechanism: { unit: 'Count', dimensions: ['mechanism'] },
  /** From an issuance's first row to its last: STS, and two writes. */
  IssuanceDuration: { unit: 'Milliseconds', dimensions: [] },
  /** Of STS's limit; at 100 it refuses. */
  PackedPolicySize: { unit: 'Percent', dimensions: [] },
  /** Told to EventBridge, when they are found. */
  Findings: { unit: 'Count', dimensions: ['kind'] },
  /** This and the next three by whoever hears first: the reconciler, and again the function that tells EventBridge. */
  CriticalFindings: { unit: 'Count', dimensions: [] },
  ErrorFindings: { unit: 'Count', dimensions: [] },
  UnauditedIssuances: { unit: 'Count', dimensions: [] },
  MissingFromCloudTrail: { unit: 'Count', dimensions: [] },
  /** Ended looks for issuances that CloudTrail has nothing of. */
  ReconcilerRuns: { unit: 'Count', dimensions: [] },
  /** Rows that a run of the schedule could not finish or close: the next one meets them again. */
  RowsNotReconciled: { unit: 'Count', dimensions: [] },
  /** Objects of the trail with events of the broker's own account. */
  OwnTrailObjects: { unit: 'Count', dimensions: [] },
  /** Events of CloudTrail that were joined with their rows. */
  EventsJoined: { unit: 'Count', dimensions: [] },
  /** Those that could not be: they come again. */
  EventsNotJoined: { unit: 'Count', dimensions: [] },
  /** Rows that somebody deleted by hand, wrote anew, or gave another time to expire. */
  RowsRemoved: { unit: 'Count', dimensions: [] },
  /** Changes of a row that none of the broker's functions can have written, as it cannot be read. */
  RowsUnreadable: { unit: 'Count', dimensions: [] },
  /** Changes that could not be told to EventBridge, once for each try. */
  EventsFailed: { unit: 'Count', dimensions: [] },
  EventsPublished: { unit: 'Count', dimensions: [] },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof metrics;

export interface Metric {
  readonly unit: 'Count' | 'Milliseconds' | 'Percent';
  /** Names of fields of the line that it is measured by. */
  readonly dimensions: readonly string[];
}

/** One value of a metric. */
export interface Measurement {
  readonly name: MetricName;
  readonly value: number;
  /** One for each of the metric's dimensions. @default none */
  readonly dimensions?: Readonly<Record<string, string>>;
}

/** Two stages may share an account. */
export const toMetricNamespace = (stage: string) => `Daypass/${stage}`;

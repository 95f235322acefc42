import type { MetricName } from '../lambda/core/metrics/metrics.ts';

/** An alarm on a metric of the broker's own. */
export interface OwnAlarm {
  readonly metric: MetricName;
  /** Of the metric's sum. */
  readonly threshold: number;
  readonly minutes: number;
  /** What is wrong, in a sentence without its full stop. */
  readonly what: string;
  /** Whether it tells of what did not happen: the sum is below the threshold, or there is none. @default false */
  readonly isMissing?: boolean;
}

/** By their names, which are headings of docs/runbook.md too. */
type OwnAlarms = Readonly<Record<string, OwnAlarm>>;

/** Those of a deployment that has these functions. */
export const toOwnAlarms = (functionNames: readonly string[]): OwnAlarms => ({
  ...standing,
  ...(functionNames.includes('rotation') ? ofRotation : {}),
  ...(functionNames.includes('reconciler') ? ofReconciliation : {}),
  ...(functionNames.includes('revoker') ? ofRevocation : {}),
});

const standing: OwnAlarms = {
  'audit-write-failures': {
    ...{ metric: 'AuditWriteFailures', threshold: 1, minutes: 5 },
    what: 'A row of the audit could not be written, so nothing was issued',
  },
  'audit-row-removed': {
    ...{ metric: 'RowsRemoved', threshold: 1, minutes: 5 },
    what: 'Somebody deleted a row of the audit, a finding, an integration or a control, wrote it anew, or gave it another time to expire',
  },
  'audit-row-unreadable': {
    ...{ metric: 'RowsUnreadable', threshold: 1, minutes: 5 },
    what: 'A row was changed that no function of the broker can have written, as it cannot be read',
  },
  // The quota is the account's: some are the bursts of SDKs, ten are a shortage.
  'sts-throttled': {
    ...{ metric: 'StsThrottled', threshold: 10, minutes: 5 },
    what: 'AWS STS throttles the broker',
  },
  'sts-failures': {
    ...{ metric: 'StsFailures', threshold: 5, minutes: 5 },
    what: "AWS STS does not answer, or does not take the broker's credentials",
  },
  'authorizer-errors': {
    ...{ metric: 'AuthorizerErrors', threshold: 3, minutes: 5 },
    what: 'The authorizer cannot tell whether tokens are good',
  },
  'issuer-unreachable': {
    ...{ metric: 'IssuersUnreachable', threshold: 3, minutes: 5 },
    what: "An issuer's keys cannot be had",
  },
  // A share would ring at night, when one denial is half of all. A hundred in five minutes are a client that repeats
  // itself, a policy that went wrong, or somebody who tries.
  'denial-rate': {
    ...{ metric: 'Denials', threshold: 100, minutes: 5 },
    what: 'A hundred attempts were denied in five minutes',
  },
  // A settlement each ten minutes meets the same row again: one that always fails is six in an hour.
  'rows-not-reconciled': {
    ...{ metric: 'RowsNotReconciled', threshold: 5, minutes: 60 },
    what: 'Rows of the audit can be neither finished nor compared',
  },
  'events-not-published': {
    ...{ metric: 'EventsFailed', threshold: 3, minutes: 15 },
    what: 'Changes cannot be told to EventBridge',
  },
};

const ofRotation: OwnAlarms = {
  // The look at the key's age is hourly, and never to the second: an hour that slides along would miss one now and then,
  // and ring anew.
  'key-rotation-failed': {
    ...{ metric: 'RotationFailures', threshold: 1, minutes: 120 },
    what: "The federator's key could not be rotated",
  },
  // An hourly look puts the key before the current one out of use. A function that does not start says nothing of it.
  'key-rotation-silent': {
    ...{ metric: 'RotationChecks', threshold: 1, minutes: 180, isMissing: true },
    what: "Nobody looked after the federator's key for three hours",
  },
};

const ofRevocation: OwnAlarms = {
  'revocation-failed': {
    ...{ metric: 'RevocationFailures', threshold: 1, minutes: 5 },
    what: 'A policy that ends sessions could not be put onto a role, or taken off',
  },
  // It runs hourly: one that always fails keeps the alarm up for two, and rings once.
  'revocations-not-cleaned-up': {
    ...{ metric: 'RevocationsNotCleanedUp', threshold: 1, minutes: 120 },
    what: 'A policy that ended sessions stays on its role, though nothing needs it any more',
  },
};

const ofReconciliation: OwnAlarms = {
  'unaudited-issuance': {
    ...{ metric: 'UnauditedIssuances', threshold: 1, minutes: 5 },
    what: "STS gave a session with the broker's authority, of which the audit says nothing",
  },
  'missing-from-cloudtrail': {
    ...{ metric: 'MissingFromCloudTrail', threshold: 1, minutes: 5 },
    what: 'CloudTrail has no event of an issuance, though its time is up',
  },
  'critical-finding': {
    ...{ metric: 'CriticalFindings', threshold: 1, minutes: 5 },
    what: 'The audit and CloudTrail contradict each other',
  },
  'error-finding': {
    ...{ metric: 'ErrorFindings', threshold: 1, minutes: 5 },
    what: 'The audit and what CloudTrail or the access log says do not agree, or cannot be compared',
  },
  // It looks each ten minutes.
  'reconciler-silent': {
    ...{ metric: 'ReconcilerRuns', threshold: 1, minutes: 30, isMissing: true },
    what: 'Nobody compared the audit with CloudTrail for half an hour',
  },
  // The broker's own use of its keys is in the trail: no hour is without an object of its account, and others' say nothing of it.
  'trail-silent': {
    ...{ metric: 'OwnTrailObjects', threshold: 1, minutes: 120, isMissing: true },
    what: "No object of the trail with events of the broker's account was read for two hours",
  },
};

import { IssuerUnavailableError } from '../authentication-errors.ts';
import type { LogFields } from '../logger.ts';
import { RotationError } from '../rotation-error.ts';
import type { Measurement, MetricName } from './metrics.ts';

/**
 * What a log line says in numbers: the line that a person reads and the metric that an alarm watches are one, so that
 * neither is there without the other.
 */
export function measureLine(message: string, fields: LogFields): readonly Measurement[] {
  return Object.hasOwn(measures, message) ? (measures[message]?.(fields) ?? []) : [];
}

const once =
  (name: MetricName): Measure =>
  () => [{ name, value: 1 }];

type Measure = (fields: LogFields) => readonly Measurement[];

/** By the message, to the letter. */
const measures: Readonly<Record<string, Measure>> = {
  request: measureRequest,
  'token accepted': once('TokensAccepted'),
  'token refused': once('TokensRefused'),
  'token could not be verified': ({ cause }) => [
    { name: cause instanceof IssuerUnavailableError ? 'IssuersUnreachable' : 'AuthorizerErrors', value: 1 },
  ],
  'issuer cannot be reached: its last keys serve on': once('IssuersUnreachable'),
  // Of the hourly look alone: a rotation's own steps are a month apart.
  rotation: ({ isOverdue }) => [
    ...(isOverdue === undefined ? [] : [{ name: 'RotationChecks', value: 1 } as const]),
    ...(isOverdue === true ? [{ name: 'RotationFailures', value: 1 } as const] : []),
  ],
  'rotation failed': ({ error }) =>
    // A rotation too soon after another waits for its time, and nobody has anything to do.
    error instanceof RotationError && error.code === 'previous-key-active'
      ? []
      : [{ name: 'RotationFailures', value: 1 }],
  revocation: ({ state }) => (state === 'DONE' ? [] : [{ name: 'RevocationFailures', value: 1 }]),
  'revocations cleaned up': ({ failed }) => toMeasurement('RevocationsNotCleanedUp', failed),
  issuance: measureIssuance,
  finding: measureFinding,
  // The reconciler may end between the row and its line: an alarm hangs on neither alone.
  'finding published': (fields) => [
    { name: 'Findings', value: 1, dimensions: { kind: String(fields['kind']) } },
    ...measureFinding(fields),
  ],
  settled: ({ failed }) => [
    { name: 'ReconcilerRuns', value: 1 },
    ...toMeasurement('RowsNotReconciled', failed),
  ],
  swept: ({ failed }) => toMeasurement('RowsNotReconciled', failed),
  reconciled: ({ joined, failed, isOwn }) => [
    ...(isOwn === true ? [{ name: 'OwnTrailObjects', value: 1 } as const] : []),
    ...toMeasurement('EventsJoined', joined),
    ...toMeasurement('EventsNotJoined', failed),
  ],
  'row removed': once('RowsRemoved'),
  // Whose time was changed can be deleted without a word, and what was written anew says nothing of what it was.
  'row changed': once('RowsRemoved'),
  'row unreadable': once('RowsUnreadable'),
  'event not published': once('EventsFailed'),
  'events published': ({ published }) => toMeasurement('EventsPublished', published),
};

function measureRequest({ function: name, status, durationMs, code }: LogFields): readonly Measurement[] {
  const dimensions = { function: String(name) };
  return [
    { name: 'Requests', value: 1, dimensions },
    ...toMeasurement('Latency', durationMs, dimensions),
    ...(typeof status === 'number' && status < 500 ? [] : [{ name: 'ServerErrors', value: 1 } as const]),
    ...(typeof code === 'string' ? measureProblem(code, name) : []),
  ];
}

function measureProblem(code: string, functionName: unknown): readonly Measurement[] {
  const meaning = Object.hasOwn(meanings, code) ? meanings[code] : undefined;
  // Of the function that reads, the rows are there and cannot be shown.
  const isMeant = meaning !== undefined && !(code === 'audit-unavailable' && functionName === 'audit');
  return [
    { name: 'Problems', value: 1, dimensions: { code } },
    ...(isMeant ? [{ name: meaning, value: 1 }] : []),
  ];
}

/** Of the problems that an operator is told of. */
const meanings: Readonly<Record<string, MetricName>> = {
  'access-denied': 'Denials',
  'integration-not-verified': 'Denials',
  'integration-suspended': 'Denials',
  'proof-already-used': 'Denials',
  'sts-throttled': 'StsThrottled',
  'sts-unavailable': 'StsFailures',
  'sts-outcome-unknown': 'StsFailures',
  'broker-credentials-refused': 'StsFailures',
  'refused-by-sts': 'StsRefusals',
  'audit-unavailable': 'AuditWriteFailures',
  suspended: 'Denials',
  'too-many-attempts': 'QuotasExceeded',
};

function measureIssuance({ state, mechanism, durationMs, packedPolicySize }: LogFields) {
  return [
    { name: 'Issuances', value: 1, dimensions: { state: String(state) } },
    { name: 'IssuancesByMechanism', value: 1, dimensions: { mechanism: String(mechanism ?? 'none') } },
    ...toMeasurement('IssuanceDuration', durationMs),
    ...toMeasurement('PackedPolicySize', packedPolicySize),
  ] as const;
}

function measureFinding({ kind, severity }: LogFields): readonly Measurement[] {
  const names = [
    ...(Object.hasOwn(severities, String(severity)) ? [severities[String(severity)]] : []),
    ...(Object.hasOwn(kinds, String(kind)) ? [kinds[String(kind)]] : []),
  ];
  return names.flatMap((name) => (name === undefined ? [] : [{ name, value: 1 }]));
}

/** A warning alone wakes nobody. */
const severities: Readonly<Record<string, MetricName>> = {
  critical: 'CriticalFindings',
  error: 'ErrorFindings',
};

/** Of findings with an alarm of their own. */
const kinds: Readonly<Record<string, MetricName>> = {
  'unaudited-issuance': 'UnauditedIssuances',
  'missing-from-cloudtrail': 'MissingFromCloudTrail',
};

/** None for what is no number. */
const toMeasurement = (
  name: MetricName,
  value: unknown,
  dimensions?: Measurement['dimensions'],
): readonly Measurement[] =>
  typeof value === 'number' && Number.isFinite(value)
    ? [{ name, value, ...(dimensions === undefined ? {} : { dimensions }) }]
    : [];

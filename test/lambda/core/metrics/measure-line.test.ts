import { describe, expect, it } from '@jest/globals';
import { createLogger } from '../../../../lambda/adapters/json-logger.ts';
import { IssuerUnavailableError, TokenRefusedError } from '../../../../lambda/core/authentication-errors.ts';
import {
  AccessDeniedError,
  AuditUnavailableError,
  IntegrationSuspendedError,
  InvalidRequestError,
  RefusedByStsError,
  StsOutcomeUnknownError,
  StsThrottledError,
  StsUnavailableError,
  SuspendedError,
  TooManyAttemptsError,
} from '../../../../lambda/core/errors.ts';
import type { Logger } from '../../../../lambda/core/logger.ts';
import { measureLine } from '../../../../lambda/core/metrics/measure-line.ts';
import { metrics } from '../../../../lambda/core/metrics/metrics.ts';
import { RotationError } from '../../../../lambda/core/rotation-error.ts';
import {
  aCleanUp,
  anIssuedChange,
  aRequest,
  aRevocation,
  aRotation,
  aRotationRun,
  aSettlement,
  aSweep,
  aToken,
  everyMetric,
  metricsOf,
  readMetrics,
  somePublishing,
} from '../../../support/emitted-metrics.ts';
import { aFindingRow, aRowChange } from '../../../support/row-changes.ts';
import { nowMs } from '../../../support/tokens.ts';

/** Names of the metrics of what logs so, without those that every request has. */
async function counted(run: (logger: Logger) => unknown): Promise<readonly string[]> {
  const names = (await metricsOf(run)).map(({ name }) => name);
  return names.filter((name) => !['Requests', 'Latency', 'Problems'].includes(name));
}

const refusal = { detail: 'why' };

describe('the metrics of a request', () => {
  it('are its count and its time, by function', async () => {
    expect(await metricsOf(aRequest(undefined))).toEqual([
      ...[
        {
          namespace: 'Daypass/prod',
          name: 'Requests',
          unit: 'Count',
          value: 1,
          dimensions: { function: 'issuer' },
        },
      ],
      ...[
        {
          namespace: 'Daypass/prod',
          name: 'Latency',
          unit: 'Milliseconds',
          value: 0,
          dimensions: { function: 'issuer' },
        },
      ],
    ]);
  });

  it.each<[string, Error, readonly string[]]>([
    ['denied', new AccessDeniedError('no', refusal), ['Denials']],
    ['suspended', new SuspendedError('no', refusal), ['Denials']],
    ['of a suspended third party', new IntegrationSuspendedError('no', refusal), ['Denials']],
    ['beyond a quota', new TooManyAttemptsError('no'), ['QuotasExceeded']],
    ['throttled by STS', new StsThrottledError('no'), ['StsThrottled']],
    ['refused by STS', new RefusedByStsError('no'), ['StsRefusals']],
    ['without STS', new StsUnavailableError('no'), ['ServerErrors', 'StsFailures']],
    ['whose session may exist', new StsOutcomeUnknownError('no'), ['ServerErrors', 'StsFailures']],
    [
      'that could not be written down',
      new AuditUnavailableError('no'),
      ['ServerErrors', 'AuditWriteFailures'],
    ],
    ['with a defect', new Error('a defect'), ['ServerErrors']],
    ['that is malformed', new InvalidRequestError('no'), []],
  ])('tell of one %s', async (_what, error, expected) => {
    expect(await counted(aRequest(error))).toEqual(expected);
  });

  it('count each problem by its code', async () => {
    expect(await metricsOf(aRequest(new InvalidRequestError('no')))).toContainEqual(
      expect.objectContaining({ name: 'Problems', dimensions: { code: 'invalid-request' } }),
    );
  });

  it('take rows that cannot be read for none that could not be written', async () => {
    expect(await counted(aRequest(new AuditUnavailableError('no'), 'audit'))).toEqual(['ServerErrors']);
  });
});

const aMismatch = (severity: string) => ({ id: `mismatch-A-b-${severity}`, kind: 'mismatch', severity });

describe('the metrics of the other functions', () => {
  it.each<[string, (logger: Logger) => unknown, readonly string[]]>([
    ['a token that is taken', aToken(), ['TokensAccepted']],
    ['one that is refused', aToken(new TokenRefusedError('expired', refusal)), ['TokensRefused']],
    [
      'an issuer that is away',
      aToken(new IssuerUnavailableError('okta', { cause: undefined })),
      ['IssuersUnreachable'],
    ],
    ['an authorizer that fails', aToken(new Error('a defect')), ['AuthorizerErrors']],
    ['a rotation that fails', aRotation(new Error('throttled')), ['RotationFailures']],
    ['an hourly look at the key', aRotationRun(false), ['RotationChecks']],
    ['one that finds it too old', aRotationRun(true), ['RotationChecks', 'RotationFailures']],
    ['one that waits for its time', aRotation(new RotationError('previous-key-active', 'wait')), []],
    [
      'an issuance that is over',
      somePublishing([anIssuedChange]),
      ['Issuances', 'IssuancesByMechanism', 'IssuanceDuration', 'PackedPolicySize', 'EventsPublished'],
    ],
    ['an event that is not taken', somePublishing([anIssuedChange], 0), ['EventsFailed']],
    ['a row that is deleted', somePublishing([aRowChange({ before: { id: 'A' } })]), ['RowsRemoved']],
    [
      'one that expired',
      somePublishing([
        aRowChange({ before: { id: 'A', expiresAtSeconds: 1 }, atSeconds: 2, isByDynamodb: true }),
      ]),
      [],
    ],
    [
      'one that is given another time to expire',
      somePublishing([
        aRowChange({ before: { state: 'PENDING' }, after: { state: 'PENDING', expiresAtSeconds: 1 } }),
      ]),
      ['RowsRemoved'],
    ],
    [
      'one that is written anew',
      somePublishing([aRowChange({ before: { state: 'ISSUED' }, after: { state: 'PENDING' } })]),
      ['RowsRemoved'],
    ],
    [
      'one that nobody can read',
      somePublishing([aRowChange({ unreadable: ['after'], before: {}, after: {} })]),
      ['RowsUnreadable'],
    ],
    [
      'one that is none of its table',
      somePublishing([aRowChange({ table: 'controls', after: { state: 'x' } })]),
      ['RowsUnreadable'],
    ],
    [
      'a finding',
      somePublishing([aRowChange({ table: 'findings', after: aFindingRow() })]),
      ['Findings', 'CriticalFindings', 'UnauditedIssuances', 'EventsPublished'],
    ],
    [
      'one that is less',
      somePublishing([aRowChange({ table: 'findings', after: aFindingRow(aMismatch('error')) })]),
      ['Findings', 'ErrorFindings', 'EventsPublished'],
    ],
    [
      'one that is only a hint',
      somePublishing([aRowChange({ table: 'findings', after: aFindingRow(aMismatch('warning')) })]),
      ['Findings', 'EventsPublished'],
    ],
    ['a session that could not be ended', aRevocation, ['RevocationFailures']],
    ['a policy that stays on its role', aCleanUp, ['RevocationsNotCleanedUp']],
    ['a run of the reconciler', aSettlement([]), ['ReconcilerRuns', 'RowsNotReconciled']],
    ['a sweep', aSweep, ['RowsNotReconciled']],
    [
      'what it finds for the first time',
      aSettlement([
        {
          discovery: {
            ...{ id: 'missing-from-cloudtrail-A', kind: 'missing-from-cloudtrail', severity: 'error' },
            ...{ summary: 'it never came', differences: [] },
          },
          isNew: true,
        },
      ]),
      ['ErrorFindings', 'MissingFromCloudTrail', 'ReconcilerRuns', 'RowsNotReconciled'],
    ],
  ])('tell of %s', async (_what, run, expected) => {
    expect(await counted(run)).toEqual(expected);
  });

  it.each([
    ['settlement', aSettlement([])],
    ['sweep', aSweep],
  ])('count the rows that a %s could not complete', async (_what, run) => {
    expect(await metricsOf(run)).toContainEqual(
      expect.objectContaining({ name: 'RowsNotReconciled', value: 3, dimensions: {} }),
    );
  });

  it('count what was joined with the audit, and what was not', () => {
    expect(measureLine('reconciled', { joined: 7, failed: 2, foreign: 90 })).toEqual([
      { name: 'EventsJoined', value: 7 },
      { name: 'EventsNotJoined', value: 2 },
    ]);
  });

  it('count an object of the own account, and none of others', () => {
    const namesOf = (fields: object) =>
      measureLine('reconciled', { joined: 0, failed: 0, ...fields }).map(({ name }) => name);

    expect(namesOf({ isOwn: true })).toContain('OwnTrailObjects');
    expect(namesOf({ isOwn: false })).not.toContain('OwnTrailObjects');
    expect(namesOf({ source: 'eventbridge' })).not.toContain('OwnTrailObjects');
  });
});

describe('a line', () => {
  it.each(['said', 'constructor', '__proto__', 'toString'])(
    'that measures nothing is as it was: %s',
    (message) => {
      expect(measureLine(message, {})).toEqual([]);
    },
  );

  it('keeps its fields beside what it measures', () => {
    const lines: string[] = [];
    const logger = createLogger({ write: (line) => lines.push(line), now: () => nowMs, stage: 'prod' });

    logger.info('issuance', { issuanceId: 'A', state: 'DENIED', mechanism: undefined });

    expect(JSON.parse(lines[0] ?? '')).toEqual({
      ...{ timestamp: new Date(nowMs).toISOString(), level: 'INFO', message: 'issuance' },
      ...{ issuanceId: 'A', state: 'DENIED', mechanism: 'none', Issuances: 1, IssuancesByMechanism: 1 },
      _aws: { Timestamp: nowMs, CloudWatchMetrics: expect.any(Array) },
    });
  });

  it('without a stage carries none', () => {
    const lines: string[] = [];
    createLogger({ write: (line) => lines.push(line), now: () => nowMs }).info('settled');

    expect(lines.flatMap(readMetrics)).toEqual([]);
    expect(lines[0]).not.toContain('_aws');
  });
});

describe('the metrics together', () => {
  /** Whoever can choose a dimension can make the bill: each value is a metric of its own. */
  const bounded = ['function', 'code', 'state', 'mechanism', 'kind'];

  it('have bounded dimensions alone', () => {
    expect(
      Object.values(metrics)
        .flatMap(({ dimensions }) => dimensions)
        .filter((name) => !bounded.includes(name)),
    ).toEqual([]);
  });

  it('are each emitted as they are declared', async () => {
    const emitted = await everyMetric();

    expect([...new Set(emitted.map(({ name }) => name))].sort()).toEqual(Object.keys(metrics).sort());
    for (const { namespace, name, unit, dimensions } of emitted) {
      const declared = metrics[name as keyof typeof metrics];
      expect([namespace, unit, Object.keys(dimensions)]).toEqual([
        'Daypass/prod',
        declared.unit,
        declared.dimensions,
      ]);
    }
  });
});

import type { Configuration } from '../../lambda/core/configuration.ts';
import type { Intent, Issuance, Outcome } from '../../lambda/core/issuance.ts';
import { toPrincipalId } from '../../lambda/core/principal-id.ts';
import { createBrokerIdentity } from '../../lambda/core/reconciliation/broker-identity.ts';
import type { ReconciliationPorts } from '../../lambda/core/reconciliation/complete-row.ts';
import { parseTrailEvent } from '../../lambda/core/reconciliation/parse-trail-event.ts';
import { createReconcileEvent, type Reconciled } from '../../lambda/core/reconciliation/reconcile-event.ts';
import { type Settlement, settle } from '../../lambda/core/reconciliation/settle.ts';
import { toIntentDigest } from '../../lambda/core/role-session-name.ts';
import { sha256 } from '../../lambda/core/sha256.ts';
import { aConfiguration } from './a-configuration.ts';
import { anIntent, outcomes } from './an-issuance.ts';
import { aReconciliationMemory, type ReconciliationMemory } from './reconciliation-memory.ts';
import { nowMs } from './tokens.ts';
import {
  aTrailRecord,
  brokerAccount,
  issuerIdentity,
  type RawRecord,
  type RecordParts,
} from './trail-records.ts';

export const settleMinutes = 120;

const minute = 60_000;

export interface Reconciling {
  readonly memory: ReconciliationMemory;
  /** Minutes since the rows were made. */
  at(minutes: number): void;
  reconcile(record: RawRecord): Promise<Reconciled>;
  settle(): Promise<Settlement>;
  readonly failures: readonly unknown[];
}

export interface ReconcilingOptions {
  readonly configuration?: Configuration;
  readonly trailAccounts?: readonly string[];
  readonly url?: string;
  readonly otherRegions?: readonly string[];
  readonly ports?: (memory: ReconciliationMemory) => Partial<ReconciliationPorts>;
}

/** The reconciliation over stores in memory, two minutes after the rows were made. */
export function aReconciling(options: ReconcilingOptions = {}): Reconciling {
  const { configuration = aConfiguration(), trailAccounts = [brokerAccount], otherRegions = [] } = options;
  const { url } = options;
  const memory = aReconciliationMemory();
  let time = nowMs + 2 * minute;
  const failures: unknown[] = [];
  const ports = { ...memory, now: () => time, ...options.ports?.(memory) };
  const settings = {
    ...{ accountId: brokerAccount, trailAccounts: new Set(trailAccounts), settleMinutes },
    ...{ retentionDays: configuration.audit.retentionDays, otherRegions },
  };
  const broker = createBrokerIdentity({
    configuration,
    otherRegions,
    ...(url === undefined ? {} : { url }),
  });
  const reconcileEvent = createReconcileEvent({ ...ports, settings, broker });
  return {
    memory,
    failures,
    at: (minutes) => {
      time = nowMs + minutes * minute;
    },
    reconcile: (record) => {
      const parsed = parseTrailEvent(record);
      if (parsed?.event === undefined) throw new TypeError('the record is no event of STS');
      return reconcileEvent(parsed.event, 's3://trail/object.json.gz');
    },
    settle: () =>
      settle({
        ...ports,
        settings,
        limit: 100,
        hasTime: () => true,
        onFailure: (_id, error) => failures.push(error),
      }),
  };
}

/** A row whose session name speaks for it, as it is written. */
export function aRow(
  changes: Partial<Intent> = {},
  outcome: Outcome | { readonly state: 'PENDING' } = outcomes.ISSUED,
): Issuance {
  const { roleSessionName, nonce, ...intent } = anIntent({
    sessionPolicySha256: sha256(aPolicy).toString('hex'),
    ...changes,
  });
  return { ...intent, roleSessionName: `alice-${intent.id}-${toIntentDigest(intent)}`, ...outcome };
}

/** CloudTrail's record, in the broker's account, of the first hop of a row. */
export function aRecordOf(row: Issuance, parts: Partial<RecordParts> = {}): RawRecord {
  return aTrailRecord({
    eventName: 'AssumeRole',
    userIdentity: issuerIdentity,
    requestParameters: toParameters(row),
    requestId: row.stsRequestId ?? 'aaaaaaaa-0000-4000-8000-000000000001',
    ...(row.state === 'REFUSED' ? {} : { accessKeyId: row.accessKeyId ?? 'ASIASOMEKEY000000000' }),
    eventId: 'eeeeeeee-0000-4000-8000-000000000001',
    sharedEventId: 'dddddddd-0000-4000-8000-000000000001',
    ...parts,
  });
}

/** The policy whose hash the rows of these tests have. */
export const aPolicy = '{"Version":"2012-10-17","Statement":[]}';

export const toParameters = (row: Issuance): RawRecord => ({
  roleArn: row.roleArns?.[0],
  roleSessionName: row.roleSessionName,
  ...(row.sourceIdentity === undefined ? {} : { sourceIdentity: row.sourceIdentity }),
  durationSeconds: row.durationSeconds,
  policy: aPolicy,
  externalId: 'daypass-00000000000000000000000000000000',
  tags: [{ key: 'Team', value: 'payments' }],
});

/** A line of the gateway's that agrees with the row. */
export const aLineOf = (row: Issuance) => ({
  gatewayRequestId: row.gatewayRequestId,
  principalId: toPrincipalId(row.principal),
});

/** Ids of a call that is not the one of `aRecordOf`. */
export const anotherCall = {
  requestId: 'aaaaaaaa-0000-4000-8000-000000000002',
  eventId: 'eeeeeeee-0000-4000-8000-000000000002',
  sharedEventId: 'dddddddd-0000-4000-8000-000000000002',
  accessKeyId: 'ASIAROGUE00000000000',
};

/** A deployment with one row and the gateway's line of it. */
export function withRow(row = aRow(), options: ReconcilingOptions = {}) {
  const reconciling = aReconciling(options);
  reconciling.memory.add(row);
  reconciling.memory.lines.set(row.gatewayRequestId, aLineOf(row));
  return { ...reconciling, row, tracked: () => reconciling.memory.rows.get(row.id) };
}

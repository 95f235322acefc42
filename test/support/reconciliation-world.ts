import { randomUUID } from 'node:crypto';
import { decodeTime, encodeTime } from 'ulid';
import { createIssueCredentials, type IssueCredentials } from '../../lambda/core/issue-credentials.ts';
import type {
  AssumeRoleRequest,
  Credentials,
  IssuanceRecorder,
  SecurityTokenService,
  StsAnswer,
} from '../../lambda/core/ports.ts';
import { toPrincipalId } from '../../lambda/core/principal-id.ts';
import { createBrokerIdentity } from '../../lambda/core/reconciliation/broker-identity.ts';
import type { ReconciliationPorts } from '../../lambda/core/reconciliation/complete-row.ts';
import { createHearLine, type FindingLookup } from '../../lambda/core/reconciliation/hear-line.ts';
import { createReconcileEvent } from '../../lambda/core/reconciliation/reconcile-event.ts';
import {
  createReconcileRecords,
  type ReconcileRecords,
} from '../../lambda/core/reconciliation/reconcile-records.ts';
import type {
  FindingStore,
  GatewayLine,
  TrackedIssuance,
} from '../../lambda/core/reconciliation/reconciliation-ports.ts';
import { settle } from '../../lambda/core/reconciliation/settle.ts';
import { sweepPending } from '../../lambda/core/reconciliation/sweep-pending.ts';
import { aConfiguration, aProfileDocument } from './a-configuration.ts';
import { aPrincipal } from './a-principal.ts';
import { issuePorts } from './issue-ports.ts';
import {
  aTrailRecord,
  brokerAccount,
  issuerIdentity,
  type RawRecord,
  sessionIdentity,
  toRoleAccountsCopy,
} from './trail-records.ts';

/** Where rows, findings and witnesses are kept, and what only a test may do with them. */
export interface ReconciliationStores extends Omit<ReconciliationPorts, 'now'> {
  /** The world's clock from now on: a store that knows of time goes by it. */
  setClock(now: () => number): void;
  readonly findings: FindingStore & FindingLookup;
  readonly recorder: IssuanceRecorder;
  rememberLine(line: GatewayLine): Promise<void>;
  /** Changes a row's reason behind everybody's back. */
  edit(id: string): Promise<void>;
  rows(): Promise<readonly TrackedIssuance[]>;
  /** Ids of those that are open. */
  openFindings(): Promise<readonly string[]>;
  clear(): Promise<void>;
}

/** What STS does with one call, and what becomes of the answer. */
export type Fate = 'granted' | 'denied' | 'too-large' | 'throttled' | 'granted-and-lost' | 'lost';

/** Where the function dies, or waits for STS's answer while other things happen. */
export type Death = 'never' | 'before-sts' | 'after-sts' | 'waits';

/** A call of STS's that CloudTrail has, in one or two copies. */
export interface Call {
  readonly key: string;
  readonly issuanceId: string | undefined;
  readonly isGranted: boolean;
  readonly isRogue: boolean;
  /** Whether a copy shows the name of the session. */
  readonly isNamed: boolean;
}

export interface Delivery {
  readonly record: RawRecord;
  readonly call: Call;
}

const gateway = 'arn:aws:iam::222222222222:role/Gateway';
const target = 'arn:aws:iam::222222222222:role/daypass/ReadOnly';
const trailAccounts = new Set([brokerAccount, '222222222222']);
const minute = 60_000;
const settleMinutes = 120;

const configuration = aConfiguration({
  profiles: {
    single: aProfileDocument(),
    chained: aProfileDocument({ via: [gateway] }),
    forbidden: aProfileDocument({ trust: [{ Effect: 'Deny', Principal: '*' }] }),
  },
});

class Died extends Error {
  override readonly name = 'Died';
}

export type ReconciliationWorld = ReturnType<typeof aReconciliationWorld>;

/** The broker, an STS that CloudTrail watches, and the reconciliation, over stores of any kind, with a clock of its own. */
export function aReconciliationWorld(stores: ReconciliationStores) {
  let nowMs = Date.UTC(2026, 0, 1);
  let serial = 0;
  let plan: readonly Fate[] = [];
  let death: Death = 'never';
  const now = () => nowMs;
  const nextNumber = () => {
    serial += 1;
    return String(serial).padStart(8, '0');
  };
  stores.setClock(now);
  const deliveries: Delivery[] = [];
  const lines: GatewayLine[] = [];
  const failures: unknown[] = [];
  const waiting: (() => void)[] = [];
  const running = new Set<Promise<void>>();

  const emit = (record: RawRecord, roleArn: string, call: Omit<Call, 'key'>): void => {
    const key = String(record['sharedEventID']);
    deliveries.push({ record, call: { ...call, key } });
    if (call.isGranted)
      deliveries.push({ record: toRoleAccountsCopy(record, roleArn), call: { ...call, key } });
  };

  /** What STS does, and CloudTrail writes down. */
  const call = (
    request: AssumeRoleRequest,
    session: Credentials | undefined,
    fate: Fate,
    isRogue: boolean,
  ): StsAnswer => {
    const issuanceId = /[0-7][0-9A-HJKMNP-TV-Z]{25}/.exec(request.roleSessionName)?.[0];
    const [requestId, accessKeyId] = [`request-${nextNumber()}`, `ASIA${nextNumber()}`];
    const isGranted = fate === 'granted' || fate === 'granted-and-lost';
    const isLogged = isGranted || fate === 'denied' || fate === 'too-large';
    const errorCode = isGranted
      ? undefined
      : fate === 'denied'
        ? 'AccessDenied'
        : 'PackedPolicyTooLargeException';
    if (isLogged) {
      const { roleArn, roleSessionName, sourceIdentity, durationSeconds, sessionPolicy } = request;
      const record = aTrailRecord({
        eventName: 'AssumeRole',
        userIdentity:
          session === undefined
            ? issuerIdentity
            : sessionIdentity(gateway, roleSessionName, session.accessKeyId),
        recipientAccountId: session === undefined ? brokerAccount : '222222222222',
        requestParameters:
          fate === 'denied'
            ? null
            : { roleArn, roleSessionName, sourceIdentity, durationSeconds, policy: sessionPolicy },
        eventTime: `${new Date(nowMs).toISOString().slice(0, 19)}Z`,
        ...{ requestId, sharedEventId: randomUUID() },
        ...(isGranted ? { accessKeyId } : {}),
        ...(errorCode === undefined ? {} : { errorCode }),
      });
      emit(record, roleArn, {
        issuanceId,
        isGranted,
        isRogue,
        isNamed: fate !== 'denied' || session !== undefined,
      });
    }
    const failure = { requestId, errorCode: errorCode ?? fate, detail: fate };
    if (fate === 'granted') {
      const credentials = {
        accessKeyId,
        secretAccessKey: 's',
        sessionToken: 't',
        expiration: new Date(nowMs + 900_000),
      };
      return { state: 'ISSUED', requestId, credentials };
    }
    if (fate === 'denied' || fate === 'too-large') return { state: 'REFUSED', ...failure };
    if (fate === 'throttled') return { state: 'FAILED', cause: 'throttled', ...failure };
    return { state: 'UNKNOWN', errorCode: 'TimeoutError', detail: fate };
  };

  const sts: SecurityTokenService = {
    assumeRole: async (request, session) => {
      if (death === 'before-sts') throw new Died();
      // No function lives that long.
      const [id = ''] = /[0-7][0-9A-HJKMNP-TV-Z]{25}/.exec(request.roleSessionName) ?? [];
      if (nowMs - decodeTime(id) > 5 * minute) throw new Died();
      const [fate = 'granted', ...rest] = plan;
      plan = rest;
      const answer = call(request, session, fate, false);
      if (death === 'after-sts') throw new Died();
      if (death === 'waits') await new Promise<void>((resolve) => waiting.push(resolve));
      return answer;
    },
    assumeRoleWithWebIdentity: async () => Promise.reject(new Error('no profile asks for it')),
  };

  const issueCredentials: IssueCredentials = createIssueCredentials({
    ...issuePorts(configuration).ports,
    issuances: stores.recorder,
    sts,
    root: { assumeRoot: async () => Promise.reject(new Error('no profile asks for it')) },
    now,
    newId: (ms) => `${encodeTime(ms, 10)}${nextNumber().padStart(16, '0')}`,
    newNonce: randomUUID,
  });

  const ports = { ...stores, now };
  const settings = { accountId: brokerAccount, trailAccounts, settleMinutes, retentionDays: 400 };
  const reconcileRecords: ReconcileRecords = createReconcileRecords({
    reconcileEvent: createReconcileEvent({
      ...ports,
      settings,
      broker: createBrokerIdentity({ configuration }),
    }),
    findings: stores.findings,
    onFailure: (_id, error) => failures.push(error),
  });
  const bounds = {
    limit: 100,
    hasTime: () => true,
    onFailure: (_id: string, error: unknown) => failures.push(error),
  };

  const hearLine = createHearLine({
    ...{ findings: stores.findings, issuances: stores.issuances, settleMinutes, now },
    remember: stores.rememberLine,
  });

  return {
    ...{ deliveries, lines, failures },
    tell: async (line: GatewayLine) => {
      await hearLine.keep(line);
      return hearLine.compare(line);
    },
    advance: (minutes: number) => {
      nowMs += minutes * minute;
    },
    issue: async (profile: 'single' | 'chained' | 'forbidden', fates: readonly Fate[], dies: Death) => {
      [plan, death] = [fates, dies];
      const gatewayRequestId = `gateway-${nextNumber()}`;
      const principal = aPrincipal();
      lines.push({ gatewayRequestId, principalId: toPrincipalId(principal), requestTimeMs: nowMs });
      const asked = issueCredentials(
        principal,
        { profile },
        { sourceIp: '203.0.113.7', userAgent: 'test', gatewayRequestId },
      ).then(
        () => undefined,
        (error: unknown) => {
          if (error instanceof TypeError) failures.push(error);
        },
      );
      const isWaiting = waiting.length;
      const run = asked.finally(() => running.delete(run));
      running.add(run);
      // It waits at its first hop, or it ends.
      while (running.has(run) && waiting.length === isWaiting) await new Promise(setImmediate);
      death = 'never';
    },
    /** Whoever waits for STS gets its answers. */
    answer: async () => {
      while (running.size > 0) {
        for (const resolve of waiting.splice(0)) resolve();
        await new Promise(setImmediate);
      }
    },
    /** A session with the issuing role's own credentials, by whoever got hold of them. */
    steal: (roleSessionName: string): void => {
      const common = { durationSeconds: 900, sessionTags: {}, transitiveTagKeys: [], managedPolicyArns: [] };
      call(
        { ...common, roleArn: target, roleSessionName, sourceIdentity: 'okta.alice@example.com' },
        undefined,
        'granted-and-lost',
        true,
      );
    },
    deliver: (some: readonly Delivery[]) =>
      reconcileRecords(
        some.map(({ record }) => record),
        's3://trail/x',
      ),
    sweep: () => sweepPending({ ...bounds, issuances: stores.issuances, region: 'eu-west-1', now }),
    settle: () => settle({ ...ports, ...bounds, settings }),
  };
}

import { decodeTime } from 'ulid';
import type { Issuance } from '../../lambda/core/issuance.ts';
import type { IssuanceRecorder } from '../../lambda/core/ports.ts';
import type { Finding } from '../../lambda/core/reconciliation/finding.ts';
import type { FindingLookup } from '../../lambda/core/reconciliation/hear-line.ts';
import type {
  FindingStore,
  GatewayLine,
  GatewayWitnesses,
  IssuanceMatcher,
  NamelessCalls,
  TrackedIssuance,
} from '../../lambda/core/reconciliation/reconciliation-ports.ts';
import type { Sighting } from '../../lambda/core/reconciliation/sighting.ts';

export interface ReconciliationMemory {
  readonly rows: Map<string, TrackedIssuance>;
  readonly findingsById: Map<
    string,
    Pick<Finding, 'kind' | 'severity' | 'state' | 'differences' | 'event' | 'issuanceId' | 'summary'>
  >;
  readonly lines: Map<string, GatewayLine>;
  readonly calls: Map<string, Sighting>;
  readonly expected: Map<string, string>;
  readonly issuances: IssuanceMatcher;
  readonly findings: FindingStore & FindingLookup;
  readonly nameless: NamelessCalls;
  readonly witnesses: GatewayWitnesses;
  /** As the issuing functions write. */
  readonly recorder: IssuanceRecorder;
  /** Adds a row, in the index where a finished one would be. */
  add(row: Issuance, changes?: Partial<TrackedIssuance>): TrackedIssuance;
  /** `<kind> <state>`, sorted. */
  listFindings(): readonly string[];
}

/** The ports of the reconciliation, kept in memory: held to the same contract as the tables. */
export function aReconciliationMemory(): ReconciliationMemory {
  const rows = new Map<string, TrackedIssuance>();
  const findingsById: ReconciliationMemory['findingsById'] = new Map();
  const lines = new Map<string, GatewayLine>();
  const calls = new Map<string, Sighting>();
  const expected = new Map<string, string>();

  const issuances: IssuanceMatcher = {
    find: async (id) => rows.get(id),
    findByAccessKeyId: async (accessKeyId) =>
      [...rows.values()].filter((row) => row.accessKeyId === accessKeyId).at(-1),
    update: async (seen, { sightings = {}, match, closes }) => {
      const row = rows.get(seen.id);
      if (row === undefined || row.state !== seen.state || row.match !== seen.match) return false;
      const isAsSeen = Object.keys(sightings)
        .map(Number)
        .every((place) => row.sightings[place]?.eventId === seen.sightings[place]?.eventId);
      if (!isAsSeen) return false;
      rows.set(row.id, {
        ...row,
        sightings: { ...row.sightings, ...sightings },
        ...(match === undefined ? {} : { match }),
        isOpen: row.isOpen && !closes,
      });
      return true;
    },
    sweep: async ({ id }, finishedAt) => {
      const row = rows.get(id);
      if (row?.state !== 'PENDING') return false;
      rows.set(id, { ...row, state: 'UNKNOWN', finishedAt, errorCode: 'swept', isOpen: true });
      return true;
    },
    listOpen: async ({ state, beforeMs, after = '', limit }) => {
      const ids = [...rows.values()]
        .filter((row) => row.isOpen && (row.state === 'PENDING') === (state === 'PENDING'))
        .map(({ id }) => id)
        .filter((id) => decodeTime(id) < beforeMs && id > after)
        .sort();
      return { ids: ids.slice(0, limit), hasMore: ids.length > limit };
    },
  };

  return {
    ...{ rows, findingsById, lines, calls, expected, issuances },
    findings: {
      find: async (id) => findingsById.get(id),
      record: async (discovery) => {
        const before = findingsById.get(discovery.id);
        const isNew = before?.state !== 'OPEN';
        if (isNew) findingsById.set(discovery.id, { ...(before ?? discovery), state: 'OPEN' });
        return { isNew };
      },
      resolve: async (id) => {
        const finding = findingsById.get(id);
        if (finding?.state !== 'OPEN') return false;
        findingsById.set(id, { ...finding, state: 'RESOLVED' });
        return true;
      },
    },
    nameless: {
      remember: async (requestId, sighting) => {
        if (!calls.has(requestId)) calls.set(requestId, sighting);
      },
      find: async (requestId) => calls.get(requestId),
      expect: async (requestId, issuanceId) => {
        expected.set(requestId, issuanceId);
      },
      findExpecting: async (requestId) => expected.get(requestId),
    },
    recorder: {
      recordDenial: async ({ nonce, ...denial }) => {
        rows.set(denial.id, { ...denial, state: 'DENIED', sightings: {}, isOpen: false });
      },
      recordIntent: async ({ nonce, ...intent }) => {
        rows.set(intent.id, { ...intent, state: 'PENDING', sightings: {}, isOpen: true });
      },
      recordOutcome: async ({ id }, outcome) => {
        const row = rows.get(id);
        if (row?.state !== 'PENDING') throw new Error('the row is finished');
        rows.set(id, {
          ...row,
          ...outcome,
          isOpen: outcome.state !== 'FAILED' || outcome.hops !== undefined,
        });
      },
    },
    witnesses: { find: async (gatewayRequestId) => lines.get(gatewayRequestId) },
    add: (row, changes = {}) => {
      const isOpen = row.state !== 'DENIED' && (row.state !== 'FAILED' || row.hops !== undefined);
      const tracked = { ...row, sightings: {}, isOpen, ...changes };
      rows.set(row.id, tracked);
      return tracked;
    },
    listFindings: () => [...findingsById.values()].map(({ kind, state }) => `${kind} ${state}`).sort(),
  };
}

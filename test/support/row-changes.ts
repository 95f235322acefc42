import type { EventBus } from '../../lambda/core/publishing/event-bus.ts';
import type { BrokerEvent } from '../../lambda/core/publishing/event-schemas.ts';
import type { Row, RowChange } from '../../lambda/core/publishing/row-change.ts';
import { nowMs } from './tokens.ts';

/** Of an issuance, but for the changes. */
export const aRowChange = (changes: Partial<RowChange> = {}): RowChange => ({
  ...{ table: 'issuances', position: '1', key: 'a-key', isByDynamodb: false },
  ...changes,
});

const now = new Date(nowMs).toISOString();

/** As the table holds it: an issuance that nobody audited, but for the changes. */
export const aFindingRow = (changes: Row = {}): Row => ({
  ...{ id: 'unaudited-issuance-3f9a', kind: 'unaudited-issuance', severity: 'critical', state: 'OPEN' },
  summary: 'STS gave a session of which the audit has no row',
  event: { eventId: '3f9a', eventName: 'AssumeRole', region: 'eu-west-1', foundIn: 's3://trail/one.json.gz' },
  differences: [],
  ...{ createdAt: now, expiresAtSeconds: 1_800_000_000 },
  ...changes,
});

/** A third party's, as the table holds it: suspended by Alice, with canaries where nothing may pass. */
export const anIntegrationRow = (changes: Row = {}): Row => ({
  ...{ name: 'acme', version: 3, listing: 'canary' },
  integration: {
    ...{ description: 'canary', owner: 'partners@example.com', state: 'SUSPENDED' },
    roleArn: 'arn:aws:iam::444444444444:role/Reports',
    externalIds: { current: 'canary', next: 'canary', previous: [{ value: 'canary', acceptedUntil: now }] },
    ...{ trust: '["canary"]', sessionPolicy: 'canary', sessionTags: { Team: 'canary' }, jwks: 'canary' },
    verification: {
      ...{ at: now, version: 2, issuanceIds: ['canary'], result: 'FAILED', probes: [{ kind: 'canary' }] },
      findings: [
        { code: 'external-id-not-enforced', severity: 'danger', message: 'canary', remedy: 'canary' },
      ],
    },
    suspension: { at: now, by: 'okta.alice@example.com', reason: 'incident 42' },
  },
  change: {
    ...{ operation: 'suspend', at: now, nonce: 'canary', sourceIp: '203.0.113.7' },
    principal: { issuer: 'okta', subject: 'alice@example.com' },
    ...{ reason: 'incident 42', gatewayRequestId: 'JKJaXmPLvHcESHA=' },
  },
  ...changes,
});

/** Takes as many events as it is told to, of all that it is handed over. */
export function aBus({ takes = Number.POSITIVE_INFINITY }: { readonly takes?: number } = {}) {
  const events: BrokerEvent[] = [];
  let left = takes;
  const bus: EventBus = {
    put: async (offered) => {
      const taken = offered.slice(0, left);
      left -= taken.length;
      events.push(...taken);
      return taken.length === offered.length
        ? { count: taken.length }
        : { count: taken.length, failure: { errorCode: 'ThrottlingException' } };
    },
  };
  return { bus, events };
}

const byAlice = {
  by: { issuer: 'okta', subject: 'alice@example.com' },
  ...{ reason: 'incident 42', at: now, gatewayRequestId: 'JKJaXmPLvHcESHA=', nonce: 'canary' },
};

/** A profile's, as the table holds it. */
export const aSuspensionRow = (changes: Row = {}): Row => ({
  ...{ target: 'profile#prod-readonly', listing: 'canary', version: 1, state: 'SUSPENDED' },
  of: { kind: 'profile', name: 'prod-readonly' },
  history: ['canary'],
  ...byAlice,
  ...changes,
});

/** Of an issuance's session, as the table holds it. */
export const aRevocationRow = (changes: Row = {}): Row => ({
  ...{ target: 'revocation#01KDVDPJ0000000000000000A0', listing: 'canary', due: 'canary', version: 1 },
  ...{ id: '01KDVDPJ0000000000000000A0', removeAfter: now, keptUntilSeconds: 1_800_000_000 },
  scope: { kind: 'issuance', issuanceId: '01KDVDPJ0000000000000000A0' },
  policies: [
    {
      holder: { type: 'role', arn: 'arn:aws:iam::222222222222:role/daypass/ReadOnly' },
      ...{
        policyName: 'DaypassRevocation',
        ends: [{ userIds: ['canary'] }],
        removableAt: now,
        state: 'APPLIED',
      },
    },
  ],
  ...byAlice,
  ...changes,
});

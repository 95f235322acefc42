import type { BrokerIdentity } from './broker-identity.ts';
import type { ExpectedCall } from './expected-events.ts';
import type { TrackedIssuance } from './reconciliation-ports.ts';
import { isSameCall } from './same-call.ts';
import type { Sighting } from './sighting.ts';
import type { TrailEvent } from './trail-event.ts';

export const toCallIds = ({ requestId, granted }: TrailEvent) => ({
  requestId,
  accessKeyId: granted?.accessKeyId,
});

/** Whether an event is the one that a place holds, or the other account's copy of it. */
export const isSameEvent = (sighting: Sighting | undefined, event: TrailEvent): boolean =>
  sighting !== undefined &&
  (sighting.eventId === event.eventId ||
    (sighting.sharedEventId !== undefined && sighting.sharedEventId === event.sharedEventId) ||
    isSameCall(sighting, toCallIds(event)) === true);

/**
 * Which of the row's calls the event is of: by STS's own ids, else by what it asks for and who asks, and then by a copy
 * that is there. The role's account does not show who called: the copy of the caller's account does, and may come later.
 */
export function findCall(
  event: TrailEvent,
  {
    row,
    calls,
    broker,
  }: {
    readonly row: TrackedIssuance;
    readonly calls: readonly ExpectedCall[];
    readonly broker: Pick<BrokerIdentity, 'isCaller' | 'isToken'>;
  },
): ExpectedCall | undefined {
  const ids = toCallIds(event);
  const candidates = calls.filter((call) => isAlike(call, event, broker));
  return (
    calls.find((call) => isSameCall(call, ids) === true) ??
    candidates.find(({ place }) => isSameEvent(row.sightings[place], event)) ??
    candidates.find((call) => isSameCall(call, ids) === undefined) ??
    candidates[0]
  );
}

/** By operation, role and caller, as far as the event shows them. */
function isAlike(
  call: ExpectedCall,
  event: TrailEvent,
  broker: Pick<BrokerIdentity, 'isCaller' | 'isToken'>,
): boolean {
  const { eventName, requested } = event;
  if (call.eventName !== eventName) return false;
  if (requested?.roleArn !== undefined && requested.roleArn !== call.roleArn) return false;
  return isCaller(call, event, broker);
}

/** In the role's account a caller from another one is that account, and nothing more. */
function isCaller(
  { caller: expected, accounts }: ExpectedCall,
  event: TrailEvent,
  broker: Pick<BrokerIdentity, 'isCaller' | 'isToken'>,
): boolean {
  const { type, accountId, accessKeyId, sessionIssuerArn } = event.caller;
  if (expected.by === 'nobody') return true;
  if (expected.by === 'token') return broker.isToken(event);
  if (type === 'AWSAccount') return accountId === accounts[0];
  switch (expected.by) {
    case 'broker':
      return broker.isCaller(event);
    case 'session':
      return sessionIssuerArn === expected.roleArn;
    case 'key':
      return accessKeyId === expected.accessKeyId;
  }
}

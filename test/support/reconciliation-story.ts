import fc from 'fast-check';
import { toNoLineId } from '../../lambda/core/reconciliation/discoveries.ts';
import type { TrackedIssuance } from '../../lambda/core/reconciliation/reconciliation-ports.ts';
import { isSameCall } from '../../lambda/core/reconciliation/same-call.ts';
import {
  aReconciliationWorld,
  type Call,
  type Death,
  type Delivery,
  type Fate,
  type ReconciliationStores,
} from './reconciliation-world.ts';
import type { RawRecord } from './trail-records.ts';

/** One thing that happens. Numbers choose among what is there. */
export type Step =
  | {
      readonly do: 'issue';
      readonly profile: 'single' | 'chained' | 'forbidden';
      readonly fates: readonly Fate[];
      readonly dies: Death;
    }
  | { readonly do: 'steal'; readonly from: number | 'nobody' }
  | { readonly do: 'deliver' | 'lose' | 'tell' | 'mute' | 'edit'; readonly which: number }
  | { readonly do: 'advance'; readonly minutes: number }
  | { readonly do: 'answer' | 'sweep' | 'settle' };

const which = fc.nat({ max: 50 });
const fate = fc.constantFrom<Fate>(
  'granted',
  'granted',
  'denied',
  'too-large',
  'throttled',
  'granted-and-lost',
  'lost',
);
const dies = fc.constantFrom<Death>('never', 'never', 'never', 'waits', 'before-sts', 'after-sts');
const profile = fc.constantFrom('single', 'single', 'chained', 'forbidden');

export const aStory = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('issue'),
        profile,
        fates: fc.array(fate, { minLength: 2, maxLength: 2 }),
        dies,
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: fc.constant('steal'), from: fc.oneof(which, fc.constant('nobody')) }),
    },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constantFrom('deliver', 'deliver', 'tell', 'lose', 'mute', 'edit'),
        which,
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('advance'), minutes: fc.constantFrom(1, 6, 130) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('answer', 'sweep', 'settle') }) },
  ),
  { minLength: 1, maxLength: 20 },
) as fc.Arbitrary<readonly Step[]>;

/** What a story ends with: what is open, and what should be. */
export interface Ending {
  readonly rows: readonly TrackedIssuance[];
  readonly openFindings: readonly string[];
  readonly expected: readonly string[];
  /** Sets of findings of which all but one are open: nobody can say which session is the row's. */
  readonly ambiguous: readonly (readonly string[])[];
  readonly failures: readonly unknown[];
  /** Rows that are not as the truth has them. */
  readonly wrong: readonly string[];
}

/** Plays the story, brings all that was not lost, once and again, and compares what was found with what happened. */
export async function playStory(steps: readonly Step[], stores: ReconciliationStores): Promise<Ending> {
  await stores.clear();
  const world = aReconciliationWorld(stores);
  const lost = new Set<Delivery>();
  const muted = new Set<string>();
  const seen = new Set<Delivery>();
  const told = new Set<string>();
  const edited = new Set<string>();
  const pick = <Value>(values: readonly Value[], index: number): Value | undefined =>
    values[index % Math.max(1, values.length)];

  const choose = async (
    kind: 'deliver' | 'lose' | 'tell' | 'mute' | 'edit',
    index: number,
  ): Promise<void> => {
    const delivery = pick(world.deliveries, index);
    const line = pick(world.lines, index);
    if (kind === 'deliver' && delivery !== undefined && !lost.has(delivery)) {
      seen.add(delivery);
      await world.deliver([delivery]);
    }
    if (kind === 'lose' && delivery !== undefined && !seen.has(delivery)) lost.add(delivery);
    if (kind === 'tell' && line !== undefined && !muted.has(line.gatewayRequestId)) {
      told.add(line.gatewayRequestId);
      await world.tell(line);
    }
    if (kind === 'mute' && line !== undefined && !told.has(line.gatewayRequestId))
      muted.add(line.gatewayRequestId);
    if (kind !== 'edit') return;
    const row = pick(
      (await stores.rows()).filter(({ state }) => state !== 'PENDING' && state !== 'DENIED'),
      index,
    );
    if (row === undefined) return;
    edited.add(row.id);
    await stores.edit(row.id);
  };

  const take = async (step: Step): Promise<void> => {
    switch (step.do) {
      case 'issue':
        return world.issue(step.profile, step.fates, step.dies);
      case 'steal': {
        const names = (await stores.rows()).flatMap(({ roleSessionName }) => roleSessionName ?? []).sort();
        const name = step.from === 'nobody' ? undefined : pick(names, step.from);
        return world.steal(name ?? 'backdoor');
      }
      case 'advance':
        return world.advance(step.minutes);
      case 'answer':
        return world.answer();
      case 'sweep':
        await world.sweep();
        return;
      case 'settle':
        await world.settle();
        return;
      default:
        return choose(step.do, step.which);
    }
  };

  for (const step of steps) await take(step);
  await world.answer();
  world.advance(6);
  await world.sweep();
  const rest = world.deliveries.filter((delivery) => !lost.has(delivery));
  await world.deliver([...rest].reverse());
  for (const line of world.lines) if (!muted.has(line.gatewayRequestId)) await world.tell(line);
  world.advance(130);
  await world.settle();
  await world.deliver(rest);
  await world.settle();
  return judge({ stores, rest, muted, edited, deliveries: world.deliveries, failures: world.failures });
}

interface Truth {
  readonly stores: ReconciliationStores;
  readonly rest: readonly Delivery[];
  readonly muted: ReadonlySet<string>;
  readonly edited: ReadonlySet<string>;
  readonly deliveries: readonly Delivery[];
  readonly failures: readonly unknown[];
}

async function judge({ stores, rest, muted, edited, deliveries, failures }: Truth): Promise<Ending> {
  const rows = await stores.rows();
  const calls = [...new Map(rest.map(({ call }) => [call.key, call])).values()];
  const thefts = new Set(deliveries.flatMap(({ call }) => (call.isRogue ? (call.issuanceId ?? []) : [])));
  const thieves = new Set(deliveries.flatMap(({ call }) => (call.isRogue ? call.key : [])));
  const wrong: string[] = [];
  const expected: string[] = [];
  const ambiguous: string[][] = [];

  for (const { isRogue, issuanceId, key } of calls) {
    const row = rows.find(({ id }) => id === issuanceId);
    // The role's account sees nothing of who called: without a name of ours nobody can tell.
    const isSeen =
      row !== undefined || rest.some(({ record, call }) => call.key === key && !isRolesCopy(record));
    if (isRogue && isSeen && (row === undefined || !isAmbiguous(row)))
      expected.push(`unaudited-issuance-${key}`);
  }
  for (const row of rows) {
    const own = calls.filter(({ issuanceId }) => issuanceId === row.id);
    if (isAmbiguous(row) && own.some(({ isRogue }) => isRogue))
      ambiguous.push(own.filter(({ isGranted }) => isGranted).map(({ key }) => `unaudited-issuance-${key}`));
    if (edited.has(row.id) && own.some(({ isNamed }) => isNamed)) expected.push(`edited-row-${row.id}`);
    const isUnseen = hasUnseen(row, rest);
    // A theft that came while the row did not know its ids has the place of the call that never came.
    const isTaken = Object.values(row.sightings).some((seen) => thieves.has(seen?.sharedEventId ?? ''));
    if (isUnseen && !isTaken) expected.push(`missing-from-cloudtrail-${row.id}`);
    const isGiven =
      row.state === 'ISSUED' ||
      (row.state === 'UNKNOWN' && Object.values(row.sightings).some((seen) => seen?.errorCode === undefined));
    if (isGiven && muted.has(row.gatewayRequestId)) expected.push(toNoLineId(row.gatewayRequestId));
    if (row.isOpen || row.state === 'PENDING') wrong.push(`${row.id} is open`);
    const match = toMatch(row, { own, isUnseen, isEdited: edited.has(row.id) });
    if (!thefts.has(row.id) && match !== row.match)
      wrong.push(`${row.id} is ${row.state} and ${row.match}, not ${match}`);
  }
  const openFindings = await stores.openFindings();
  return { rows, openFindings, expected, ambiguous, failures, wrong };
}

const isRolesCopy = ({ userIdentity }: RawRecord): boolean =>
  (userIdentity as { readonly type?: string }).type === 'AWSAccount';

/** One that does not know its ids: which of two sessions in its name is its own, nobody can say. */
const isAmbiguous = ({ state, roleArns = [] }: TrackedIssuance): boolean =>
  state === 'UNKNOWN' && roleArns.length === 1;

/** Whether a call that STS answered has no record that came. */
function hasUnseen(row: TrackedIssuance, rest: readonly Delivery[]): boolean {
  const { state, hops = [], stsRequestId, accessKeyId } = row;
  const answered =
    state === 'ISSUED' || state === 'REFUSED' ? [{ requestId: stsRequestId, accessKeyId }] : [];
  const ids = [
    ...hops.map(({ stsRequestId: requestId, accessKeyId: given }) => ({ requestId, accessKeyId: given })),
    ...answered,
  ];
  return ids.some(
    (known) =>
      !rest.some(({ record }) => isSameCall(known, { requestId: String(record['requestID']) }) === true),
  );
}

function toMatch(
  row: TrackedIssuance,
  {
    own,
    isUnseen,
    isEdited,
  }: { readonly own: readonly Call[]; readonly isUnseen: boolean; readonly isEdited: boolean },
): TrackedIssuance['match'] {
  const { state, hops = [] } = row;
  if (state === 'DENIED' || (state === 'FAILED' && hops.length === 0)) return undefined;
  if (isUnseen) return 'MISSING';
  if (isEdited && own.some(({ isNamed }) => isNamed)) return 'MISMATCHED';
  return state === 'UNKNOWN' && !own.some(({ isNamed }) => isNamed) ? 'ABSENT' : 'MATCHED';
}

import { isDeepStrictEqual } from 'node:util';
import type { Outcome } from '../issuance.ts';
import type { FindingKind } from '../reconciliation/finding.ts';
import type { PublishedTable, Row, RowChange } from './row-change.ts';

/**
 * Names of attributes that somebody changed who was none of the broker's functions: what they wrote once they leave as it is, but for
 * the few that are there to change. The time to expire is looked at by `isExpiryChanged`.
 *
 * @param hasCopies whether the tables have copies in other regions: of two writes one stays there, and a copy may skip one in between
 * @returns none where an image cannot be read, which rings by itself
 */
export function findRewritten(change: RowChange, hasCopies: boolean): readonly string[] {
  const { table, before, after, unreadable } = change;
  if (after === undefined || unreadable !== undefined) return [];
  if (before === undefined) return findMisbegun(table, after, hasCopies);
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => name !== 'expiresAtSeconds' && !isDeepStrictEqual(before[name], after[name]),
  );
  return changed.filter((name) => !mayChange[table](name, { before, after, hasCopies }));
}

/**
 * Of a row that is new. An issuance begins as an attempt, or as a denial: what was given has another write before it. A finding is of the
 * kind that its id says: one that is less stands in the place of what is yet to be found, and keeps that from ringing.
 */
function findMisbegun(table: PublishedTable, row: Row, hasCopies: boolean): readonly string[] {
  const { id, kind, state } = row;
  switch (table) {
    case 'issuances':
      return hasCopies || state === 'PENDING' || state === 'DENIED' ? [] : ['state'];
    case 'findings':
      return [
        ...(toText(id).startsWith(`${toText(kind)}-`) ? [] : ['kind']),
        ...(isOfItsSeverity(row) ? [] : ['severity']),
      ];
    case 'integrations':
    case 'controls':
      return [];
  }
}

/** A warning wakes nobody. Of a mismatch the id says what it is. */
const isOfItsSeverity = ({ id, kind, severity }: Row): boolean =>
  kind === 'mismatch'
    ? toText(id).endsWith(`-${toText(severity)}`)
    : severity !== 'warning' || kind === 'missing-from-cloudtrail';

/** By hand an attribute can be anything, also what no text can be made of. */
const toText = (value: unknown): string => (typeof value === 'string' ? value : '');

interface Images {
  readonly before: Row;
  readonly after: Row;
  readonly hasCopies: boolean;
}

type MayChange = (name: string, images: Images) => boolean;

const mayChange: Readonly<Record<PublishedTable, MayChange>> = {
  issuances: mayIssuanceChange,
  findings: mayFindingChange,
  // Versions are only ever added.
  integrations: () => false,
  controls: mayControlChange,
};

const finishedStates = new Set<unknown>(['ISSUED', 'REFUSED', 'FAILED', 'UNKNOWN']);

/** What the outcome writes, the sweep's included, with the keys of the indexes. */
const ofOutcome: Readonly<Record<keyof Outcome | 'principalId' | 'day' | 'open', true>> = {
  ...{ state: true, finishedAt: true, stsRequestId: true, accessKeyId: true, hops: true, expiration: true },
  ...{ packedPolicySize: true, errorCode: true, detail: true, principalId: true, day: true, open: true },
};

/** CloudTrail's events, as `toSightingAttribute` names them. */
const ofTrail = /^event\d$/;

function mayIssuanceChange(name: string, { before, after }: Images): boolean {
  if (after[name] === undefined) return name === 'open' && finishedStates.has(after['state']);
  if (ofTrail.test(name)) return true;
  // What was seen is never unseen.
  if (name === 'match')
    return before['match'] === undefined || after['match'] === 'MATCHED' || after['match'] === 'MISMATCHED';
  if (before['state'] !== 'PENDING' || !finishedStates.has(after['state'])) return false;
  // While a newer version is deployed its outcomes may have more than is known here.
  return Object.hasOwn(ofOutcome, name) || before[name] === undefined;
}

const ofResolution = new Set(['state', 'resolvedAt', 'resolution', 'reopenedAt', 'nonce']);

/** What can turn out to be none after all; nobody resolves the others. */
const resolvable = new Set<unknown>([
  'unaudited-issuance',
  'missing-from-cloudtrail',
  'no-access-log-line',
] satisfies readonly FindingKind[]);

function mayFindingChange(name: string, { before, after }: Images): boolean {
  if (!ofResolution.has(name) || before['state'] === after['state']) return false;
  return after['state'] === 'OPEN' || resolvable.has(after['kind']);
}

/** Each write is a version, and has a nonce of its own. */
function mayControlChange(_name: string, { before, after, hasCopies }: Images): boolean {
  if (before['nonce'] === after['nonce']) return false;
  const { version } = before;
  return hasCopies || (typeof version === 'number' && after['version'] === version + 1);
}

import type { Row, RowChange } from './row-change.ts';

/**
 * Whether a row went because its time was over. Only of what may go so: an integration and a suspension stay for good, and so does a
 * revocation whose policies stand on roles.
 *
 * @param hasCopies whether the tables have copies in other regions: a deletion that comes from there does not say that it was DynamoDB's own
 */
export function hasExpired(change: RowChange, hasCopies: boolean): boolean {
  const { before, after, atSeconds, isByDynamodb } = change;
  if (after !== undefined || !mayExpire(change, before)) return false;
  if (before === undefined) return isByDynamodb;
  // Also where DynamoDB did it: a table can be told to go by another attribute.
  return (isByDynamodb || hasCopies) && isDue(before, atSeconds);
}

/**
 * Whether somebody gave a row another time to go, or one at all, and was none of the broker's functions: they set it once, and of a
 * revocation with each write, whose nonce is new.
 */
export function isExpiryChanged(change: RowChange): boolean {
  const { table, before, after } = change;
  const expires = after?.['expiresAtSeconds'];
  if (after === undefined || expires === before?.['expiresAtSeconds']) return false;
  if (expires !== undefined && !mayExpire(change, after)) return true;
  if (before === undefined) return false;
  if (table !== 'controls' || before['nonce'] === after['nonce']) return true;
  return expires !== undefined && expires !== after['keptUntilSeconds'];
}

function mayExpire({ table, key }: RowChange, row: Row | undefined): boolean {
  switch (table) {
    case 'issuances':
    case 'findings':
      return true;
    case 'controls':
      return key.startsWith('revocation#') && !mayStandOnRoles(row);
    case 'integrations':
      return false;
  }
}

/** The schedule, which takes policies off again, knows of them by the row alone. */
function mayStandOnRoles(row: Row | undefined): boolean {
  const policies: unknown = row?.['policies'];
  return (
    Array.isArray(policies) &&
    policies.some((policy: unknown) => ['APPLYING', 'APPLIED'].includes(Object(policy).state))
  );
}

const isDue = (before: Row, atSeconds: number | undefined): boolean => {
  const dueAtSeconds = before['expiresAtSeconds'];
  return typeof dueAtSeconds === 'number' && atSeconds !== undefined && dueAtSeconds <= atSeconds;
};

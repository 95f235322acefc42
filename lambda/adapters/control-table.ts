/**
 * The control table: one item for each thing that is or was suspended, and one for each revocation. The stack, the
 * embedded DynamoDB and the adapters are made from this.
 */
export const controlTable = {
  /** `everything`, `principal#<digest>`, `profile#<name>`, `issuer#<name>`, `integration#<name>`, or `revocation#<id>`. */
  partitionKey: 'target',
  /** Epoch seconds, of revocations alone: what is suspended stays so. DynamoDB deletes expired items late. */
  timeToLiveAttribute: 'expiresAtSeconds',
  indexes: {
    /** `listing` is `suspensions` or `revocations`. */
    listing: { partitionKey: 'listing', sortKey: 'target', projection: 'ALL' },
    /** Sparse: revocations whose policies have to be taken off again, from `removeAfter` on. */
    due: { partitionKey: 'due', sortKey: 'removeAfter', projection: 'ALL' },
  },
} as const;

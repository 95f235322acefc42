/**
 * The integration table: one item a version, and one for each ExternalId that was ever taken. The stack, the embedded
 * DynamoDB and the adapters are made from this. Items are only added: each write has the condition that there is none,
 * and no function may delete.
 */
export const integrationTable = {
  /** The integration's name, or `external-id#<SHA-256 in hexadecimal>`: names hold no `#`. */
  partitionKey: 'name',
  /** A number: from 1, and 0 of an ExternalId. */
  sortKey: 'version',
  indexes: {
    /** Sparse: `listing` stands in the first version alone, so that each integration is listed once. */
    listing: { partitionKey: 'listing', sortKey: 'name', projection: 'KEYS_ONLY' },
  },
} as const;

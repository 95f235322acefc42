/** The issuance table: one item an issuance. The stack, the embedded DynamoDB and the adapters are made from this. */
export const issuanceTable = {
  partitionKey: 'id',
  /** Epoch seconds; DynamoDB deletes expired items late, so readers ignore them too. */
  timeToLiveAttribute: 'expiresAtSeconds',
  indexes: {
    /** `principalId` is the source identity's form of issuer and subject: no two principals share one. */
    byPrincipal: { partitionKey: 'principalId', sortKey: 'id', projection: 'ALL' },
    byAccessKeyId: { partitionKey: 'accessKeyId', sortKey: 'id', projection: 'ALL' },
    /** `day` is `2026-11-21#07`: UTC day and one of `dayShards` shards. */
    byDay: { partitionKey: 'day', sortKey: 'id', projection: 'ALL' },
    /** Sparse: `PENDING#<shard>` from the intent, `UNMATCHED#<shard>` from the outcome, gone with the CloudTrail match. */
    open: { partitionKey: 'open', sortKey: 'id', projection: 'KEYS_ONLY' },
  },
} as const;

export type IssuanceIndex = keyof typeof issuanceTable.indexes;

/** Spreads a day's rows, so that no single index partition is hot. */
export const dayShards = 16;

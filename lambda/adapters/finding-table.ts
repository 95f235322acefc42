/** The table of findings: one item for each thing that was found. The stack, the embedded DynamoDB and the adapters are made from this. */
export const findingTable = {
  /** `<kind>-<what it is about>`: who finds the same again names the same. */
  partitionKey: 'id',
  /** Epoch seconds; DynamoDB deletes expired items late, so readers ignore them too. */
  timeToLiveAttribute: 'expiresAtSeconds',
  indexes: {
    /** `day` is the UTC day on which it was found first; `place` is the instant and the id: it sorts by time. */
    byDay: { partitionKey: 'day', sortKey: 'place', projection: 'ALL' },
  },
} as const;

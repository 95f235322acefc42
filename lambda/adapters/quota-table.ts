/** The table that counts attempts: one item for each principal and minute in which it made any. */
export const quotaTable = {
  /** `<principalId>#<epoch minute>`. */
  partitionKey: 'id',
  /** Epoch seconds; what DynamoDB deletes late is of a minute that nobody counts in any more. */
  timeToLiveAttribute: 'expiresAtSeconds',
} as const;

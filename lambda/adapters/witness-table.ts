/**
 * The table of witnesses: what others saw, kept for some days until an issuance is compared with it. The stack, the
 * embedded DynamoDB and the adapters are made from this.
 */
export const witnessTable = {
  /** `gateway#<gateway request id>`: a line of the access log. `sts#<request id>`: a call of STS that names no issuance. `sts-expected#<request id>`: the issuance that misses it. */
  partitionKey: 'id',
  /** Epoch seconds. */
  timeToLiveAttribute: 'expiresAtSeconds',
} as const;

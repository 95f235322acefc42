/** The table of proofs that had their one effect: one item a proof, for as long as the proof could be shown again. */
export const proofTable = {
  /** A digest: `SingleUseProof.id`. */
  partitionKey: 'id',
  /** Epoch seconds; DynamoDB deletes expired items late, and until then an expired proof is refused for its age. */
  timeToLiveAttribute: 'expiresAtSeconds',
} as const;

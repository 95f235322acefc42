import { deflateRawSync } from 'node:zlib';

/** What a session is given that STS packs. */
export interface PackedContent {
  readonly policy?: string;
  readonly policyArns: readonly string[];
  readonly tags: ReadonlyMap<string, string>;
}

/**
 * Bytes of tags that fill the space. AWS publishes no formula; this one is fitted to sizes that users report: nine tags
 * of 2 + 250 characters are 498 % (configure-aws-credentials #1898), the six tags of EKS Pod Identity 74 %
 * (containers-roadmap #2413).
 */
const tagBytes = 462;
/** Bytes of compressed policy that fill the space: a guess, chosen so that a varied policy of 2048 characters can be too large. */
const policyBytes = 1024;
/** What a tag takes beside its key and value. */
const tagOverheadBytes = 4;

/**
 * Percent of STS's space that policies and tags would take; `undefined` when there are none. An estimate: what it
 * really is only STS knows, and says with the credentials. Never decide by it.
 */
export function estimatePackedSize({ policy, policyArns, tags }: PackedContent): number | undefined {
  const policies = [...(policy === undefined ? [] : [policy]), ...policyArns];
  if (policies.length === 0 && tags.size === 0) return undefined;
  const packedTags = [...tags].reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value) + tagOverheadBytes,
    0,
  );
  const packedPolicies = policies.length === 0 ? 0 : deflateRawSync(policies.join('\n')).length;
  return Math.ceil(100 * (packedTags / tagBytes + packedPolicies / policyBytes));
}

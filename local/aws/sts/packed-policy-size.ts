import { deflateRawSync } from 'node:zlib';
import { AwsError } from '../aws-error.ts';

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
 * Percent of the space that policies and tags take, as AssumeRole answers it; `undefined` when there are none.
 * @throws AwsError PackedPolicyTooLarge above 100.
 */
export function toPackedPolicySize(content: PackedContent): number | undefined {
  const { policy, policyArns, tags } = content;
  const policies = [...(policy === undefined ? [] : [policy]), ...policyArns];
  if (policies.length === 0 && tags.size === 0) return undefined;
  const packedTags = [...tags].reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value) + tagOverheadBytes,
    0,
  );
  const packedPolicies = policies.length === 0 ? 0 : deflateRawSync(policies.join('\n')).length;
  const percent = Math.ceil(100 * (packedTags / tagBytes + packedPolicies / policyBytes));
  if (percent > 100) {
    const message =
      policies.length === 0
        ? `Packed size of session tags consumes ${percent}% of allotted space.`
        : `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`;
    throw new AwsError('PackedPolicyTooLarge', 400, message);
  }
  return percent;
}

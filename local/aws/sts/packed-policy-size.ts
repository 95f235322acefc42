import { estimatePackedSize, type PackedContent } from '../../../lambda/core/estimate-packed-size.ts';
import { AwsError } from '../aws-error.ts';

/**
 * Percent of the space that policies and tags take, as AssumeRole answers it; `undefined` when there are none.
 * @throws AwsError PackedPolicyTooLarge above 100.
 */
export function toPackedPolicySize(content: PackedContent): number | undefined {
  const percent = estimatePackedSize(content);
  if (percent !== undefined && percent > 100) {
    const message =
      content.policy === undefined && content.policyArns.length === 0
        ? `Packed size of session tags consumes ${percent}% of allotted space.`
        : `Packed policy consumes ${percent}% of allotted space, please use smaller policy.`;
    throw new AwsError('PackedPolicyTooLarge', 400, message);
  }
  return percent;
}

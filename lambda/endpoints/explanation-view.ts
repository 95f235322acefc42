import type { AllowExplanation } from '../core/explain-decision.ts';
import { stsLimits } from '../core/sts-limits.ts';

/** @param asked what was asked for, by its name */
export function toAllowView(
  { intent, ...explanation }: AllowExplanation,
  asked: { readonly profile: string } | { readonly integration: string },
): object {
  const {
    mechanism,
    enforcement = 'enforced',
    statement,
    roleArns,
    sessionTags,
    transitiveTagKeys,
    sourceIdentity,
    targetPrincipal,
    taskPolicyArn,
  } = intent;
  const { duration, sessionPolicy, policyCharacters, estimatedPackedSize } = explanation;
  return {
    effect: 'Allow',
    ...asked,
    mechanism,
    enforcement,
    statement,
    roleArns,
    ...(targetPrincipal === undefined ? {} : { targetPrincipal }),
    ...(taskPolicyArn === undefined ? {} : { taskPolicyArn }),
    duration,
    sessionTags,
    transitiveTagKeys,
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
    ...(sessionPolicy === undefined ? {} : { sessionPolicy: JSON.parse(sessionPolicy) }),
    managedPolicyArns: intent.managedPolicyArns,
    policySize: {
      characters: policyCharacters,
      maximumCharacters: stsLimits.maxPolicyCharacters,
      ...(estimatedPackedSize === undefined ? {} : { estimatedPackedPercent: estimatedPackedSize }),
    },
  };
}

import type { Configuration } from '../core/configuration.ts';
import type { BrokerError } from '../core/errors.ts';
import type { AllowExplanation, DenyReasons } from '../core/explain-decision.ts';
import { stsLimits } from '../core/sts-limits.ts';

type Asked = { readonly profile: string } | { readonly integration: string };

/** @param asked what was asked for, by its name */
export function toAllowView({ intent, ...explanation }: AllowExplanation, asked: Asked): object {
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

/** Whom a refused caller asks: the deployment's, because another's would tell that there is what was asked for. */
export type Contact = Pick<Configuration, 'owner' | 'requestAccessUrl'>;

/** The caller's own error where it may know one; to everybody else every denial reads the same. */
export function toDenyView(
  { error, reserved }: { readonly error?: BrokerError; readonly reserved?: DenyReasons },
  { asked, message, contact }: { readonly asked: Asked; readonly message: string; readonly contact: Contact },
): object {
  const { owner, requestAccessUrl } = contact;
  const told =
    error === undefined
      ? {
          ...{ code: 'access-denied', message, owner },
          ...(requestAccessUrl === undefined ? {} : { requestAccessUrl }),
        }
      : { code: error.code, message: error.message, ...error.extensions };
  return { effect: 'Deny', ...asked, ...told, ...reserved };
}

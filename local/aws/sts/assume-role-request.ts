import { AwsError } from '../aws-error.ts';
import {
  checkCount,
  checkText,
  requireNoProblems,
  type TextConstraint,
  validationError,
} from './constraints.ts';
import { type MfaParameters, readMfaParameters } from './mfa-parameters.ts';
import { members, type Parameters } from './query-protocol.ts';
import {
  arnText,
  maximumTags,
  namePattern,
  readSessionParameters,
  type SessionParameters,
  tagKeyConstraint,
  toSessionParameters,
} from './session-parameters.ts';

/** Without a duration it's 3600 seconds. */
export interface AssumeRoleRequest extends SessionParameters, MfaParameters {
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly externalId?: string;
  readonly sourceIdentity?: string;
  readonly transitiveTagKeys: readonly string[];
}

export const roleSessionNameConstraint = {
  required: true,
  minLength: 2,
  maxLength: 64,
  pattern: namePattern,
} as const satisfies TextConstraint;

/** Source: STS API reference, AssumeRole; the limits of what can be packed are checked after these. */
const constraints = {
  roleArn: { ...arnText, required: true },
  roleSessionName: roleSessionNameConstraint,
  externalId: {
    minLength: 2,
    maxLength: 1224,
    pattern: { test: /^[\w+=,.@:/-]*$/, shown: '[\\w+=,.@:\\/-]*' },
  },
  sourceIdentity: { minLength: 2, maxLength: 64, pattern: namePattern },
} as const satisfies Record<string, TextConstraint>;

const maximumSeconds = 43_200;

/**
 * @throws AwsError ValidationError with all that's out of its limits, MalformedInput for a duration that's no number,
 * MalformedPolicyDocument, InvalidParameterValue for tags that contradict each other.
 */
export function parseAssumeRoleRequest(parameters: Parameters): AssumeRoleRequest {
  const text = {
    roleArn: parameters.get('RoleArn'),
    roleSessionName: parameters.get('RoleSessionName'),
    externalId: parameters.get('ExternalId'),
    sourceIdentity: parameters.get('SourceIdentity'),
  };
  const { problems: mfaProblems, ...mfa } = readMfaParameters(parameters);
  const session = readSessionParameters(parameters, maximumSeconds);
  const transitiveTagKeys = members(parameters, 'TransitiveTagKeys');
  requireNoProblems([
    ...fieldNames.flatMap((name) => checkText(name, text[name], constraints[name])),
    ...mfaProblems,
    ...session.problems,
    ...checkCount('transitiveTagKeys', transitiveTagKeys.length, maximumTags),
    ...transitiveTagKeys.flatMap((key, index) =>
      checkText(`transitiveTagKeys.${index + 1}.member`, key, tagKeyConstraint),
    ),
  ]);
  if (parameters.has('ProvidedContexts.member.1.ProviderArn')) {
    throw new AwsError('NotImplemented', 501, 'ProvidedContexts cannot be evaluated by the embedded AWS');
  }
  const { roleArn = '', roleSessionName = '', externalId, sourceIdentity } = text;
  requireRoleArn(roleArn);
  return {
    ...toSessionParameters(session, transitiveTagKeys),
    ...mfa,
    roleArn,
    roleSessionName,
    transitiveTagKeys,
    ...(externalId === undefined ? {} : { externalId }),
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
  };
}

const fieldNames = ['roleArn', 'roleSessionName', 'externalId', 'sourceIdentity'] as const;

/** @throws AwsError ValidationError for what is within the limits of an ARN, and no role's. */
export function requireRoleArn(roleArn: string): void {
  if (!roleArn.startsWith('arn:')) throw validationError(`${roleArn} is invalid`);
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/[!-~]+$/.test(roleArn)) {
    throw validationError('Request ARN is invalid');
  }
}

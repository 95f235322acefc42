import {
  compilePolicy,
  identityPolicyGrammar,
  PolicyError,
} from '../../../lambda/core/policy/compile-policy.ts';
import { AwsError } from '../aws-error.ts';
import {
  checkCount,
  checkNumber,
  checkText,
  requireNoProblems,
  type TextConstraint,
  validationError,
} from './constraints.ts';
import { memberFields, members, type Parameters } from './query-protocol.ts';

export interface AssumeRoleRequest {
  readonly roleArn: string;
  readonly roleSessionName: string;
  /** `undefined` when absent: then it's 3600. */
  readonly durationSeconds?: number;
  readonly externalId?: string;
  readonly sourceIdentity?: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly transitiveTagKeys: readonly string[];
  readonly policy?: string;
  readonly policyArns: readonly string[];
  readonly serialNumber?: string;
  readonly tokenCode?: string;
}

const arnText: TextConstraint = {
  minLength: 20,
  maxLength: 2048,
  pattern: {
    test: /^[\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd]+$/,
    shown: '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+',
  },
};
const namePattern = { test: /^[\w+=,.@-]*$/, shown: '[\\w+=,.@-]*' };
const tagPattern = '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]';

/** Source: STS API reference, AssumeRole; the limits of what can be packed are checked after these. */
const constraints = {
  roleArn: { ...arnText, required: true },
  roleSessionName: { required: true, minLength: 2, maxLength: 64, pattern: namePattern },
  externalId: {
    minLength: 2,
    maxLength: 1224,
    pattern: { test: /^[\w+=,.@:/-]*$/, shown: '[\\w+=,.@:\\/-]*' },
  },
  sourceIdentity: { minLength: 2, maxLength: 64, pattern: namePattern },
  serialNumber: {
    minLength: 9,
    maxLength: 256,
    pattern: { test: /^[\w+=/:,.@-]*$/, shown: '[\\w+=/:,.@-]*' },
  },
  tokenCode: { minLength: 6, maxLength: 6, pattern: { test: /^\d*$/, shown: '[\\d]*' } },
  policy: { minLength: 1, maxLength: 2048 },
  tagKey: {
    required: true,
    minLength: 1,
    maxLength: 128,
    pattern: { test: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u, shown: `${tagPattern}+` },
  },
  tagValue: {
    required: true,
    minLength: 0,
    maxLength: 256,
    pattern: { test: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u, shown: `${tagPattern}*` },
  },
} as const satisfies Record<string, TextConstraint>;

const maximumTags = 50;
const maximumPolicyArns = 10;
const maximumPolicyCharacters = 2048;

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
    serialNumber: parameters.get('SerialNumber'),
    tokenCode: parameters.get('TokenCode'),
    policy: parameters.get('Policy'),
  };
  const tags = memberFields(parameters, 'Tags', ['Key', 'Value']);
  const transitiveTagKeys = members(parameters, 'TransitiveTagKeys');
  const policyArns = memberFields(parameters, 'PolicyArns', ['arn']).map(({ arn }) => arn ?? '');
  const duration = parseDuration(parameters.get('DurationSeconds'));
  requireNoProblems([
    ...fieldNames.flatMap((name) => checkText(name, text[name], constraints[name])),
    ...(duration === undefined ? [] : checkNumber('durationSeconds', duration, 900, 43_200)),
    ...checkCount('tags', tags.length, maximumTags),
    ...tags.flatMap(({ Key, Value }, index) => [
      ...checkText(`tags.${index + 1}.member.key`, Key, constraints.tagKey),
      ...checkText(`tags.${index + 1}.member.value`, Value, constraints.tagValue),
    ]),
    ...checkCount('transitiveTagKeys', transitiveTagKeys.length, maximumTags),
    ...transitiveTagKeys.flatMap((key, index) =>
      checkText(`transitiveTagKeys.${index + 1}.member`, key, constraints.tagKey),
    ),
    ...checkCount('policyArns', policyArns.length, maximumPolicyArns),
    ...policyArns.flatMap((arn, index) =>
      checkText(`policyArns.${index + 1}.member.arn`, arn, { ...arnText, required: true }),
    ),
  ]);
  if (parameters.has('ProvidedContexts.member.1.ProviderArn')) {
    throw new AwsError('NotImplemented', 501, 'ProvidedContexts cannot be evaluated by the embedded AWS');
  }
  const { roleArn = '', roleSessionName = '', ...optional } = text;
  requireRoleArn(roleArn);
  requireTags(tags, transitiveTagKeys);
  requirePolicies(text.policy, policyArns);
  return {
    roleArn,
    roleSessionName,
    tags: new Map(tags.map(({ Key = '', Value = '' }) => [Key, Value])),
    transitiveTagKeys,
    policyArns,
    ...(duration === undefined ? {} : { durationSeconds: duration }),
    ...withoutUndefined(optional),
  };
}

const fieldNames = [
  'roleArn',
  'roleSessionName',
  'externalId',
  'sourceIdentity',
  'serialNumber',
  'tokenCode',
  'policy',
] as const;

/** A signed 32-bit integer: one out of STS's range is a validation error, anything else is no input at all. */
function parseDuration(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text === '') throw new AwsError('MalformedInput', 400, 'missing value for decimal type');
  const value = /^[+-]?\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= -(2 ** 31) && value < 2 ** 31)) throw new AwsError('MalformedInput', 400, '');
  return value;
}

function requireRoleArn(roleArn: string): void {
  if (!roleArn.startsWith('arn:')) throw validationError(`${roleArn} is invalid`);
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/[!-~]+$/.test(roleArn)) {
    throw validationError('Request ARN is invalid');
  }
}

function requireTags(tags: readonly { readonly Key?: string }[], transitiveTagKeys: readonly string[]): void {
  const keys = tags.map(({ Key = '' }) => Key.toLowerCase());
  if (new Set(keys).size < keys.length) {
    throw invalidValue('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  if ([...keys, ...transitiveTagKeys.map((key) => key.toLowerCase())].some((key) => key.startsWith('aws:'))) {
    throw invalidValue('Tag keys that begin with aws: are reserved for system use');
  }
  if (transitiveTagKeys.some((key) => !keys.includes(key.toLowerCase()))) {
    throw invalidValue('The specified transitive tag key must be included in the requested tags.');
  }
}

function requirePolicies(policy: string | undefined, policyArns: readonly string[]): void {
  const characters = [policy ?? '', ...policyArns].reduce((sum, text) => sum + [...text].length, 0);
  if (characters > maximumPolicyCharacters) {
    throw validationError(
      `The inline and managed session policies are ${characters} characters together; at most ${maximumPolicyCharacters} are allowed`,
    );
  }
  if (policy !== undefined) requirePolicyDocument(policy);
}

function requirePolicyDocument(policy: string): void {
  try {
    compilePolicy(JSON.parse(policy), identityPolicyGrammar);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw new AwsError('MalformedPolicyDocument', 400, 'The policy is not in the valid JSON format.');
    }
    if (error instanceof PolicyError) {
      const where = error.problems.map(({ path, allowed }) => `${path.join('.')}: ${allowed}`).join('; ');
      throw new AwsError('MalformedPolicyDocument', 400, `Syntax errors in policy. ${where}`);
    }
    throw error;
  }
}

export const invalidValue = (message: string): AwsError =>
  new AwsError('InvalidParameterValue', 400, message);

type Defined<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}

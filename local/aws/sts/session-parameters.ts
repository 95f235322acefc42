import {
  compilePolicy,
  identityPolicyGrammar,
  PolicyError,
} from '../../../lambda/core/policy/compile-policy.ts';
import { AwsError } from '../aws-error.ts';
import { checkCount, checkNumber, checkText, type TextConstraint, validationError } from './constraints.ts';
import { memberFields, type Parameters } from './query-protocol.ts';

/**
 * What the operations that make sessions have in common, with the same limits in all of them.
 * Source: STS API reference, AssumeRole and GetFederationToken.
 */
export interface SessionParameters {
  /** `undefined` when absent: then it's the operation's default. */
  readonly durationSeconds?: number;
  readonly policy?: string;
  readonly policyArns: readonly string[];
  readonly tags: ReadonlyMap<string, string>;
}

/** As sent, with what is out of its limits; nothing is thrown yet, because STS lists an operation's problems together. */
export interface ReadSessionParameters {
  readonly problems: readonly string[];
  readonly durationSeconds: number | undefined;
  readonly policy: string | undefined;
  readonly policyArns: readonly string[];
  readonly tags: readonly { readonly Key?: string; readonly Value?: string }[];
}

export const arnText: TextConstraint = {
  minLength: 20,
  maxLength: 2048,
  pattern: {
    test: /^[\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd]+$/,
    shown: '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD\\u10000-\\u10FFFF]+',
  },
};

/** Of session names, federated users' names and source identities. */
export const namePattern = { test: /^[\w+=,.@-]*$/, shown: '[\\w+=,.@-]*' };

const tagPattern = '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]';

export const tagKeyConstraint: TextConstraint = {
  required: true,
  minLength: 1,
  maxLength: 128,
  pattern: { test: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u, shown: `${tagPattern}+` },
};

export const tagValueConstraint: TextConstraint = {
  required: true,
  minLength: 0,
  maxLength: 256,
  pattern: { test: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u, shown: `${tagPattern}*` },
};

const policyConstraint: TextConstraint = {
  minLength: 1,
  maxLength: 2048,
  pattern: { test: /^[\t\n\r\x20-\xff]*$/, shown: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+' },
};

export const maximumTags = 50;
const maximumPolicyArns = 10;
const maximumPolicyCharacters = 2048;

/**
 * @param maximumSeconds of the operation; the least is 900 in all of them.
 * @throws AwsError MalformedInput for a duration that's no number.
 */
export function readSessionParameters(parameters: Parameters, maximumSeconds: number): ReadSessionParameters {
  const policy = parameters.get('Policy');
  const tags = memberFields(parameters, 'Tags', ['Key', 'Value']);
  const policyArns = memberFields(parameters, 'PolicyArns', ['arn']).map(({ arn }) => arn ?? '');
  const durationSeconds = parseDuration(parameters.get('DurationSeconds'));
  const problems = [
    ...checkText('policy', policy, policyConstraint),
    ...checkDuration(durationSeconds, maximumSeconds),
    ...checkCount('tags', tags.length, maximumTags),
    ...tags.flatMap(({ Key, Value }, index) => [
      ...checkText(`tags.${index + 1}.member.key`, Key, tagKeyConstraint),
      ...checkText(`tags.${index + 1}.member.value`, Value, tagValueConstraint),
    ]),
    ...checkCount('policyArns', policyArns.length, maximumPolicyArns),
    ...policyArns.flatMap((arn, index) =>
      checkText(`policyArns.${index + 1}.member.arn`, arn, { ...arnText, required: true }),
    ),
  ];
  return { problems, durationSeconds, policy, policyArns, tags };
}

export const checkTags = (tags: ReadSessionParameters['tags']): readonly string[] => [
  ...checkCount('tags', tags.length, maximumTags),
  ...tags.flatMap(({ Key, Value }, index) => [
    ...checkText(`tags.${index + 1}.member.key`, Key, tagKeyConstraint),
    ...checkText(`tags.${index + 1}.member.value`, Value, tagValueConstraint),
  ]),
];

export const checkDuration = (seconds: number | undefined, maximumSeconds: number): readonly string[] =>
  seconds === undefined ? [] : checkNumber('durationSeconds', seconds, 900, maximumSeconds);

/**
 * What limits alone don't show.
 * @throws AwsError ValidationError for policies that are too long together, MalformedPolicyDocument,
 * InvalidParameterValue for tags that contradict each other.
 */
export function toSessionParameters(
  { durationSeconds, policy, policyArns, tags }: ReadSessionParameters,
  transitiveTagKeys: readonly string[] = [],
): SessionParameters {
  requireTags(tags, transitiveTagKeys);
  requirePolicies(policy, policyArns);
  return {
    tags: new Map(tags.map(({ Key = '', Value = '' }) => [Key, Value])),
    policyArns,
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
    ...(policy === undefined ? {} : { policy }),
  };
}

/** A signed 32-bit integer: one out of STS's range is a validation error, anything else is no input at all. */
export function parseDuration(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text === '') throw new AwsError('MalformedInput', 400, 'missing value for decimal type');
  const value = /^[+-]?\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= -(2 ** 31) && value < 2 ** 31)) throw new AwsError('MalformedInput', 400, '');
  return value;
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

/** @throws AwsError InvalidParameterValue for the ARN of a policy that isn't there. */
export function requireKnownPolicies(
  policyArns: readonly string[],
  managedPolicies: ReadonlyMap<string, unknown>,
): void {
  const unknown = policyArns.find((arn) => !managedPolicies.has(arn));
  if (unknown !== undefined) throw invalidValue(`Policy ${unknown} does not exist or is not attachable.`);
}

export const invalidValue = (message: string): AwsError =>
  new AwsError('InvalidParameterValue', 400, message);

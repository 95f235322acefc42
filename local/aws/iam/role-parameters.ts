import {
  checkNumber,
  checkText,
  requireNoProblems,
  type TextConstraint,
  validationError,
} from '../sts/constraints.ts';
import type { Parameters } from '../sts/query-protocol.ts';

/** The limits of IAM's service model. */
export const policyDocument: TextConstraint = {
  required: true,
  minLength: 1,
  maxLength: 131_072,
  pattern: { test: /^[\t\n\r\u0020-\u00ff]+$/, shown: '[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+' },
};

const description: TextConstraint = {
  minLength: 0,
  maxLength: 1000,
  pattern: {
    test: /^[\t\n\r\u0020-\u007e\u00a1-\u00ff]*$/,
    shown: '[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*',
  },
};

/** What CreateRole and UpdateRole have in common: what is wrong with it. */
export const checkRoleParameters = (parameters: Parameters): readonly string[] => [
  ...checkText('description', parameters.get('Description'), description),
  ...(parameters.has('MaxSessionDuration')
    ? checkNumber('maxSessionDuration', toInteger(parameters.get('MaxSessionDuration') ?? ''), 3600, 43_200)
    : []),
];

/** @throws AwsError ValidationError */
export function requireRoleParameters(parameters: Parameters, further: readonly string[] = []): void {
  requireNoProblems([...further, ...checkRoleParameters(parameters)]);
}

/** Seconds; `undefined` when the call doesn't say. */
export const toMaxSessionDuration = (parameters: Parameters): number | undefined =>
  parameters.has('MaxSessionDuration') ? Number(parameters.get('MaxSessionDuration')) : undefined;

function toInteger(text: string): number {
  if (/^-?\d{1,10}$/.test(text)) return Number(text);
  throw validationError(
    `1 validation error detected: '${text.slice(0, 64)}' at 'maxSessionDuration' is no integer`,
  );
}

import type { Policy } from '../../../lambda/core/policy/policy.ts';
import { AwsError } from '../aws-error.ts';
import type { Caller } from '../caller.ts';
import { decideCall, toFullDeniedMessage } from '../decide-call.ts';
import type { ContextEntries } from '../principal-context.ts';
import type { KmsInput } from './operations.ts';

export interface KmsCall {
  readonly caller: Caller;
  readonly region: string;
  readonly sourceIp: string;
  readonly nowMs: number;
  readonly operation: string;
  readonly input: KmsInput;
  readonly keyArn: string;
  /** `undefined` where there is no such key: then its account's own policies say whether the caller may know. */
  readonly keyPolicy: Policy | undefined;
}

/**
 * Lets a call through when the key's policy lets the account use it, and the caller's policies the caller.
 * @throws AwsError AccessDeniedException
 */
export function authorizeKms(call: KmsCall): void {
  const { operation, keyArn, keyPolicy } = call;
  const action = `kms:${operation}`;
  const resourceAccountId = keyArn.split(':')[4] ?? '';
  const access = { action, resource: keyArn, context: toKmsContext(call), resourceAccountId };
  const outcome = decideCall(call, { ...access, resourcePolicy: keyPolicy });
  if (outcome.effect === 'Allow') return;
  const message = toFullDeniedMessage(call, { action, resource: keyArn, outcome });
  throw new AwsError('AccessDeniedException', 400, message);
}

/** Source: AWS KMS developer guide, "AWS KMS condition keys". */
const toKmsContext = ({ caller, operation, input }: KmsCall): ContextEntries => [
  ['kms:calleraccount', caller.accountId],
  ['kms:keyspec', 'RSA_2048'],
  ['kms:keyusage', 'SIGN_VERIFY'],
  ...(operation === 'Sign' ? [['kms:messagetype', input.MessageType] as const] : []),
  ...(operation === 'Sign' && input.SigningAlgorithm !== undefined
    ? [['kms:signingalgorithm', input.SigningAlgorithm] as const]
    : []),
];

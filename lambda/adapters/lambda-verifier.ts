import * as z from 'zod';
import {
  AuditUnavailableError,
  type BrokerError,
  type BrokerErrorOptions,
  IntegrationNotFoundError,
  IntegrationStateError,
  IntegrationsUnavailableError,
  VerificationUnavailableError,
} from '../core/errors.ts';
import type { Verifier } from '../core/integrations/verifier.ts';
import { toVerifyTask } from '../core/integrations/verify-task.ts';
import { verificationShape } from './integration-item.ts';
import { type InvokeFunctionOptions, invokeFunction } from './invoke-function.ts';

/** Verifications by the function that issues for third parties. */
export const createLambdaVerifier = (options: InvokeFunctionOptions): Verifier => ({
  verify: async (integration, authority) => {
    const invoked = await invokeFunction(options, toVerifyTask(integration, authority));
    if (invoked.state === 'FAILED') throw toUnavailable(`${invoked.errorCode}: ${invoked.detail}`);
    const { data } = answer.safeParse(invoked.answer);
    if (data === undefined) throw toUnavailable('the function answered something else');
    if ('verification' in data) return data.verification;
    throw toError(data.error);
  },
});

const error = z.strictObject({
  code: z.string(),
  message: z.string(),
  retryAfterSeconds: z.number().exactOptional(),
});

const answer = z.union([z.strictObject({ verification: verificationShape }), z.strictObject({ error })]);

const toUnavailable = (detail: string) =>
  new VerificationUnavailableError(
    'the verification gave no answer; nothing is concluded, and its probes are in the audit',
    { detail, retryAfterSeconds: 30 },
  );

/** Those that the function throws, under the code that it gives: its words are for callers. */
const errors: readonly (new (message: string, options?: BrokerErrorOptions) => BrokerError)[] = [
  IntegrationNotFoundError,
  IntegrationStateError,
  AuditUnavailableError,
  IntegrationsUnavailableError,
];

function toError({ code, message, retryAfterSeconds }: z.output<typeof error>): BrokerError {
  const options = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
  const found = errors.map((BrokersError) => new BrokersError(message, options));
  return found.find((one) => one.code === code) ?? toUnavailable(code);
}

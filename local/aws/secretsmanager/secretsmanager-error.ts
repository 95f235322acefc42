import { AwsError } from '../aws-error.ts';
import type { Answer } from '../exchange.ts';
import { toJsonErrorAnswer } from '../json-error.ts';

/** Secrets Manager's own errors have the capital, but for the two that its front end answers. */
export const toSecretErrorAnswer = (error: AwsError, requestId: string): Answer =>
  toJsonErrorAnswer(error, requestId, (code) => (frontEndErrors.includes(code) ? 'message' : 'Message'));

const frontEndErrors = ['ValidationException', 'ThrottlingException'];

export function toSecretFault(
  kind: string,
  { callerArn, operation }: { readonly callerArn: string; readonly operation: string },
): AwsError {
  if (kind === 'throttle') return new AwsError('ThrottlingException', 400, 'Rate exceeded');
  if (kind === 'accessdenied') {
    const action = `secretsmanager:${operation}`;
    return new AwsError(
      'AccessDeniedException',
      400,
      `User: ${callerArn} is not authorized to perform: ${action} because no identity-based policy allows the ${action} action`,
    );
  }
  return new AwsError('InternalServiceError', 500, 'An error occurred on the server side.');
}

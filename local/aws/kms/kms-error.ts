import type { FaultKind } from '../../faults.ts';
import { AwsError } from '../aws-error.ts';
import type { Answer } from '../exchange.ts';
import { jsonContentType, toJsonErrorAnswer } from '../json-error.ts';

export const kmsContentType = jsonContentType;

/** Of the two spellings KMS uses the capital for AccessDenied only. */
export const toKmsErrorAnswer = (error: AwsError, requestId: string): Answer =>
  toJsonErrorAnswer(error, requestId, (code) => (code === 'AccessDeniedException' ? 'Message' : 'message'));

type RefusingKind = Extract<FaultKind, 'throttle' | '500' | 'accessdenied' | 'conditional'>;

export function toKmsFault(kind: RefusingKind, call: { callerArn: string; operation: string }): AwsError {
  switch (kind) {
    case 'throttle':
      return new AwsError(
        'ThrottlingException',
        400,
        'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
      );
    case 'accessdenied':
      return new AwsError(
        'AccessDeniedException',
        400,
        `User: ${call.callerArn} is not authorized to perform: kms:${call.operation} because no identity-based policy allows the kms:${call.operation} action`,
      );
    case '500':
      return new AwsError(
        'KMSInternalException',
        500,
        'The request was rejected because an internal exception occurred. The request can be retried.',
      );
    case 'conditional':
      throw new TypeError('KMS has no conditional requests: parseFaults does not let the kind through');
  }
}

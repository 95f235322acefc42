import type { FaultKind } from '../../faults.ts';
import { AwsError } from '../aws-error.ts';
import type { Answer } from '../exchange.ts';

export const kmsContentType = 'application/x-amz-json-1.1';

/** What STS calls by one name, the JSON protocols call by another, with status 400. */
const codes: Readonly<Record<string, string>> = {
  MissingAuthenticationToken: 'MissingAuthenticationTokenException',
  IncompleteSignature: 'IncompleteSignatureException',
  InvalidClientTokenId: 'UnrecognizedClientException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  ExpiredToken: 'ExpiredTokenException',
};

export function toKmsErrorAnswer({ code, status, message }: AwsError, requestId: string): Answer {
  const name = codes[code] ?? code;
  return {
    status: name === code ? status : 400,
    headers: { 'content-type': kmsContentType, 'x-amzn-requestid': requestId },
    // Of the two spellings AWS uses the capital for AccessDenied only.
    body: JSON.stringify({
      __type: name,
      [name === 'AccessDeniedException' ? 'Message' : 'message']: message,
    }),
  };
}

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

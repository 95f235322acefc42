import type { AwsError } from './aws-error.ts';
import type { Answer } from './exchange.ts';

export const jsonContentType = 'application/x-amz-json-1.1';

/** What STS calls by one name, the JSON protocols call by another, with status 400. */
export const jsonCodes: Readonly<Record<string, string>> = {
  MissingAuthenticationToken: 'MissingAuthenticationTokenException',
  IncompleteSignature: 'IncompleteSignatureException',
  InvalidClientTokenId: 'UnrecognizedClientException',
  SignatureDoesNotMatch: 'InvalidSignatureException',
  ExpiredToken: 'ExpiredTokenException',
};

/**
 * @param spell how the service spells the message's field for a code of its own; what comes before the service, such as
 * a wrong signature, has `message`
 */
export function toJsonErrorAnswer(
  { code, status, message }: AwsError,
  requestId: string,
  spell: (code: string) => 'message' | 'Message',
): Answer {
  const name = jsonCodes[code];
  return {
    status: name === undefined ? status : 400,
    headers: { 'content-type': jsonContentType, 'x-amzn-requestid': requestId },
    body: JSON.stringify({
      __type: name ?? code,
      [name === undefined ? spell(code) : 'message']: message,
    }),
  };
}

import { AwsError } from '../aws-error.ts';
import type { Answer } from '../exchange.ts';
import { toErrorXml, xmlAnswer } from './xml.ts';

export const toErrorAnswer = (error: AwsError, requestId: string): Answer =>
  xmlAnswer(error.status, toErrorXml(error, requestId), requestId);

/** The beginning of an answer that breaks off. */
export const toBrokenXml = (name: string): string =>
  `<${name}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\n  <${name}Result>\n    <Cred`;

/** @param deniedMessage for the fault `accessdenied`: STS has other words for calls that nobody signs */
export function toFaultError(kind: string, deniedMessage: string): AwsError {
  if (kind === 'throttle') return new AwsError('Throttling', 400, 'Rate exceeded');
  if (kind === 'accessdenied') return new AwsError('AccessDenied', 403, deniedMessage);
  return new AwsError(
    'InternalFailure',
    500,
    'The request processing has failed because of an unknown error, exception or failure.',
  );
}

import type { Answer } from '../../../support/daypass-client.ts';
import { signedCall } from '../../../support/signed-request.ts';
import type { TestCredentials } from '../an-embedded-aws.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** A call of Secrets Manager as its SDK client sends it: JSON 1.1. */
export const callSecretsManager = (
  url: string,
  credentials: TestCredentials,
  operation: string,
  fields: Fields,
): Promise<Answer> =>
  signedCall(url, {
    credentials,
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `secretsmanager.${operation}` },
    body: JSON.stringify(fields),
    service: 'secretsmanager',
  });

/** `400 ResourceNotFoundException: Secrets …`, or `200`. */
export const problem = ({ status, json = {} }: Answer): string =>
  status === 200 ? '200' : `${status} ${json.__type}: ${json.Message ?? json.message}`;

import { STATUS_CODES } from 'node:http';
import { BrokerError } from '../core/errors.ts';
import type { EndpointResponse } from './endpoint.ts';

/** Anything that no caller caused. What it was stands in the log alone. */
const internalError = {
  code: 'internal-error',
  status: 500,
  message: 'the broker failed; nothing was released, and the operators find this request id in the logs',
};

/**
 * An error as an RFC 9457 problem document. `Code` and `Message` repeat `code` and `detail` where the AWS SDKs' container
 * provider looks for them.
 */
export function toProblem(error: unknown, requestId: string): EndpointResponse {
  const { code, status, message } = error instanceof BrokerError ? error : internalError;
  const extensions = error instanceof BrokerError ? error.extensions : {};
  const retryAfterSeconds = error instanceof BrokerError ? error.retryAfterSeconds : undefined;
  return {
    status,
    headers: {
      'Content-Type': 'application/problem+json',
      ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }),
      ...(status === 401 ? { 'WWW-Authenticate': 'Bearer realm="daypass", error="invalid_token"' } : {}),
    },
    body: {
      type: 'about:blank',
      title: STATUS_CODES[status] ?? 'Error',
      status,
      detail: message,
      code,
      instance: requestId,
      Code: code,
      Message: message,
      ...extensions,
    },
  };
}

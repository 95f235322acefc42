import { packedSizeWarnedFrom } from '../core/warn-of-packed-size.ts';
import type { EndpointResponse } from './endpoint.ts';

/** The answer, with a header that says when the session's policies and tags nearly fill the space that STS has for them. */
export function withPackedSizeWarning(response: EndpointResponse, packedPolicySize = 0): EndpointResponse {
  if (packedPolicySize < packedSizeWarnedFrom) return response;
  const warning = `policies and session tags take ${packedPolicySize} percent of the space that AWS STS has for them; above 100 nothing is issued`;
  return { ...response, headers: { ...response.headers, 'Daypass-Warning': warning } };
}

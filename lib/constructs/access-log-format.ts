/**
 * One line of the access log, as API Gateway fills it in. Source: API Gateway guide, "Variables for access logging".
 * No header, query or body, nor the real path, which a caller writes. `$context.error.message` and
 * `$context.authorizer.error` stay out because they may quote the Authorization header.
 */
export const accessLogFields = {
  /** The client may choose it; the function's log lines carry it as well. */
  requestId: '$context.requestId',
  /** API Gateway's own: the gateway request id of an issuance. */
  extendedRequestId: '$context.extendedRequestId',
  traceId: '$context.xrayTraceId',
  requestTimeEpochMs: '$context.requestTimeEpoch',
  sourceIp: '$context.identity.sourceIp',
  principalId: '$context.authorizer.principalId',
  /** Of whoever signed a request under `/iam`; of one that the API's policy refused, there is no other record. */
  accountId: '$context.identity.accountId',
  method: '$context.httpMethod',
  resourcePath: '$context.resourcePath',
  status: '$context.status',
  responseLengthBytes: '$context.responseLength',
  responseLatencyMs: '$context.responseLatency',
  authorizerStatus: '$context.authorizer.status',
  authorizerLatencyMs: '$context.authorizer.integrationLatency',
  integrationStatus: '$context.integration.status',
  integrationLatencyMs: '$context.integration.latency',
  errorType: '$context.error.responseType',
  tlsVersion: '$context.tlsVersion',
} as const;

export const accessLogFormat = JSON.stringify(accessLogFields);

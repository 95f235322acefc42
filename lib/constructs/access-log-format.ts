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
  /**
   * Under `/iam`, where no authorizer names a principal, the ARN that `toIamPrincipal` makes the subject of: of a role
   * session `arn:…:sts::<account>:assumed-role/<role>/<session>`, without the role's path, and the subject is
   * `arn:…:iam::<account>:role/<role>`; of a user the subject itself. `-` on other routes, and not believed there.
   */
  userArn: '$context.identity.userArn',
  /** Of the certificate that a caller showed, where the domain asks for one. */
  clientCertificateSerialNumber: '$context.identity.clientCert.serialNumber',
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
  /** `WAF_ALLOW`, `WAF_BLOCK` or `WAF_ERROR`: a firewall that cannot be asked lets nothing in. */
  firewallResponse: '$context.wafResponseCode',
  tlsVersion: '$context.tlsVersion',
} as const;

export const accessLogFormat = JSON.stringify(accessLogFields);

import { deployedNames } from '../support/deployed-functions.ts';

const profile = 'prod-readonly';
const resource = '/v1/profiles/{profile}/container-credentials';
const path = `/v1/profiles/${profile}/container-credentials`;

const requestContext = {
  accountId: '111111111111',
  apiId: deployedNames.apiId,
  stage: 'prod',
  protocol: 'HTTP/1.1',
  requestId: 'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
  extendedRequestId: 'R0FURVdBWS1SRVFVRVNU',
  identity: { sourceIp: '203.0.113.7', userAgent: 'aws-sdk-js/3' },
  resourcePath: resource,
  httpMethod: 'GET',
  path: `/prod${path}`,
};

/** What both events of a container-credentials request have. */
const common = {
  resource,
  path,
  httpMethod: 'GET',
  queryStringParameters: null,
  multiValueQueryStringParameters: null,
  pathParameters: { profile },
  stageVariables: null,
};

const toHeaders = (headers: Readonly<Record<string, string>>) => ({
  headers,
  multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
});

/** What API Gateway asks the authorizer. */
export const toAuthorizerEvent = (token: string): object => ({
  ...common,
  ...toHeaders({ Accept: '*/*', Authorization: token }),
  type: 'REQUEST',
  methodArn: `arn:aws:execute-api:eu-west-1:111111111111:${deployedNames.apiId}/prod/GET${path}`,
  requestContext,
});

/** What API Gateway hands to the issuer, with what the authorizer said. */
export const toProxyEvent = (authorizer: object): object => ({
  ...common,
  ...toHeaders({ Accept: '*/*' }),
  requestContext: { ...requestContext, authorizer: { ...authorizer, integrationLatency: 12 } },
  body: null,
  isBase64Encoded: false,
});

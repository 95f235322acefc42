import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';

export const apiId = 'a1b2c3d4e5';
export const stage = 'prod';

export const aMethodArn = (path = '/v1/whoami') =>
  `arn:aws:execute-api:eu-west-1:111111111111:${apiId}/${stage}/GET${path}`;

/** What API Gateway sends to an authorizer of type REQUEST, with these Authorization headers. */
export function anAuthorizerEvent(
  authorization: readonly string[],
  changes: Readonly<Record<string, unknown>> = {},
): APIGatewayRequestAuthorizerEvent {
  const headers = authorization.length === 0 ? {} : { Authorization: authorization };
  const event = {
    type: 'REQUEST',
    methodArn: aMethodArn(),
    resource: '/v1/whoami',
    path: '/v1/whoami',
    httpMethod: 'GET',
    headers: { Authorization: authorization.at(-1) },
    multiValueHeaders: { Host: ['broker.example'], ...headers },
    pathParameters: {},
    queryStringParameters: {},
    multiValueQueryStringParameters: {},
    stageVariables: {},
    requestContext: {
      apiId,
      stage,
      resourcePath: '/v1/whoami',
      httpMethod: 'GET',
      requestId: 'chosen-by-the-client',
      extendedRequestId: 'gateway-request-id',
      identity: { sourceIp: '203.0.113.7' },
    },
    ...changes,
  };
  return event as unknown as APIGatewayRequestAuthorizerEvent;
}

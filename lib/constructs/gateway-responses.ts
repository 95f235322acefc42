import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  type GatewayResponse,
  gatewayResponses,
  toGatewayResponseBody,
} from '../../lambda/http/gateway-responses.ts';
import { toConstructId } from './construct-id.ts';

/** Has the API answer by itself as the table says. */
export function addGatewayResponses(restApi: RestApi): void {
  for (const response of gatewayResponses) addGatewayResponse(restApi, response);
}

function addGatewayResponse(restApi: RestApi, response: GatewayResponse): void {
  const headers = { 'Content-Type': 'application/problem+json', ...response.headers };
  restApi.addGatewayResponse(toConstructId(response.type.toLowerCase()), {
    type: ResponseType.of(response.type),
    ...(response.status === undefined ? {} : { statusCode: String(response.status) }),
    // API Gateway takes a fixed value in single quotes.
    responseHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, `'${value}'`])),
    templates: { 'application/json': toGatewayResponseBody(response, '$context.extendedRequestId') },
  });
}

import * as z from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { type Route, type RouteSchemas, routes } from '../lambda/http/routes.ts';

const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int().optional(),
    detail: z.string(),
    code: z.string(),
    instance: z.string(),
    Code: z.string(),
    Message: z.string(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457. The codes are in the README’s error table' });

/**
 * The API as OpenAPI 3.1, from the route table. Made at synth, so that no function carries what makes it.
 *
 * @param deployed see `toDeployedRoutes`
 */
export function createOpenApi(version: string, deployed: readonly Route[] = routes): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of deployed) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: toOperation(route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'Daypass', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Of an issuer at /.well-known/daypass',
        },
        signature: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          // What API Gateway's own exports say of AWS_IAM: OpenAPI has no type for it.
          'x-amazon-apigateway-authtype': 'awsSigv4',
          description:
            'AWS Signature Version 4, for the service execute-api in the region at /.well-known/daypass',
        },
      },
    },
  });
}

function toOperation(route: Route): ZodOpenApiOperationObject {
  const { operation, path, summary, schemas, authorization } = route;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const parameters = z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
  return {
    // Unique in the document, while the table has each operation under both paths.
    operationId: authorization === 'iam' ? `${operation}BySigV4` : operation,
    summary,
    ...securityOf(authorization),
    requestParams: {
      ...(names.length === 0 ? {} : { path: parameters }),
      ...(schemas.query === undefined ? {} : { query: schemas.query }),
      ...toIfMatchHeader(schemas),
    },
    ...toRequestBody(schemas),
    responses: {
      ...toAnswer(route),
      default: { description: 'A problem', content: { 'application/problem+json': { schema: problem } } },
    },
  };
}

const toIfMatchHeader = ({ conditional }: RouteSchemas) =>
  conditional === undefined
    ? {}
    : { header: z.object({ 'If-Match': conditional === 'optional' ? ifMatch.optional() : ifMatch }) };

const ifMatch = z.string().meta({ description: 'The ETag that the integration was read with' });

/** A token is what the document asks for where an operation says nothing. */
function securityOf(authorization: Route['authorization']): Pick<ZodOpenApiOperationObject, 'security'> {
  switch (authorization) {
    case 'token':
      return {};
    case 'iam':
      return { security: [{ signature: [] }] };
    case 'none':
      return { security: [] };
  }
}

function toRequestBody({ body, form }: RouteSchemas): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (form !== undefined) {
    return {
      requestBody: { required: true, content: { 'application/x-www-form-urlencoded': { schema: form } } },
    };
  }
  if (body === undefined) return {};
  const required = !body.safeParse({}).success;
  return { requestBody: { required, content: { 'application/json': { schema: body } } } };
}

function toAnswer({ summary, schemas }: Route): ZodOpenApiOperationObject['responses'] {
  const { answer, answerType, status = 200, versioned } = schemas;
  if (answerType === 'redirect') {
    const location = z.url().meta({ description: "The identity provider's address, with the request" });
    return { '302': { description: summary, headers: z.object({ Location: location }) } };
  }
  if (answerType !== undefined) {
    return { '200': { description: summary, content: { [answerType]: { schema: z.string() } } } };
  }
  if (answer === undefined) throw new TypeError(`the route "${summary}" says nothing of its answer`);
  const texts = (schemas.textTypes ?? []).map((type) => [type, { schema: z.string() }] as const);
  const content = { 'application/json': { schema: answer }, ...Object.fromEntries(texts) };
  // A form is posted by a browser, which gets a page.
  const page = schemas.form === undefined ? {} : { 'text/html': { schema: z.string() } };
  const etag = z.string().meta({ description: 'The version, for the If-Match of a change' });
  const headers = {
    ...(versioned === undefined ? {} : { ETag: etag }),
    ...(status === 201 ? { Location: z.string() } : {}),
  };
  return {
    [`${status}`]: {
      description: summary,
      ...(Object.keys(headers).length === 0 ? {} : { headers: z.object(headers) }),
      content: { ...content, ...page },
    },
  };
}

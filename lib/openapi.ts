import * as z from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { type Route, routes } from '../lambda/http/routes.ts';

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

/** The API as OpenAPI 3.1, from the route table. Made at synth, so that no function carries what makes it. */
export function createOpenApi(version: string): object {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
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
      },
    },
  });
}

function toOperation({ operation, path, summary, schemas, authorization }: Route): ZodOpenApiOperationObject {
  const { query, body, answer } = schemas;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const parameters = z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
  return {
    operationId: operation,
    summary,
    ...(authorization === 'none' ? { security: [] } : {}),
    requestParams: {
      ...(names.length === 0 ? {} : { path: parameters }),
      ...(query === undefined ? {} : { query }),
    },
    ...(body === undefined
      ? {}
      : { requestBody: { required: false, content: { 'application/json': { schema: body } } } }),
    responses: {
      '200': { description: summary, content: { 'application/json': { schema: answer } } },
      default: { description: 'A problem', content: { 'application/problem+json': { schema: problem } } },
    },
  };
}

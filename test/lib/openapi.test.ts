import { describe, expect, it } from '@jest/globals';
import { routes } from '../../lambda/http/routes.ts';
import { createOpenApi } from '../../lib/openapi.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document's members are what the tests assert
const document = createOpenApi('1.2.3') as any;

describe('createOpenApi', () => {
  it.each(routes)('describes $method $path as the route table has it', (route) => {
    const operation = document.paths[route.path][route.method.toLowerCase()];

    expect(operation).toMatchObject({ operationId: route.operation, summary: route.summary });
    expect(operation.security).toEqual(route.authorization === 'none' ? [] : undefined);
  });

  it('has no path beside those of the route table', () => {
    expect(Object.keys(document.paths).sort()).toEqual([...new Set(routes.map(({ path }) => path))].sort());
  });

  it('says version and security of the whole', () => {
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { version: '1.2.3' },
      security: [{ token: [] }],
    });
  });

  it('shows a query parameter as its one value, with what is allowed', () => {
    const { parameters } = document.paths['/v1/profiles/{profile}/credentials'].post;

    expect(parameters).toContainEqual(
      expect.objectContaining({
        in: 'query',
        name: 'format',
        schema: { type: 'string', enum: ['sts', 'process', 'posix', 'fish', 'powershell', 'ini'] },
      }),
    );
    expect(parameters).toContainEqual(
      expect.objectContaining({ in: 'path', name: 'profile', required: true }),
    );
  });

  it('refuses unknown members of a body, as the broker does', () => {
    const { requestBody } = document.paths['/v1/profiles/{profile}/credentials'].post;

    expect(requestBody.content['application/json'].schema).toMatchObject({ additionalProperties: false });
  });
});

import { describe, expect, it } from '@jest/globals';
import { toDeployedRoutes } from '../../lambda/http/deployed-routes.ts';
import { routes } from '../../lambda/http/routes.ts';
import { createOpenApi } from '../../lib/openapi.ts';
import { aConfiguration } from '../support/a-configuration.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document's members are what the tests assert
const document = createOpenApi('1.2.3') as any;

// biome-ignore lint/suspicious/noExplicitAny: the same
const operations: readonly any[] = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
  Object.values(methods).map((operation) => ({ path, ...operation })),
);

describe('createOpenApi', () => {
  it.each(routes)('describes $method $path as the route table has it', (route) => {
    const operation = document.paths[route.path][route.method.toLowerCase()];

    const suffix = route.authorization === 'iam' ? 'BySigV4' : '';
    expect(operation).toMatchObject({ operationId: `${route.operation}${suffix}`, summary: route.summary });
    expect(operation.security).toEqual(
      { token: undefined, iam: [{ signature: [] }], none: [] }[route.authorization],
    );
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

  it('has an operation id of its own for each operation', () => {
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(routes.length);
    expect(operations.map(({ operationId }) => operationId).filter((id) => !/^[a-z]\w+$/i.test(id))).toEqual(
      [],
    );
  });

  it('names no way to prove oneself that it does not describe', () => {
    const named = operations.flatMap(({ security = [] }) => security.flatMap(Object.keys));

    expect([...new Set(named)].sort()).toEqual(['signature']);
    expect(Object.keys(document.components.securitySchemes).sort()).toEqual(['signature', 'token']);
    expect(document.components.securitySchemes.signature).toMatchObject({
      type: 'apiKey',
      in: 'header',
      name: 'Authorization',
      'x-amazon-apigateway-authtype': 'awsSigv4',
    });
  });

  it('has every parameter of a path, and none that the path lacks', () => {
    for (const { path, parameters = [] } of operations) {
      const inPath = parameters.filter((parameter: { in: string }) => parameter.in === 'path');
      const names = inPath.map(({ name }: { name: string }) => `{${name}}`);

      expect(names).toEqual(path.match(/\{\w+\}/g) ?? []);
      expect(inPath.every(({ required }: { required: boolean }) => required)).toBe(true);
    }
  });

  it('describes a success and a problem of each operation, and every reference leads somewhere', () => {
    for (const { responses } of operations) {
      expect(Object.keys(responses)).toEqual([expect.stringMatching(/^(200|201|302)$/), 'default']);
    }
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(
      ([, pointer = '']) => pointer.split('/').reduce((value, key) => value?.[key], document),
    );
    expect(references.length).toBeGreaterThan(0);
    expect(references.every((found) => found !== undefined)).toBe(true);
  });

  it('requires a body where one of its members is required, and shows each form of an answer', () => {
    const { put } = document.paths['/v1/integrations/{id}'];
    const { get } = document.paths['/v1/integrations/{id}/onboarding'];
    const { post } = document.paths['/v1/integrations/{id}/resume'];

    expect([put.requestBody.required, post.requestBody.required]).toEqual([true, false]);
    expect(Object.keys(get.responses['200'].content)).toEqual([
      ...['application/json', 'application/yaml', 'text/plain', 'text/markdown'],
    ]);
  });

  it('shows the form that a browser posts, which is required and takes no other field', () => {
    const { requestBody, responses } = document.paths['/v1/saml/acs'].post;

    expect(Object.keys(responses['200'].content)).toEqual(['application/json', 'text/html']);
    expect(requestBody).toMatchObject({ required: true });
    expect(Object.keys(requestBody.content)).toEqual(['application/x-www-form-urlencoded']);
    expect(requestBody.content['application/x-www-form-urlencoded'].schema).toMatchObject({
      required: ['SAMLResponse'],
      additionalProperties: false,
    });
  });

  it('shows the ETag of what has versions, and that a change needs one', () => {
    const { get, put } = document.paths['/v1/integrations/{id}'];
    const made = document.paths['/v1/integrations'].post.responses['201'];

    expect(Object.keys(get.responses['200'].headers)).toEqual(['ETag']);
    expect(Object.keys(made.headers)).toEqual(['ETag', 'Location']);
    expect(put.parameters).toContainEqual(
      expect.objectContaining({ in: 'header', name: 'If-Match', required: true }),
    );
    expect(get.parameters).not.toContainEqual(expect.objectContaining({ in: 'header' }));
  });

  it('describes none of the routes that a deployment has not', () => {
    // biome-ignore lint/suspicious/noExplicitAny: the same
    const without = createOpenApi('1.2.3', toDeployedRoutes(aConfiguration())) as any;

    expect(Object.keys(without.paths).filter((path) => path.includes('integrations'))).toEqual([]);
    expect(Object.keys(without.paths)).toContain('/v1/whoami');
  });

  it('shows a redirection by its Location, and metadata by their media type', () => {
    const { responses } = document.paths['/v1/saml/login'].get;
    const metadata = document.paths['/v1/saml/metadata'].get.responses['200'];

    expect(Object.keys(responses['302'].headers)).toEqual(['Location']);
    expect(responses['302'].content).toBeUndefined();
    expect(Object.keys(metadata.content)).toEqual(['application/samlmetadata+xml']);
  });
});

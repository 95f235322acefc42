import { describe, expect, it } from '@jest/globals';
import { routes } from '../../../lambda/http/routes.ts';

describe('routes', () => {
  it('have an operation each of their own', () => {
    const operations = routes.map(({ operation }) => operation);

    expect(new Set(operations).size).toBe(operations.length);
  });

  it('have a method and path each of their own', () => {
    const keys = routes.map(({ method, path }) => `${method} ${path}`);

    expect(new Set(keys).size).toBe(keys.length);
  });

  const guarded = routes.filter(({ authorization }) => authorization === 'token');
  const open = routes.filter(({ authorization }) => authorization === 'none');

  it.each(guarded)('$method $path can be told apart: whole lower-case segments below /v1', ({ path }) => {
    expect(path).toMatch(/^\/v1(\/([a-z]+|\{[a-z]+\}))+$/);
  });

  it('need a token, but for three that tell what everybody may know', () => {
    expect(open.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/health',
      'GET /.well-known/daypass',
      'GET /openapi.json',
    ]);
  });

  it('keep the audit and everything that is open away from the function that calls STS', () => {
    const audited = routes.filter(({ handledBy }) => handledBy === 'audit').map(({ path }) => path);

    expect(audited).toEqual(['/v1/issuances', '/v1/issuances/{id}', ...open.map(({ path }) => path)]);
  });
});

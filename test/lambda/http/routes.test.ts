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

  it.each(routes)('$method $path can be told apart: whole lower-case segments below /v1', ({ path }) => {
    expect(path).toMatch(/^\/v1(\/([a-z]+|\{[a-z]+\}))+$/);
  });

  it.each(routes)('$operation needs a token', ({ authorization }) => {
    expect(authorization).toBe('token');
  });

  it('give the audit to its own function, and nothing else', () => {
    const audited = routes.filter(({ handledBy }) => handledBy === 'audit').map(({ path }) => path);

    expect(audited).toEqual(['/v1/issuances', '/v1/issuances/{id}']);
  });
});

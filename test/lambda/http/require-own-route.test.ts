import { describe, expect, it } from '@jest/globals';
import { ForeignEventError } from '../../../lambda/core/errors.ts';
import { requireOwnRoute } from '../../../lambda/http/require-own-route.ts';
import { routes } from '../../../lambda/http/routes.ts';
import { anEvent, anIamEvent, own } from '../../support/an-event.ts';

const refusalOf = (event: ReturnType<typeof anEvent>, handledBy: 'issuer' | 'audit' = 'issuer') => {
  try {
    requireOwnRoute(event, own, handledBy);
    return undefined;
  } catch (error) {
    if (error instanceof ForeignEventError) return error.detail;
    throw error;
  }
};

describe('own route', () => {
  it.each(routes)('is $operation for an event of $method $path', (route) => {
    const parts = { pathParameters: { profile: 'prod-readonly', id: '01M7YD6702EK2T57VJEABWXG64' } };
    const toEvent = route.authorization === 'iam' ? anIamEvent : anEvent;
    const event = toEvent(route.operation, parts);

    expect(requireOwnRoute(event, own, route.handledBy)).toBe(route);
  });

  it.each([
    ['another API', { requestContext: { apiId: 'z9y8x7w6v5' } }, 'differs: api'],
    ['an API whose id begins like ours', { requestContext: { apiId: `${own.apiId}0` } }, 'differs: api'],
    ['no API', { requestContext: { apiId: undefined } }, 'differs: api'],
    ['another stage', { requestContext: { stage: 'test' } }, 'differs: stage'],
    ['the console’s test invocation', { requestContext: { stage: 'test-invoke-stage' } }, 'differs: stage'],
    ['no extended request id', { requestContext: { extendedRequestId: undefined } }, 'differs: request id'],
    ['an empty extended request id', { requestContext: { extendedRequestId: '' } }, 'differs: request id'],
    [
      'another path in the context than in the event',
      { requestContext: { resourcePath: '/v1/profiles' } },
      'differs: path',
    ],
    [
      'another method in the context than in the event',
      { requestContext: { httpMethod: 'POST' } },
      'differs: path',
    ],
  ])('is refused for an event of %s', (_what, parts, detail) => {
    expect(refusalOf(anEvent('whoami', parts))).toBe(detail);
  });

  it.each([
    ['with a letter encoded', '/iam/v1/profiles/prod%2Dreadonly/credentials', 'prod-readonly'],
    [
      'with a letter encoded, as the parameter has it',
      '/iam/v1/profiles/prod%2Dreadonly/credentials',
      'prod%2Dreadonly',
    ],
    ['with an empty segment', '/iam//v1/profiles/prod-readonly/credentials', 'prod-readonly'],
    ['with dots before it', '/v1/../iam/v1/profiles/prod-readonly/credentials', 'prod-readonly'],
    ['with one dot before it', '/./iam/v1/profiles/prod-readonly/credentials', 'prod-readonly'],
    ['of another profile', '/iam/v1/profiles/team-data/credentials', 'prod-readonly'],
    ['of the other kind of proof', '/v1/profiles/prod-readonly/credentials', 'prod-readonly'],
  ])('is refused under /iam for a path %s', (_what, path, profile) => {
    const event = anIamEvent('issueCredentials', { pathParameters: { profile }, changes: { path } });

    expect(refusalOf(event)).toBe('differs: spelling');
  });

  it('is taken under /iam behind the base path of a custom domain', () => {
    const path = '/daypass/iam/v1/profiles/prod-readonly/credentials';
    const event = anIamEvent('issueCredentials', {
      pathParameters: { profile: 'prod-readonly' },
      changes: { path },
    });

    expect(refusalOf(event)).toBeUndefined();
  });

  it.each([
    ['a method that the path does not have', { httpMethod: 'DELETE' }],
    ['a method in another case', { httpMethod: 'get' }],
    ['a resource that does not exist', { resource: '/v2/whoami' }],
    ['a resource with a trailing slash', { resource: '/v1/whoami/' }],
    ['a resource in another case', { resource: '/v1/Whoami' }],
    ['a resource with an encoded slash', { resource: '/v1%2fwhoami' }],
    ['a path instead of a resource', { resource: '/v1/profiles/prod-readonly/credentials' }],
    ['no resource at all', { resource: undefined }],
  ])('is refused for %s, though the context agrees', (_what, changes) => {
    const event = anEvent('whoami', { changes });
    const agreeing = {
      ...event,
      requestContext: {
        ...event.requestContext,
        resourcePath: event.resource,
        httpMethod: event.httpMethod,
      },
    };

    expect(refusalOf(agreeing)).toBe('differs: function');
  });

  it('is refused for an event of another function of the same API', () => {
    expect(refusalOf(anEvent('listIssuances'), 'issuer')).toBe('differs: function');
    expect(refusalOf(anEvent('issueCredentials'), 'audit')).toBe('differs: function');
  });

  it('names every difference to the log and none to the caller', () => {
    const event = anEvent('listIssuances', { requestContext: { apiId: 'x', stage: 'y' } });

    expect(refusalOf(event)).toBe('differs: api, stage, function');
    expect(() => requireOwnRoute(event, own, 'issuer')).toThrow(
      /^this function takes its own API's events only$/,
    );
  });

  it.each([[{}], [{ requestContext: null }], [{ requestContext: 'text' }], [{ requestContext: [] }]])(
    'is refused for the direct invocation %j',
    (event) => {
      expect(refusalOf(event as unknown as ReturnType<typeof anEvent>)).toContain('api, stage');
    },
  );
});

import { describe, expect, it } from '@jest/globals';
import { routes } from '../../../lambda/http/routes.ts';
import { matchRoute } from '../../../local/gateway/match-route.ts';

describe('matchRoute', () => {
  it.each([
    ['GET', '/v1/whoami', 'whoami', {}],
    ['GET', '/v1/profiles', 'listProfiles', {}],
    ['POST', '/v1/profiles/prod-readonly/credentials', 'issueCredentials', { profile: 'prod-readonly' }],
    ['POST', '/v1/profiles/a%2Fb/credentials', 'issueCredentials', { profile: 'a%2Fb' }],
    ['POST', '/v1/profiles/../credentials', 'issueCredentials', { profile: '..' }],
    ['GET', '/v1/issuances/01J', 'getIssuance', { id: '01J' }],
  ])('finds for %s %s the operation %s', (method, path, operation, pathParameters) => {
    expect(matchRoute(routes, method, path)).toMatchObject({ route: { operation }, pathParameters });
  });

  it.each([
    ['another method', 'POST', '/v1/whoami'],
    ['HEAD, though GET is known', 'HEAD', '/v1/whoami'],
    ['OPTIONS', 'OPTIONS', '/v1/whoami'],
    ['a method in lower case', 'get', '/v1/whoami'],
    ['a slash at the end', 'GET', '/v1/whoami/'],
    ['two slashes', 'GET', '//v1/whoami'],
    ['two slashes within', 'GET', '/v1//whoami'],
    ['another case', 'GET', '/v1/WhoAmI'],
    ['an encoded letter', 'GET', '/v1/%77hoami'],
    ['an encoded slash', 'GET', '/v1%2fwhoami'],
    ['a dot segment', 'GET', '/v1/./whoami'],
    ['a dot-dot segment', 'GET', '/v1/profiles/../whoami'],
    ['the stage before it', 'GET', '/prod/v1/whoami'],
    ['an empty parameter', 'POST', '/v1/profiles//credentials'],
    ['a parameter of two segments', 'POST', '/v1/profiles/a/b/credentials'],
    ['an absolute URL', 'GET', 'http://127.0.0.1/v1/whoami'],
    ['an asterisk', 'OPTIONS', '*'],
    ['nothing', 'GET', ''],
    ['a matrix parameter', 'GET', '/v1/whoami;a=b'],
  ])('finds nothing for %s', (_, method, path) => {
    expect(matchRoute(routes, method, path)).toBeUndefined();
  });
});

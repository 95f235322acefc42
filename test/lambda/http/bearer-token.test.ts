import { describe, expect, it } from '@jest/globals';
import { findBearerToken } from '../../../lambda/http/bearer-token.ts';

const container = '/v1/profiles/{profile}/container-credentials';
const credentials = '/v1/profiles/{profile}/credentials';

const find = (values: readonly string[], resource = credentials, name = 'Authorization') =>
  findBearerToken({ resource, multiValueHeaders: { [name]: [...values] } });

describe('the bearer token of a request', () => {
  it.each([['Bearer a.b-c_d.e'], ['bearer a.b-c_d.e'], ['BEARER a.b-c_d.e']])('is found in "%s"', (value) => {
    expect(find([value])).toBe('a.b-c_d.e');
    expect(find([value], container)).toBe('a.b-c_d.e');
    expect(find([value], credentials, 'aUTHORIZATION')).toBe('a.b-c_d.e');
  });

  it('stands by itself where AWS SDKs send a file’s text alone', () => {
    expect(find(['a.b.c'], container)).toBe('a.b.c');
    expect(find(['a.b.c'])).toBeUndefined();
    expect(find(['a.b.c'], `/iam${container}`)).toBeUndefined();
  });

  it.each([
    [[]],
    [['']],
    [['Bearer ']],
    [['Bearer a b']],
    [['Basic a.b.c']],
    [['Bearer a.b.c', 'Bearer a.b.c']],
    [['Bearer a.b.c, Bearer d.e.f']],
    [['AWS4-HMAC-SHA256 Credential=a']],
  ])('is not in %j', (values) => {
    expect(find(values)).toBeUndefined();
    expect(find(values, container)).toBeUndefined();
  });

  it('is a word after the scheme, and the scheme is no token where there must be one', () => {
    expect(find(['Bearer'])).toBeUndefined();
  });

  it('is not there without headers', () => {
    expect(findBearerToken({ resource: credentials, multiValueHeaders: null })).toBeUndefined();
  });
});

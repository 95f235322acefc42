import { describe, expect, it } from '@jest/globals';
import { NoOidcIssuerError, TokenKeyUnavailableError } from '../../../lambda/core/errors.ts';
import { createGetJsonWebKeys } from '../../../lambda/endpoints/get-json-web-keys.ts';
import { createGetOpenIdConfiguration } from '../../../lambda/endpoints/get-open-id-configuration.ts';

const request = { query: {}, form: {}, cookies: new Map(), prefersHtml: false, gatewayRequestId: 'x' };
const url = 'https://daypass.example.com/prod';

const endpoints = [
  ['discovery', createGetOpenIdConfiguration],
  ['the key set', createGetJsonWebKeys],
] as const;

describe('a broker that is no OIDC issuer', () => {
  it.each(endpoints)('says so when asked for %s', async (_name, create) => {
    const error = await create(undefined)(request).catch((caught) => caught);

    expect(error).toBeInstanceOf(NoOidcIssuerError);
    expect(error).toMatchObject({ status: 404, message: expect.stringContaining('web-identity') });
  });
});

describe('a broker whose keys cannot be read', () => {
  const keys = { list: () => Promise.reject(new TokenKeyUnavailableError('KMS is away')) };

  it('serves no key set, rather than one without keys that caches would keep', async () => {
    await expect(createGetJsonWebKeys({ url, keys })(request)).rejects.toBeInstanceOf(
      TokenKeyUnavailableError,
    );
  });

  it('is described all the same', async () => {
    const { status, body } = await createGetOpenIdConfiguration({ url, keys })(request);

    expect({ status, body }).toMatchObject({
      status: 200,
      body: { issuer: url, jwks_uri: `${url}/.well-known/jwks.json` },
    });
  });
});

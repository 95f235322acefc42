import { describe, expect, it } from '@jest/globals';
import { parseWorld } from '../../local/world.ts';
import { withOidcProviders, withPlayedIssuers } from '../../local/world-with-providers.ts';
import { aCertificate, metadataText } from '../support/saml-metadata-text.ts';

const id = '111111111111';
const parse = (account: object) =>
  parseWorld(
    JSON.stringify({ region: 'eu-west-1', accounts: { [id]: { name: 'home', ...account } } }),
    'world',
  );

describe('the identity providers of a world', () => {
  it('are known by their ARNs', () => {
    const world = parse({
      oidcProviders: {
        'idp.example/tenant': { url: 'http://127.0.0.1:4000/idp', clientIds: ['sts.amazonaws.com'] },
      },
      samlProviders: {
        Keys: { entityId: 'https://idp.example', certificates: [aCertificate('one')] },
        Metadata: { metadata: metadataText() },
      },
    });

    expect([...world.oidcProviders.values()]).toEqual([
      {
        arn: `arn:aws:iam::${id}:oidc-provider/idp.example/tenant`,
        accountId: id,
        name: 'idp.example/tenant',
        url: 'http://127.0.0.1:4000/idp',
        clientIds: ['sts.amazonaws.com'],
      },
    ]);
    expect(world.samlProviders.get(`arn:aws:iam::${id}:saml-provider/Keys`)?.entityId).toBe(
      'https://idp.example',
    );
    expect(world.samlProviders.get(`arn:aws:iam::${id}:saml-provider/Metadata`)).toMatchObject({
      entityId: 'https://idp.example/metadata',
      certificates: [aCertificate('one')],
    });
  });

  it.each<readonly [string, object, RegExp]>([
    ['a scheme', { oidcProviders: { 'https://idp.example': { clientIds: ['a'] } } }, /without its scheme/],
    ['no client', { oidcProviders: { 'idp.example': { clientIds: [] } } }, /1–100 audiences/],
    [
      'an address beyond loopback',
      { oidcProviders: { 'idp.example': { url: 'https://idp.example', clientIds: ['a'] } } },
      /loopback URL/,
    ],
    ['neither metadata nor keys', { samlProviders: { Idp: {} } }, /metadata, or entityId and certificates/],
    [
      'keys without an entity id',
      { samlProviders: { Idp: { certificates: ['AAAA'] } } },
      /metadata, or entityId/,
    ],
    [
      'both',
      { samlProviders: { Idp: { metadata: metadataText(), entityId: 'a' } } },
      /metadata, or entityId/,
    ],
    [
      'metadata that is none',
      { samlProviders: { Idp: { metadata: '<x/>' } } },
      /accounts\.111111111111\.samlProviders\.Idp\.metadata/,
    ],
    ['a management account of no organization', { managementAccount: true }, /with an organizationId/],
    ['a switch that is text', { managementAccount: 'yes' }, /true, false/],
  ])('are refused with %s', (_name, account, message) => {
    expect(() => parse(account)).toThrow(message);
  });

  it('can be added once the broker listens', () => {
    const name = 'daypass.example';
    const added = { accountId: id, name, url: 'http://127.0.0.1:4000', clientIds: ['sts.amazonaws.com'] };
    const world = withOidcProviders(parse({}), [added]);

    expect(world.oidcProviders.get(`arn:aws:iam::${id}:oidc-provider/${name}`)).toMatchObject(added);
  });

  it('are those that the identity provider plays, once it does', () => {
    const file = {
      region: 'eu-west-1',
      accounts: {
        [id]: {
          name: 'home',
          oidcProviders: { 'ci.example': { issuer: 'ci', clientIds: ['daypass'] } },
          samlProviders: { Idp: { issuer: 'adfs' } },
        },
      },
      issuers: { ci: {}, adfs: {} },
    };
    const settings = new Map<string, Readonly<Record<string, unknown>>>();
    const world = withPlayedIssuers(parseWorld(JSON.stringify(file), 'world'), () => settings);

    settings.set('ci', { issuer: 'http://127.0.0.1:4000/ci' });
    settings.set('adfs', { entityId: 'http://127.0.0.1:4000/adfs', certificates: ['AAAA'] });

    expect([...world.oidcProviders.values()]).toMatchObject([{ url: 'http://127.0.0.1:4000/ci' }]);
    expect([...world.samlProviders.values()]).toMatchObject([
      { entityId: 'http://127.0.0.1:4000/adfs', certificates: ['AAAA'] },
    ]);
  });

  it.each([
    ['oidcProviders', { 'ci.example': { issuer: 'nobody', clientIds: ['daypass'] } }],
    ['samlProviders', { Idp: { issuer: 'nobody' } }],
  ])('are not of issuers that nobody plays (%s)', (kind, providers) => {
    expect(() => parse({ [kind]: providers })).toThrow(/\.issuer: "nobody" is not allowed/);
  });
});

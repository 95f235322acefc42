import { type AttackWorld, type Changes, type IssuerName, issuerNames, tokenOf } from './attack-world.ts';
import type { SentRequest } from './tables/bad-token.ts';

/** A request that is accepted: what a bad one is one change away from. */
export interface GoodToken {
  readonly name: string;
  readonly issuer: IssuerName;
  readonly token: (world: AttackWorld) => string;
  readonly sent?: (token: string) => SentRequest;
}

const good = (
  issuer: IssuerName,
  name: string,
  changes: Changes | ((world: AttackWorld) => Changes) = {},
): GoodToken => ({
  issuer,
  name,
  token: (world) => tokenOf(world, issuer, typeof changes === 'function' ? changes(world) : changes),
});

const sent = (name: string, toRequest: (token: string) => SentRequest): GoodToken => ({
  ...good('okta', name),
  sent: toRequest,
});

const container = '/v1/profiles/{profile}/container-credentials';

export const goodTokens: readonly GoodToken[] = [
  ...issuerNames.map((name) => good(name, `of ${name}`)),
  good('okta', 'without typ', { header: { typ: undefined } }),
  good('okta', 'with typ application/at+JWT', { header: { typ: 'application/at+JWT' } }),
  good('okta', 'with header members that name keys elsewhere', ({ attacker }) => ({
    header: {
      jku: `${attacker.url}/jwks`,
      x5u: attacker.url,
      jwk: attacker.rsa.jwk,
      x5c: ['AAAA'],
      x5t: 'AAAA',
    },
  })),
  good('okta', 'with aud as a list', { claims: { aud: ['daypass'] } }),
  good('okta', 'without any listed claim', {
    claims: { groups: undefined, team: undefined, level: undefined, amr: undefined },
  }),
  good('okta', 'with times that have fractions', ({ nowSeconds }) => ({
    claims: { iat: nowSeconds - 10.5, nbf: nowSeconds - 10.5, exp: nowSeconds + 290.5 },
  })),
  good('okta', 'that lives an hour', ({ nowSeconds }) => ({
    claims: { iat: nowSeconds - 10, exp: nowSeconds + 3590 },
  })),
  good('okta', 'whose clock is ahead of ours by two seconds', ({ nowSeconds }) => ({
    claims: { iat: nowSeconds + 2, nbf: nowSeconds + 2 },
  })),
  good('okta', 'with a subject of 1024 characters', { claims: { sub: 's'.repeat(1024) } }),
  good('okta', 'with a subject in other scripts', { claims: { sub: 'al\u00ede \u5b57 \ud83d\ude80' } }),
  good('okta', 'with members from which programs inherit', ({ issuers }) => ({
    payload: `{"__proto__":{"groups":["admin"]},"constructor":{"prototype":{"team":"admin"}},${JSON.stringify(
      {
        ...issuers.okta.claims,
        groups: undefined,
        team: undefined,
      },
    ).slice(1)}`,
  })),
  good('partner', 'without a key id, where there is one key', { header: { kid: undefined } }),
  good('ministry', 'with one of two audiences', { claims: { aud: 'daypass' } }),
  good('acme', 'with a jti of 256 characters', { claims: { jti: 'j'.repeat(256) } }),
  good('acme', 'that lives 300 seconds', ({ nowSeconds }) => ({
    claims: { iat: nowSeconds - 10, exp: nowSeconds + 290 },
  })),
  sent('after bearer in lower case', (token) => ({ headers: { authorization: [`bearer ${token}`] } })),
  sent('beside a remapped header', (token) => ({
    headers: { Authorization: [`Bearer ${token}`], 'x-amzn-remapped-authorization': ['Bearer a.b.c'] },
  })),
  sent('raw where a raw token is taken', (token) => ({
    headers: { Authorization: [token] },
    changes: { resource: container, path: '/v1/profiles/readonly/container-credentials' },
  })),
];

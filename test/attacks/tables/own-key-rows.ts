import type { AttackWorld, Changes, Members } from '../attack-world.ts';
import { signer } from '../forge.ts';
import { type BadToken, changed } from './bad-token.ts';

/** `private_key_jwt` of third parties. */
const integrationRows: readonly BadToken[] = [
  changed('acme', 'subject', 'of acme for globex', { claims: { sub: 'globex' } }),
  changed('acme', 'subject', 'of acme for a person', { claims: { sub: 'alice' } }),
  changed('acme', 'subject', 'of acme without sub', { claims: { sub: undefined } }),
  changed('acme', 'subject', 'of acme whose sub has another case', { claims: { sub: 'ACME' } }),
  changed('acme', 'subject', 'of acme whose sub is a list', { claims: { sub: ['acme'] } }),
  changed('acme', 'unknown-issuer', 'of acme whose iss has another case', {
    claims: { iss: 'ACME', sub: 'ACME' },
  }),
  changed('acme', 'proof-id', 'of acme without jti', { claims: { jti: undefined } }),
  changed('acme', 'proof-id', 'of acme whose jti is null', { claims: { jti: null } }),
  changed('acme', 'proof-id', 'of acme whose jti is empty', { claims: { jti: '' } }),
  changed('acme', 'proof-id', 'of acme whose jti is a number', { claims: { jti: 1 } }),
  changed('acme', 'proof-id', 'of acme whose jti is a list', { claims: { jti: ['proof-1'] } }),
  changed('acme', 'proof-id', 'of acme whose jti has 257 characters', { claims: { jti: 'j'.repeat(257) } }),
  changed('acme', 'proof-id', 'of acme whose jti is called jwtid', {
    claims: { jti: undefined, jwtid: 'proof-1' },
  }),
  changed('acme', 'lifetime', 'of acme for 301 seconds', ({ nowSeconds }) => ({
    claims: { iat: nowSeconds - 10, exp: nowSeconds + 291 },
  })),
  changed('acme', 'lifetime', 'of acme for a day', ({ nowSeconds }) => ({
    claims: { exp: nowSeconds + 86_000 },
  })),
  changed('acme', 'expired', 'of acme that expired', ({ nowSeconds }) => ({
    claims: { iat: nowSeconds - 300, exp: nowSeconds - 1 },
  })),
  changed('acme', 'malformed-token', 'of acme without iat', { claims: { iat: undefined } }),
  changed('acme', 'malformed-token', 'of acme without exp', { claims: { exp: undefined } }),
  changed('acme', 'not-yet-valid', 'of acme made for later', ({ nowSeconds }) => ({
    claims: { iat: nowSeconds + 60, exp: nowSeconds + 300 },
  })),
  changed('acme', 'token-type', 'of acme that is an access token', { header: { typ: 'at+jwt' } }),
  changed('acme', 'signature', 'of acme, signed by an RSA key as ES256', ({ attacker }) => ({
    signer: signer(attacker.rsa),
  })),
  changed('acme', 'unknown-key', 'of acme, of RS256 for which it has no key', ({ attacker }) => ({
    header: { alg: 'RS256' },
    signer: signer(attacker.rsa),
  })),
  changed('acme', 'unknown-key', 'of acme under a key id that it has not registered', {
    header: { kid: 'two' },
  }),
];

/** The broker's own token with another principal within. */
const principal =
  (changes: Members) =>
  (world: AttackWorld): Changes => ({
    claims: { principal: { ...Object(world.issuers.daypass.claims['principal']), ...changes } },
  });

const ofBroker = (name: string, reason: BadToken['reason'], changes: Parameters<typeof changed>[3]) =>
  changed('daypass', reason, `of the broker ${name}`, changes);

const brokerRows: readonly BadToken[] = [
  ofBroker('of another RSA key', 'signature', ({ attacker }) => ({ signer: signer(attacker.rsa) })),
  ofBroker('of a key that another of our issuers has', 'signature', ({ issuers }) => ({
    signer: signer(issuers.okta.key),
  })),
  ofBroker('without typ', 'token-type', { header: { typ: undefined } }),
  ofBroker('with typ JWT', 'token-type', { header: { typ: 'JWT' } }),
  ofBroker('with typ at+jwt', 'token-type', { header: { typ: 'at+jwt' } }),
  ofBroker('with a longer typ', 'token-type', { header: { typ: 'daypass+jwt2' } }),
  ofBroker('for another broker', 'audience', { claims: { aud: 'https://other.example/prod' } }),
  ofBroker('for this and another broker', 'audience', ({ brokerUrl }) => ({
    claims: { aud: [brokerUrl, 'https://other.example/prod'] },
  })),
  ofBroker('without aud', 'audience', { claims: { aud: undefined } }),
  ofBroker('for another stage', 'audience', { claims: { aud: 'https://broker.example/test' } }),
  ofBroker('of another stage', 'unknown-issuer', { claims: { iss: 'https://broker.example/test' } }),
  ofBroker('with a slash at the end of iss', 'unknown-issuer', ({ brokerUrl }) => ({
    claims: { iss: `${brokerUrl}/` },
  })),
  ofBroker('that expired', 'expired', ({ nowSeconds }) => ({
    claims: { iat: nowSeconds - 900, exp: nowSeconds - 1 },
  })),
  ofBroker('for sixteen minutes', 'lifetime', ({ nowSeconds }) => ({
    claims: { iat: nowSeconds - 10, exp: nowSeconds + 950 },
  })),
  ofBroker('without a principal', 'claim', { claims: { principal: undefined } }),
  ofBroker('with a principal that is JSON text', 'claim', ({ issuers }) => ({
    claims: { principal: JSON.stringify(issuers.daypass.claims['principal']) },
  })),
  ofBroker('with a list of principals', 'claim', ({ issuers }) => ({
    claims: { principal: [issuers.daypass.claims['principal']] },
  })),
  ofBroker('with a principal of nobody', 'claim', principal({ subject: '' })),
  ofBroker('with a principal without a subject', 'claim', principal({ subject: undefined })),
  ofBroker('with a principal of an oidc issuer', 'claim', principal({ issuer: 'okta' })),
  ofBroker('with a principal of an integration', 'claim', principal({ issuer: 'acme' })),
  ofBroker('with a principal of the iam issuer', 'claim', principal({ issuer: 'aws' })),
  ofBroker('with a principal of the broker itself', 'claim', principal({ issuer: 'daypass' })),
  ofBroker(
    'with a principal of an issuer that is not configured',
    'claim',
    principal({ issuer: 'former-idp' }),
  ),
  ofBroker('with a principal of __proto__', 'claim', principal({ issuer: '__proto__' })),
  ofBroker('with a principal that has a member too many', 'claim', principal({ admin: true })),
  ofBroker('with a principal whose mfa is text', 'claim', principal({ mfa: 'true' })),
  ofBroker('with a principal without mfa', 'claim', principal({ mfa: undefined })),
  ofBroker(
    'with a principal whose claims hold an object',
    'claim',
    principal({ claims: { groups: { sre: 1 } } }),
  ),
  ofBroker('with a principal whose claims hold null', 'claim', principal({ claims: { groups: null } })),
  ofBroker('with a principal that does not expire', 'claim', principal({ expiresAt: undefined })),
  ofBroker('with a principal that expires at a text', 'claim', principal({ expiresAt: '9999999999' })),
  ofBroker('with a principal whom admit statements deny', 'not-admitted', principal({ subject: 'mallory' })),
  changed('okta', 'token-type', "of okta's key whose iss is the broker's", ({ brokerUrl }) => ({
    claims: { iss: brokerUrl, aud: brokerUrl },
  })),
  changed('okta', 'signature', "of okta's key whose iss, aud and typ are the broker's", (world) => ({
    claims: world.issuers.daypass.claims,
    header: { typ: 'daypass+jwt' },
  })),
  changed('daypass', 'token-type', "of the broker's key whose iss is okta's", ({ issuers }) => ({
    claims: issuers.okta.claims,
  })),
  changed('daypass', 'signature', "of the broker's key whose iss and typ are okta's", ({ issuers }) => ({
    claims: issuers.okta.claims,
    header: { typ: 'JWT' },
  })),
];

/** Tokens of those who sign for themselves: third parties by registered keys, and the broker. */
export const ownKeyRows: readonly BadToken[] = [...integrationRows, ...brokerRows];

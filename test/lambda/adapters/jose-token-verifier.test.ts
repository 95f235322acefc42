import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createJoseTokenVerifier } from '../../../lambda/adapters/jose-token-verifier.ts';
import { IssuerUnavailableError, TokenRefusedError } from '../../../lambda/core/authentication-errors.ts';
import type { OidcIssuer, SigningAlgorithm } from '../../../lambda/core/configuration.ts';
import { readToken } from '../../../lambda/core/read-token.ts';
import {
  discoveryPath,
  json,
  type LoopbackIssuer,
  startLoopbackIssuer,
} from '../../support/loopback-issuer.ts';
import { aRecordingLogger } from '../../support/recording-logger.ts';
import {
  anOidcIssuer,
  aSigningKey,
  byName,
  nowMs,
  type SigningKey,
  sign,
  someClaims,
} from '../../support/tokens.ts';

const minute = 60_000;
let one: SigningKey;
let two: SigningKey;
let idp: LoopbackIssuer;

beforeAll(async () => {
  [one, two] = await Promise.all([aSigningKey('one'), aSigningKey('two')]);
});

beforeEach(async () => {
  idp = await startLoopbackIssuer([one.publicJwk]);
});

afterEach(() => idp.close());

/** A verifier of the loopback issuer, with a clock that the test sets, and what it says of a token. */
function aVerifier(changes: Partial<OidcIssuer> = {}, { timeoutMs = 5000 } = {}) {
  const world = { now: nowMs, logger: aRecordingLogger() };
  const issuer = anOidcIssuer({ issuer: idp.url, ...changes });
  const verifier = createJoseTokenVerifier({
    issuers: byName(issuer),
    fetch,
    now: () => world.now,
    logger: world.logger,
    timeoutMs,
  });
  const verify = async (compact: string) => {
    try {
      await verifier.verifySignature(readToken(compact), issuer);
      return 'verified';
    } catch (error) {
      if (error instanceof TokenRefusedError) return error.reason;
      if (error instanceof IssuerUnavailableError) return 'unavailable';
      throw error;
    }
  };
  return { world, verify };
}

const aToken = (key: SigningKey, header: Readonly<Record<string, unknown>> = {}) =>
  sign(key, someClaims({ iss: idp.url }), header);

describe('createJoseTokenVerifier', () => {
  it.each<SigningAlgorithm>(['RS256', 'ES256', 'ES384', 'EdDSA'])('verifies %s', async (algorithm) => {
    const key = await aSigningKey('one', algorithm);
    idp.publish([key.publicJwk]);
    const { verify } = aVerifier({ algorithms: [algorithm] });

    expect(await verify(await aToken(key))).toBe('verified');
  });

  it('fetches nothing before the first token, and each document once for many tokens', async () => {
    const { verify } = aVerifier();
    const token = await aToken(one);
    expect(idp.requests).toEqual([]);

    const outcomes = await Promise.all([verify(token), verify(token), verify(token)]);
    outcomes.push(await verify(token));

    expect(new Set(outcomes)).toEqual(new Set(['verified']));
    expect(idp.requests).toEqual([discoveryPath, '/jwks']);
  });

  it('refuses a signature of another key under the id of a published one', async () => {
    const forged = await sign({ ...two, publicJwk: one.publicJwk }, someClaims({ iss: idp.url }));

    expect(await aVerifier().verify(forged)).toBe('signature');
  });

  it.each([0, 1, 2])('refuses a token whose part %i was changed', async (index) => {
    const parts = (await aToken(one)).split('.');
    const other = (await aToken(one, { typ: 'JWT' })).split('.');
    const claims = Buffer.from(JSON.stringify(someClaims({ iss: idp.url, sub: 'root' }))).toString(
      'base64url',
    );
    parts[index] = [other[0], claims, other[2]][index] ?? '';

    expect(await aVerifier().verify(parts.join('.'))).toBe('signature');
  });

  it('refuses the key id of another algorithm', async () => {
    const rsa = await aSigningKey('one', 'RS256');
    const { verify } = aVerifier({ algorithms: ['RS256', 'ES256'] });

    expect(await verify(await aToken(rsa))).toBe('unknown-key');
  });

  it('takes a token without key id where the issuer has one key, and refuses it where it has two', async () => {
    const token = await sign({ ...one, publicJwk: { alg: 'ES256' } as never }, someClaims());
    expect(await aVerifier().verify(token)).toBe('verified');

    idp.publish([one.publicJwk, two.publicJwk]);
    expect(await aVerifier().verify(token)).toBe('ambiguous-key');
  });

  it('refuses a key id that two keys have', async () => {
    idp.publish([one.publicJwk, { ...two.publicJwk, kid: 'one' }]);

    expect(await aVerifier().verify(await aToken(one))).toBe('ambiguous-key');
  });

  it('refuses an RSA key of 1024 bits, correctly signed', async () => {
    const { createSign, generateKeyPairSync } = await import('node:crypto');
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    idp.publish([{ ...publicKey.export({ format: 'jwk' }), kid: 'weak', alg: 'RS256' } as never]);
    const [header, payload] = [{ alg: 'RS256', kid: 'weak' }, someClaims()].map((part) =>
      Buffer.from(JSON.stringify(part)).toString('base64url'),
    );
    const signature = createSign('sha256').update(`${header}.${payload}`).sign(privateKey, 'base64url');

    expect(await aVerifier({ algorithms: ['RS256'] }).verify(`${header}.${payload}.${signature}`)).toBe(
      'unknown-key',
    );
  });

  it('follows neither jku nor x5u, and takes no key from the token', async () => {
    const evil = await startLoopbackIssuer([two.publicJwk]);
    const header = { jku: `${evil.url}/jwks`, x5u: `${evil.url}/jwks`, jwk: two.publicJwk };
    const { verify } = aVerifier();

    expect(await verify(await aToken(two, header))).toBe('unknown-key');
    expect(await verify(await aToken({ ...two, publicJwk: one.publicJwk }, header))).toBe('signature');
    expect(await verify(await aToken(one, header))).toBe('verified');
    expect(evil.requests).toEqual([]);
    await evil.close();
  });
});

describe('createJoseTokenVerifier, when keys change', () => {
  it('takes a newly published key with one more fetch', async () => {
    const { world, verify } = aVerifier();
    await verify(await aToken(one));
    idp.publish([one.publicJwk, two.publicJwk]);
    world.now += minute;

    expect(await verify(await aToken(two))).toBe('verified');
    expect(await verify(await aToken(one))).toBe('verified');
    expect(idp.keySetRequests()).toBe(2);
  });

  it('refuses a withdrawn key once its max age is over', async () => {
    const { world, verify } = aVerifier();
    const token = await aToken(one);
    await verify(token);
    idp.publish([two.publicJwk]);
    world.now += 10 * minute;

    expect(await verify(token)).toBe('unknown-key');
    expect(await verify(await aToken(two))).toBe('verified');
  });

  it('refuses a withdrawn key as soon as it has fetched for a new one', async () => {
    const { world, verify } = aVerifier();
    const token = await aToken(one);
    await verify(token);
    idp.publish([two.publicJwk]);
    world.now += minute;

    expect(await verify(await aToken(two))).toBe('verified');
    expect(await verify(token)).toBe('unknown-key');
  });

  it('fetches for unknown key ids once in 30 s, however many come', async () => {
    const { world, verify } = aVerifier();
    await verify(await aToken(one));
    world.now += minute;

    for (let request = 0; request < 20; request += 1) {
      expect(await verify(await aToken(two, { kid: `unknown-${request}` }))).toBe('unknown-key');
    }

    expect(idp.keySetRequests()).toBe(2);
  });
});

describe('createJoseTokenVerifier, with one key id at two issuers', () => {
  it('takes each with its own key alone, also once both sets are cached', async () => {
    const other = await startLoopbackIssuer([{ ...two.publicJwk, kid: 'one' }]);
    const a = anOidcIssuer({ name: 'a', issuer: idp.url });
    const b = anOidcIssuer({ name: 'b', issuer: other.url });
    const verifier = createJoseTokenVerifier({
      issuers: byName(a, b),
      fetch,
      now: () => nowMs,
      logger: aRecordingLogger(),
    });
    const ofA = readToken(await sign(one, someClaims({ iss: a.issuer })));
    const ofB = readToken(await sign({ ...two, publicJwk: one.publicJwk }, someClaims({ iss: b.issuer })));
    const claimsBSignedByA = readToken(await sign(one, someClaims({ iss: b.issuer })));

    for (let round = 0; round < 2; round += 1) {
      await expect(verifier.verifySignature(ofA, a)).resolves.toHaveProperty('keyThumbprint');
      await expect(verifier.verifySignature(ofB, b)).resolves.toHaveProperty('keyThumbprint');
      await expect(verifier.verifySignature(claimsBSignedByA, b)).rejects.toMatchObject({
        reason: 'signature',
      });
      await expect(verifier.verifySignature(ofB, a)).rejects.toMatchObject({ reason: 'signature' });
    }
    await other.close();
  });

  it('throws TypeError for an issuer that it was not made for', async () => {
    const verifier = createJoseTokenVerifier({
      issuers: byName(),
      fetch,
      now: () => nowMs,
      logger: aRecordingLogger(),
    });
    const token = readToken(await aToken(one));

    await expect(verifier.verifySignature(token, anOidcIssuer())).rejects.toThrow(TypeError);
  });
});

describe('createJoseTokenVerifier, when the issuer fails', () => {
  const hang = () => undefined;
  const page = json('<html>');
  const status =
    (code: number) => (_request: unknown, response: { writeHead(code: number): { end(): void } }) =>
      response.writeHead(code).end();
  const redirect = (
    _request: unknown,
    response: { writeHead(code: number, headers: object): { end(): void } },
  ) => response.writeHead(302, { location: '/elsewhere' }).end();
  const documents: readonly (readonly [string, Parameters<LoopbackIssuer['answer']>[1]])[] = [
    ['hangs', hang],
    ['breaks the connection', (request) => request.socket.destroy()],
    ['answers 500', status(500) as never],
    ['answers 404', status(404) as never],
    ['redirects', redirect as never],
    ['answers with no object', page],
    ['answers with null', json(null)],
    ['answers with an empty object', json({})],
    ['answers with more than 300 KB', json({ keys: [], filler: 'x'.repeat(300_000) })],
  ];

  it.each(documents)('has no verdict when the discovery document %s', async (_name, respond) => {
    idp.answer(discoveryPath, respond);

    expect(await aVerifier({}, { timeoutMs: 100 }).verify(await aToken(one))).toBe('unavailable');
    expect(idp.requests).toEqual([discoveryPath]);
  });

  it.each(documents)('has no verdict when the key set %s', async (_name, respond) => {
    idp.answer('/jwks', respond);

    expect(await aVerifier({}, { timeoutMs: 100 }).verify(await aToken(one))).toBe('unavailable');
    expect(idp.requests).toEqual([discoveryPath, '/jwks']);
  });

  it('has no verdict when a discovery document of the right content has more than 64 KB', async () => {
    const filler = 'x'.repeat(65_536);
    idp.answer(discoveryPath, json({ issuer: idp.url, jwks_uri: `${idp.url}/jwks`, filler }));

    expect(await aVerifier().verify(await aToken(one))).toBe('unavailable');
  });

  it('has no verdict when a key set of the right content has more than 256 KB', async () => {
    idp.answer('/jwks', json({ keys: [one.publicJwk], filler: 'x'.repeat(262_144) }));

    expect(await aVerifier().verify(await aToken(one))).toBe('unavailable');
  });

  it.each([
    ['another issuer', (url: string) => url.replace('127.0.0.1', 'localhost')],
    ['the issuer with a slash', (url: string) => `${url}/`],
    ['the issuer in a list', (url: string) => [url]],
    ['no issuer', () => undefined],
  ])('has no verdict, and fetches no keys, when the discovery document names %s', async (_name, named) => {
    idp.answer(discoveryPath, json({ issuer: named(idp.url), jwks_uri: `${idp.url}/jwks` }));

    expect(await aVerifier().verify(await aToken(one))).toBe('unavailable');
    expect(idp.requests).toEqual([discoveryPath]);
  });

  it.each(['https://169.254.169.254/jwks', 'http://192.0.2.1/jwks', 'https://idp.example/jwks', undefined])(
    'fetches no keys from %s',
    async (jwks_uri) => {
      idp.answer(discoveryPath, json({ issuer: idp.url, jwks_uri }));
      const addresses: string[] = [];
      const issuer = anOidcIssuer({ issuer: idp.url });
      const verifier = createJoseTokenVerifier({
        issuers: byName(issuer),
        fetch: (input, init) => {
          addresses.push(String(input));
          return fetch(input, init);
        },
        now: () => nowMs,
        logger: aRecordingLogger(),
      });

      await expect(verifier.verifySignature(readToken(await aToken(one)), issuer)).rejects.toThrow(
        IssuerUnavailableError,
      );
      expect(addresses).toEqual([`${idp.url}${discoveryPath}`]);
    },
  );

  it('goes on with the keys it has for an hour, says so, and then has no verdict', async () => {
    const { world, verify } = aVerifier();
    const token = await aToken(one);
    await verify(token);
    await idp.close();

    world.now += 59 * minute;
    expect(await verify(token)).toBe('verified');
    expect(world.logger.entries).toEqual([
      expect.objectContaining({ level: 'warn', fields: expect.objectContaining({ issuer: 'idp' }) }),
    ]);
    world.now += minute;
    expect(await verify(token)).toBe('unavailable');
  });

  it('has no verdict on an unknown key while the issuer is down, and still refuses a forged token', async () => {
    const { world, verify } = aVerifier();
    await verify(await aToken(one));
    await idp.close();
    world.now += minute;

    expect(await verify(await aToken(two))).toBe('unavailable');
    expect(await verify(await aToken({ ...two, publicJwk: one.publicJwk }))).toBe('signature');
  });

  it('verifies again when the issuer is back', async () => {
    const { world, verify } = aVerifier();
    const token = await aToken(one);
    idp.answer('/jwks', status(503) as never);
    expect(await verify(token)).toBe('unavailable');
    idp.answer('/jwks', undefined);
    world.now += 5000;

    expect(await verify(token)).toBe('verified');
  });

  it.each(['http://idp.example', 'https://idp.example?x', 'idp'])(
    'throws TypeError when it is made for issuer %s',
    (url) => {
      const make = () => aVerifier({ issuer: url });

      expect(make).toThrow(TypeError);
    },
  );
});

import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  createJoseTokenVerifier,
  type JoseTokenVerifierOptions,
} from '../../../lambda/adapters/jose-token-verifier.ts';
import { importVerificationKeys } from '../../../lambda/adapters/verification-keys.ts';
import { IssuerUnavailableError, TokenRefusedError } from '../../../lambda/core/authentication-errors.ts';
import type { IntegrationIssuer, Issuer } from '../../../lambda/core/configuration.ts';
import { readToken } from '../../../lambda/core/read-token.ts';
import { type TokenIssuer, toBrokerIssuer } from '../../../lambda/core/token-issuer.ts';
import {
  discoveryPath,
  json,
  type LoopbackIssuer,
  startLoopbackIssuer,
} from '../../support/loopback-issuer.ts';
import { aRecordingLogger } from '../../support/recording-logger.ts';
import { anOidcIssuer, aSigningKey, nowMs, type SigningKey, sign, someClaims } from '../../support/tokens.ts';

const second = 1000;
const minute = 60 * second;
let one: SigningKey;
let two: SigningKey;
let rsa: SigningKey;
let good: LoopbackIssuer;
let bad: LoopbackIssuer;

beforeAll(async () => {
  [one, two, rsa] = await Promise.all([
    aSigningKey('one'),
    aSigningKey('two'),
    aSigningKey('broker', 'RS256'),
  ]);
});

beforeEach(async () => {
  [good, bad] = await Promise.all([
    startLoopbackIssuer([one.publicJwk]),
    startLoopbackIssuer([one.publicJwk]),
  ]);
});

afterEach(() => Promise.all([good.close(), bad.close()]));

const counting = () => {
  const addresses: string[] = [];
  const count: typeof globalThis.fetch = (input, init) => {
    addresses.push(String(input));
    return fetch(input, init);
  };
  return { addresses, fetch: count };
};

/** A verifier of those issuers, with a clock that the test sets, and what it says of a token. */
function aVerifier(issuers: readonly Issuer[], options: Partial<JoseTokenVerifierOptions> = {}) {
  const world = { now: nowMs, logger: aRecordingLogger() };
  const verifier = createJoseTokenVerifier({
    issuers: new Map(issuers.map((issuer) => [issuer.name, issuer])),
    fetch,
    now: () => world.now,
    logger: world.logger,
    timeoutMs: 5000,
    ...options,
  });
  const verify = async (compact: string, issuer: TokenIssuer) => {
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

const ofGood = () => anOidcIssuer({ name: 'good', issuer: good.url });
const ofBad = () => anOidcIssuer({ name: 'bad', issuer: bad.url });

const aToken = ({ issuer: iss }: { readonly issuer: string }, kid = 'one', key = one) =>
  sign(key, someClaims({ iss }), { kid });

const unknownTokens = (issuer: { readonly issuer: string }, count: number) =>
  Promise.all(Array.from({ length: count }, (_, n) => aToken(issuer, `unknown-${n}`)));

describe('a thousand unknown key ids', () => {
  it('cost one fetch in 30 s, one after the other and all at once', async () => {
    const issuer = ofGood();
    const { world, verify } = aVerifier([issuer]);
    const tokens = await unknownTokens(issuer, 1000);
    expect(await verify(await aToken(issuer), issuer)).toBe('verified');
    world.now += 30 * second;

    const atOnce = await Promise.all(tokens.slice(0, 500).map((token) => verify(token, issuer)));
    const afterwards = [];
    for (const token of tokens.slice(500)) afterwards.push(await verify(token, issuer));
    world.now += 30 * second - 1;
    afterwards.push(await verify(await aToken(issuer, 'late'), issuer));

    expect(new Set([...atOnce, ...afterwards])).toEqual(new Set(['unknown-key']));
    expect(good.keySetRequests()).toBe(2);
    expect(good.discoveryRequests()).toBe(2);
    world.now += 1;
    await verify(await aToken(issuer, 'later'), issuer);
    expect(good.keySetRequests()).toBe(3);
  });

  it('cost the one first fetch when nothing is known yet', async () => {
    const issuer = ofGood();
    const { verify } = aVerifier([issuer]);
    const tokens = await unknownTokens(issuer, 1000);

    const outcomes = await Promise.all(tokens.map((token) => verify(token, issuer)));

    expect(new Set(outcomes)).toEqual(new Set(['unknown-key']));
    expect(good.requests).toEqual([discoveryPath, '/jwks']);
  });

  it('cost one attempt in 30 s while the issuer is down, and leave its known key alone', async () => {
    const issuer = ofGood();
    const { world, verify } = aVerifier([issuer]);
    await verify(await aToken(issuer), issuer);
    good.answer('/jwks', (_request, response) => response.writeHead(500).end());
    world.now += minute;
    const tokens = await unknownTokens(issuer, 1000);

    const outcomes = [];
    for (const token of tokens) outcomes.push(await verify(token, issuer));

    expect(new Set(outcomes)).toEqual(new Set(['unavailable']));
    expect(good.keySetRequests()).toBe(2);
    expect(await verify(await aToken(issuer), issuer)).toBe('verified');
  });

  it('of one issuer fetch nothing of another', async () => {
    const [issuer, other] = [ofGood(), ofBad()];
    const { world, verify } = aVerifier([issuer, other]);
    await Promise.all([verify(await aToken(issuer), issuer), verify(await aToken(other), other)]);
    world.now += minute;

    for (const token of await unknownTokens(issuer, 100)) await verify(token, issuer);

    expect(good.keySetRequests()).toBe(2);
    expect(bad.keySetRequests()).toBe(1);
    bad.publish([one.publicJwk, two.publicJwk]);
    expect(await verify(await aToken(other, 'two', two), other)).toBe('verified');
  });

  it('do not put off the withdrawal of a key', async () => {
    const issuer = ofGood();
    const { world, verify } = aVerifier([issuer]);
    const token = await aToken(issuer);
    await verify(token, issuer);
    good.publish([two.publicJwk]);

    for (let step = 1; step <= 20; step += 1) {
      world.now = nowMs + step * 29 * second;
      await verify(await aToken(issuer, `unknown-${step}`), issuer);
    }

    world.now = nowMs + 10 * minute;
    expect(await verify(token, issuer)).toBe('unknown-key');
  });
});

describe("an issuer's trouble", () => {
  const troubles: readonly (readonly [string, Parameters<LoopbackIssuer['answer']>[1]])[] = [
    ['hangs', () => undefined],
    ['answers 500', (_request, response) => response.writeHead(500).end()],
    ['breaks the connection', (request) => request.socket.destroy()],
    ['answers with garbage', (_request, response) => response.end('\u0000<html>')],
    ['answers without end', (_request, response) => response.write('{"keys":[')],
    ['answers with keys that are none', json({ keys: [null, 5, { kty: 'RSA' }] })],
    ['answers with too much', json({ keys: [], filler: 'x'.repeat(300_000) })],
  ];

  it.each(troubles)("never touches another's callers: it %s", async (_name, respond) => {
    const [issuer, troubled] = [ofGood(), ofBad()];
    const { verify } = aVerifier([troubled, issuer], { timeoutMs: 300 });
    bad.answer('/jwks', respond);
    const [mine, theirs] = [await aToken(issuer), await aToken(troubled)];
    const order: string[] = [];
    const noting = (name: string, outcome: Promise<string>) =>
      outcome.then((result) => {
        order.push(name);
        return result;
      });

    const outcomes = await Promise.all([
      ...Array.from({ length: 20 }, () => noting('theirs', verify(theirs, troubled))),
      ...Array.from({ length: 20 }, () => noting('mine', verify(mine, issuer))),
    ]);

    expect(new Set(outcomes.slice(20))).toEqual(new Set(['verified']));
    expect(outcomes.slice(0, 20)).not.toContain('verified');
    expect(bad.requests).toEqual([discoveryPath, '/jwks']);
    expect(good.requests).toEqual([discoveryPath, '/jwks']);
    if (_name === 'hangs') expect(order.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 'mine'));
  });

  it('leaves it the keys it had for an hour, then there is no verdict until it is back', async () => {
    const [issuer, troubled] = [ofGood(), ofBad()];
    const { world, verify } = aVerifier([troubled, issuer], { timeoutMs: 100 });
    const [mine, theirs] = [await aToken(issuer), await aToken(troubled)];
    await Promise.all([verify(mine, issuer), verify(theirs, troubled)]);
    bad.answer(discoveryPath, () => undefined);

    const outcomes = [];
    for (const atMinute of [9, 11, 30, 59, 60, 61]) {
      world.now = nowMs + atMinute * minute;
      outcomes.push([atMinute, await verify(theirs, troubled), await verify(mine, issuer)]);
    }
    bad.answer(discoveryPath, undefined);
    world.now += minute;
    outcomes.push(['back', await verify(theirs, troubled), await verify(mine, issuer)]);

    expect(outcomes).toEqual([
      [9, 'verified', 'verified'],
      [11, 'verified', 'verified'],
      [30, 'verified', 'verified'],
      [59, 'verified', 'verified'],
      [60, 'unavailable', 'verified'],
      [61, 'unavailable', 'verified'],
      ['back', 'verified', 'verified'],
    ]);
    expect(new Set(world.logger.entries.map(({ fields }) => fields?.['issuer']))).toEqual(new Set(['bad']));
  });
});

describe('keys that stand in the configuration', () => {
  const integration = (): IntegrationIssuer => ({
    type: 'integration',
    name: 'acme',
    issuer: 'acme',
    audiences: ['daypass'],
    algorithms: ['ES256'],
    tokenTypes: ['jwt'],
    maxLifetimeSeconds: 300,
    claims: new Map(),
    jwks: { keys: [two.publicJwk] },
  });

  it('are all there is, and are never fetched', async () => {
    const { addresses, fetch } = counting();
    const issuer = { ...ofGood(), jwks: { keys: [two.publicJwk] } };
    const acme = integration();
    const { world, verify } = aVerifier([issuer, acme], { fetch });

    for (const atMinute of [0, 11, 61, 600]) {
      world.now = nowMs + atMinute * minute;
      expect(await verify(await aToken(issuer, 'two', two), issuer)).toBe('verified');
      expect(await verify(await aToken(acme, 'two', two), acme)).toBe('verified');
      // The key that the issuer publishes, and which is not the configured one.
      expect(await verify(await aToken(issuer), issuer)).toBe('unknown-key');
      expect(await verify(await aToken(acme), acme)).toBe('unknown-key');
    }
    expect(addresses).toEqual([]);
    expect(good.requests).toEqual([]);
  });

  it('of one issuer verify nothing of another', async () => {
    const issuer = ofGood();
    const acme = integration();
    const { verify } = aVerifier([issuer, acme]);

    expect(await verify(await aToken(acme, 'two', two), issuer)).toBe('unknown-key');
    expect(await verify(await sign(one, someClaims({ iss: 'acme' }), { kid: 'two' }), acme)).toBe(
      'signature',
    );
  });
});

describe("the broker's own key", () => {
  const broker = toBrokerIssuer('https://daypass.example.com');
  const brokerToken = (key = rsa, kid = 'broker') =>
    sign(key, someClaims({ iss: broker.issuer }), { kid, typ: 'daypass+jwt' });

  /** KMS as far as the verifier sees it. */
  function aBroker(issuers: readonly Issuer[] = []) {
    const kms = { calls: 0, fails: false };
    const fetchKeys = () => {
      kms.calls += 1;
      if (kms.fails) return Promise.reject(new Error('KMS cannot be reached'));
      return importVerificationKeys({ keys: [rsa.publicJwk] }, broker.algorithms);
    };
    return { kms, ...aVerifier(issuers, { broker: { issuer: broker, fetchKeys } }) };
  }

  it('is asked for once, lazily, and again after its lifetime', async () => {
    const { kms, world, verify } = aBroker();
    expect(kms.calls).toBe(0);

    const outcomes = await Promise.all([
      verify(await brokerToken(), broker),
      verify(await brokerToken(), broker),
    ]);
    world.now += 10 * minute - 1;
    outcomes.push(await verify(await brokerToken(), broker));
    expect(kms.calls).toBe(1);
    world.now += 1;
    outcomes.push(await verify(await brokerToken(), broker));

    expect(new Set(outcomes)).toEqual(new Set(['verified']));
    expect(kms.calls).toBe(2);
  });

  it('is asked for once in 30 s for a thousand unknown key ids', async () => {
    const { kms, world, verify } = aBroker();
    await verify(await brokerToken(), broker);
    world.now += minute;
    const forged = await Promise.all(Array.from({ length: 1000 }, (_, n) => brokerToken(rsa, `k${n}`)));

    const outcomes = await Promise.all(forged.map((token) => verify(token, broker)));

    expect(new Set(outcomes)).toEqual(new Set(['unknown-key']));
    expect(kms.calls).toBe(2);
  });

  it('serves for an hour while KMS is down, then there is no verdict, and others notice nothing', async () => {
    const issuer = ofGood();
    const { kms, world, verify } = aBroker([issuer]);
    await verify(await brokerToken(), broker);
    kms.fails = true;

    world.now += 59 * minute;
    expect(await verify(await brokerToken(), broker)).toBe('verified');
    world.now += minute;
    expect(await verify(await brokerToken(), broker)).toBe('unavailable');
    expect(await verify(await aToken(issuer), issuer)).toBe('verified');
  });

  it("is no issuer's, and no issuer's key is the broker's", async () => {
    const issuer = { ...ofGood(), algorithms: ['ES256', 'RS256'] as const };
    const { verify } = aBroker([issuer]);

    expect(await verify(await brokerToken(), issuer)).toBe('unknown-key');
    expect(await verify(await sign(one, someClaims(), { kid: 'one' }), broker)).toBe('unknown-key');
  });
});

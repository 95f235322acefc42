import { beforeAll, describe, expect, it } from '@jest/globals';
import { createJoseTokenVerifier } from '../../../lambda/adapters/jose-token-verifier.ts';
import { tableKeyTimes } from '../../../lambda/adapters/key-cache.ts';
import { IssuerUnavailableError, TokenRefusedError } from '../../../lambda/core/authentication-errors.ts';
import type { IntegrationIssuer } from '../../../lambda/core/configuration.ts';
import { IntegrationsUnavailableError } from '../../../lambda/core/errors.ts';
import type { Integration } from '../../../lambda/core/integrations/integration.ts';
import { readToken } from '../../../lambda/core/read-token.ts';
import { anIntegrationVersion, thumbprintOf } from '../../support/managing-integrations.ts';
import { aRecordingLogger } from '../../support/recording-logger.ts';
import { aSigningKey, nowMs, type SigningKey, sign, someClaims } from '../../support/tokens.ts';

let one: SigningKey;
let two: SigningKey;

beforeAll(async () => {
  [one, two] = await Promise.all([aSigningKey('one'), aSigningKey('two')]);
});

const anIssuer = (name: string, configured: readonly SigningKey[]): IntegrationIssuer => ({
  ...{ type: 'integration', name, issuer: name, audiences: ['daypass'], algorithms: ['ES256'] },
  ...{ tokenTypes: ['jwt'], maxLifetimeSeconds: 300, claims: new Map() },
  ...(configured.length === 0 ? {} : { jwks: toKeySet(configured) }),
});

const toKeySet = (keys: readonly SigningKey[]) => ({ keys: keys.map(({ publicJwk }) => ({ ...publicJwk })) });

/** A verifier over a table that the test changes, with a clock that the test sets. */
function aWorld(names: readonly string[] = ['acme'], configured: readonly SigningKey[] = []) {
  const issuers = new Map(names.map((name) => [name, anIssuer(name, configured)]));
  const table = new Map<string, Partial<Integration>>();
  const world = { now: nowMs, isDown: false, reads: 0 };
  const verifier = createJoseTokenVerifier({
    issuers,
    integrations: {
      find: async (name) => {
        world.reads += 1;
        if (world.isDown) throw new IntegrationsUnavailableError('down');
        const integration = table.get(name);
        return integration === undefined ? undefined : anIntegrationVersion({ name, ...integration });
      },
    },
    fetch: () => Promise.reject(new Error('nothing is fetched')),
    now: () => world.now,
    logger: aRecordingLogger(),
  });
  const verify = async (key: SigningKey, kid: string, name = 'acme') => {
    const issuer = issuers.get(name);
    if (issuer === undefined) throw new TypeError('no such issuer');
    try {
      await verifier.verifySignature(readToken(await sign(key, someClaims({ iss: name }), { kid })), issuer);
      return 'verified';
    } catch (error) {
      if (error instanceof TokenRefusedError) return error.reason;
      if (error instanceof IssuerUnavailableError) return 'unavailable';
      throw error;
    }
  };
  const setKeys = (...keys: readonly SigningKey[]) => table.set('acme', { jwks: toKeySet(keys) });
  return { world, table, verify, verifier, issuers, setKeys };
}

describe('keys of a third party in the table', () => {
  it('verify its tokens, one and the other while it rotates', async () => {
    const { verify, setKeys } = aWorld();
    setKeys(one, two);

    expect([await verify(one, 'one'), await verify(two, 'two')]).toEqual(['verified', 'verified']);
  });

  it('are read once for many tokens', async () => {
    const { world, verify, setKeys } = aWorld();
    setKeys(one);

    await Promise.all(Array.from({ length: 20 }, () => verify(one, 'one')));

    expect(world.reads).toBe(1);
  });

  it('stop a minute after they were withdrawn at the latest', async () => {
    const { world, verify, setKeys } = aWorld();
    setKeys(one);
    await verify(one, 'one');
    setKeys(two);

    world.now += 59_999;
    const before = await verify(one, 'one');
    world.now += 1;

    expect([before, await verify(one, 'one')]).toEqual(['verified', 'unknown-key']);
  });

  it('do not serve on where the table cannot be read: that is never the same as a key that is still good', async () => {
    const { world, verify, setKeys } = aWorld();
    setKeys(one);
    await verify(one, 'one');
    world.isDown = true;
    world.now += tableKeyTimes.maxAgeMs;

    expect(await verify(one, 'one')).toBe('unavailable');
  });

  it('are taken soon after they were added, however often an unknown one is asked for', async () => {
    const { world, verify, setKeys } = aWorld();
    setKeys(one);
    await verify(one, 'one');
    setKeys(one, two);
    for (let asked = 0; asked < 50; asked += 1) expect(await verify(two, 'two')).toBe('unknown-key');
    const { reads } = world;

    world.now += tableKeyTimes.cooldownMs;

    expect([reads, await verify(two, 'two')]).toEqual([1, 'verified']);
  });

  it.each([
    ['was never made', undefined],
    ['has none', {}],
    ['was deleted', { state: 'DELETED' as const, keep: true }],
  ])('are none where the integration %s', async (_, integration) => {
    const { table, verify } = aWorld();
    if (integration !== undefined) {
      const { keep = false, ...rest } = { keep: false, ...integration };
      table.set('acme', { ...rest, ...(keep ? { jwks: { keys: [one.publicJwk] } } : {}) });
    }

    expect(await verify(one, 'one')).toBe('unknown-key');
  });

  it('verify while it is suspended, and say why it is', async () => {
    const { table, verifier, issuers, setKeys } = aWorld();
    setKeys(one);
    const suspension = { at: '2026-01-01T00:00:00.000Z', by: 'okta.mallory', reason: 'a leak' };
    table.set('acme', { ...table.get('acme'), state: 'SUSPENDED', suspension });
    const token = readToken(await sign(one, someClaims({ iss: 'acme' }), { kid: 'one' }));
    const issuer = issuers.get('acme');
    if (issuer === undefined) throw new TypeError('no such issuer');

    expect(await verifier.verifySignature(token, issuer)).toEqual({
      ...{ keyThumbprint: thumbprintOf(one), suspension: { reason: 'a leak' } },
    });
  });

  it('of one verify nothing of another, under the same key id', async () => {
    const { table, verify } = aWorld(['acme', 'globex']);
    table.set('acme', { jwks: { keys: [one.publicJwk] } });
    table.set('globex', { jwks: { keys: [{ ...two.publicJwk, kid: 'one' }] } });

    expect(await verify(one, 'one', 'acme')).toBe('verified');
    expect(await verify(one, 'one', 'globex')).toBe('signature');
  });
});

describe('keys of the configuration', () => {
  const aConfiguredWorld = () => aWorld(['acme'], [one]);

  it.each([
    ['was never made', undefined],
    ['never had keys of its own', {}],
  ])('verify where the integration %s', async (_, integration) => {
    const { table, verify } = aConfiguredWorld();
    if (integration !== undefined) table.set('acme', integration);

    expect(await verify(one, 'one')).toBe('verified');
  });

  it.each<[string, () => Partial<Integration>]>([
    ['has others', () => ({ jwks: toKeySet([two]) })],
    ['had its own taken away', () => ({ jwks: { keys: [] } })],
    ['is deleted, and never had keys', () => ({ state: 'DELETED' })],
  ])('verify nothing where the integration %s', async (_, integration) => {
    const { table, verify } = aConfiguredWorld();
    table.set('acme', integration());

    expect(await verify(one, 'one')).toBe('unknown-key');
  });

  it('stop a minute after the integration had keys of its own', async () => {
    const { world, verify, setKeys } = aConfiguredWorld();
    expect(await verify(one, 'one')).toBe('verified');
    setKeys(two);
    world.now += tableKeyTimes.maxAgeMs;

    expect([await verify(one, 'one'), await verify(two, 'two')]).toEqual(['unknown-key', 'verified']);
  });

  it('are not fallen back to where the table cannot be read', async () => {
    const { world, verify } = aConfiguredWorld();
    world.isDown = true;

    expect(await verify(one, 'one')).toBe('unavailable');
  });
});

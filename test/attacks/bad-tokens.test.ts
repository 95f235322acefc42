import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AttackWorld, startAttackWorld, tokenOf } from './attack-world.ts';
import { badTokens, needsKeys } from './bad-tokens.ts';
import { goodTokens } from './good-tokens.ts';
import { createSourceAuthorizers } from './source-authorizer.ts';

let world: AttackWorld;
let authorizers: ReturnType<typeof createSourceAuthorizers>;

beforeAll(async () => {
  world = await startAttackWorld();
  authorizers = createSourceAuthorizers(world);
}, 30_000);

afterAll(async () => {
  authorizers.close();
  await world.close();
});

describe('the table of bad tokens', () => {
  it('has rows that can be told apart, of every reason that a token can cause', () => {
    const names = badTokens.map(({ name }) => name);

    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(badTokens.length).toBeGreaterThan(400);
    expect([...new Set(badTokens.map(({ reason }) => reason))].sort()).toEqual([
      'algorithm',
      'ambiguous-key',
      'audience',
      'authorization-header',
      'claim',
      'expired',
      'foreign-method',
      'lifetime',
      'malformed-token',
      'not-admitted',
      'not-yet-valid',
      'principal-too-large',
      'proof-id',
      'required-claim',
      'signature',
      'subject',
      'token-type',
      'too-old',
      'unknown-issuer',
      'unknown-key',
      'unsupported-token',
    ]);
  });
});

describe('the authorizer', () => {
  it.each(goodTokens)(
    'accepts a token $name of $issuer, so that the others are refused for their own reason',
    async (row) => {
      const { attempt } = authorizers.start();

      expect(await attempt(row)).toEqual({
        answer: 'accepted',
        reason: undefined,
        issuer: row.issuer === 'daypass' ? 'adfs' : row.issuer,
      });
    },
  );

  it.each(badTokens)('refuses a token $name ($reason)', async (row) => {
    const { attempt, fetched, logger } = authorizers.start();

    const { answer, reason } = await attempt(row);

    expect({ answer, reason }).toEqual({ answer: 'Unauthorized', reason: row.reason });
    expect(logger.entries).toHaveLength(1);
    // The keys of the named issuer, once, and only where nothing else told the token apart.
    expect(new Set(fetched).size).toBe(fetched.length);
    if (!needsKeys.has(row.reason)) expect(fetched).toEqual([]);
    expect(world.attackerRequests()).toEqual([]);
  });

  it('refuses a token whose exp is not after its iat, though our clock may be behind by both', async () => {
    const { attempt } = authorizers.start(() => world.nowSeconds * 1000);
    const { nowSeconds } = world;
    const token = () => tokenOf(world, 'okta', { claims: { iat: nowSeconds + 4, exp: nowSeconds + 3 } });

    expect(await attempt({ token })).toMatchObject({ answer: 'Unauthorized', reason: 'lifetime' });
  });

  it('quotes nothing of a refused token in its log', async () => {
    const { attempt, logger } = authorizers.start();
    const secret = 'canary-7f3a9c52';

    await attempt({ token: () => tokenOf(world, 'okta', { claims: { sub: [secret], aud: secret } }) });
    await attempt({ token: () => tokenOf(world, 'okta', { claims: { iss: secret } }) });
    await attempt({ token: () => tokenOf(world, 'okta', { claims: { groups: secret } }) });
    await attempt({ token: () => tokenOf(world, 'okta', { header: { kid: secret } }) });
    await attempt({ token: () => tokenOf(world, 'okta', { header: { typ: secret } }) });
    await attempt({ token: () => tokenOf(world, 'okta', { header: { alg: secret } }) });
    await attempt({ token: () => tokenOf(world, 'okta', { payload: `{"${secret}"` }) });
    await attempt({
      token: () => tokenOf(world, 'daypass', { claims: { principal: { [secret]: secret } } }),
    });

    expect(logger.entries).toHaveLength(8);
    expect(logger.entries.map(({ message }) => message)).toEqual(Array(8).fill('token refused'));
    expect(JSON.stringify(logger.entries)).not.toContain(secret);
  });

  it('fetches keys once for a thousand unknown key ids within 30 seconds, and once more after them', async () => {
    let now = Date.now();
    const { attempt, fetched } = authorizers.start(() => now);
    const unknown = (kid: string) => attempt({ token: () => tokenOf(world, 'okta', { header: { kid } }) });
    await unknown('first');
    const cold = fetched.length;
    now += 30_000;

    for (let index = 0; index < 1000; index += 1) {
      now += 29;
      expect(await unknown(`key-${index}`)).toMatchObject({ answer: 'Unauthorized', reason: 'unknown-key' });
    }
    const flooded = fetched.length - cold;
    now += 30_000;
    await unknown('last');

    const once = [
      `${world.issuers.okta.iss}/.well-known/openid-configuration`,
      `${world.issuers.okta.iss}/jwks`,
    ];
    expect(cold).toBe(2);
    expect(flooded).toBe(2);
    expect(fetched).toEqual([...once, ...once, ...once]);
  });

  it('fetches keys once for a thousand unknown key ids at the same time', async () => {
    const { attempt, fetched } = authorizers.start();
    const kids = Array.from({ length: 1000 }, (_, index) => `key-${index}`);

    await Promise.all(
      kids.map((kid) => attempt({ token: () => tokenOf(world, 'partner', { header: { kid } }) })),
    );

    // Discovery and key set; the second falls away where the first takes too long.
    expect(fetched.length).toBeLessThanOrEqual(2);
  });

  it('fetches nothing for keys that stand in the configuration, however many ids are unknown', async () => {
    const { attempt, fetched } = authorizers.start();

    for (let index = 0; index < 20; index += 1) {
      const token = () => tokenOf(world, 'acme', { header: { kid: `key-${index}` } });
      expect(await attempt({ token })).toMatchObject({ reason: 'unknown-key' });
    }

    expect(fetched).toEqual([]);
  });
});

import { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createJoseTokenVerifier } from '../../lambda/adapters/jose-token-verifier.ts';
import { createFetchKmsKeys } from '../../lambda/adapters/kms-token-signer.ts';
import { createAuthenticate } from '../../lambda/core/authenticate.ts';
import type { Configuration } from '../../lambda/core/configuration.ts';
import { parseConfiguration } from '../../lambda/core/parse-configuration.ts';
import { toBrokerIssuer } from '../../lambda/core/token-issuer.ts';
import { createAuthorizer } from '../../lambda/http/authorizer.ts';
import { apiId, stage } from '../support/authorizer-event.ts';
import { aRecordingLogger } from '../support/recording-logger.ts';
import { type AttackWorld, startAttackWorld, tokenOf } from './attack-world.ts';
import { toAttempt, type Verdict } from './attempt.ts';
import { badTokens, needsKeys } from './bad-tokens.ts';
import { goodTokens } from './good-tokens.ts';
import type { BadToken } from './tables/bad-token.ts';

let world: AttackWorld;
let configuration: Configuration;
let kms: KMSClient;

beforeAll(async () => {
  world = await startAttackWorld();
  configuration = parseConfiguration(world.document);
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret' };
  kms = new KMSClient({ region: 'eu-west-1', endpoint: world.kms.url, credentials });
}, 30_000);

afterAll(async () => {
  kms.destroy();
  await world.close();
});

/** The authorizer as its function composes it, at its cold start. */
function anAuthorizer(now: () => number = Date.now) {
  const { issuers } = configuration;
  const fetched: string[] = [];
  const logger = aRecordingLogger();
  const broker = toBrokerIssuer(world.brokerUrl);
  const fetchKeys = createFetchKmsKeys({ client: kms, keyArn: world.kms.keyArn, timeoutMs: 2000 });
  const verifier = createJoseTokenVerifier({
    issuers,
    broker: {
      issuer: broker,
      fetchKeys: () => {
        fetched.push('kms');
        return fetchKeys();
      },
    },
    fetch: (input, init) => {
      fetched.push(String(input));
      return fetch(input, init);
    },
    now,
    logger,
  });
  const authenticate = createAuthenticate({ issuers, broker, verifier, now });
  const authorize = createAuthorizer({ apiId, stage, authenticate, logger });
  const attempt = async (row: Pick<BadToken, 'token' | 'sent'>): Promise<Verdict> => {
    const { event } = toAttempt(row, world);
    const answer = await authorize(event).then(
      () => 'accepted',
      (error: Error) => error.message,
    );
    const { reason, issuer } = logger.entries.at(-1)?.fields ?? {};
    return { answer, reason, issuer };
  };
  return { attempt, authorize, fetched, logger };
}

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
      const { attempt } = anAuthorizer();

      expect(await attempt(row)).toEqual({
        answer: 'accepted',
        reason: undefined,
        issuer: row.issuer === 'daypass' ? 'adfs' : row.issuer,
      });
    },
  );

  it.each(badTokens)('refuses a token $name ($reason)', async (row) => {
    const { attempt, fetched, logger } = anAuthorizer();

    const { answer, reason } = await attempt(row);

    expect({ answer, reason }).toEqual({ answer: 'Unauthorized', reason: row.reason });
    expect(logger.entries).toHaveLength(1);
    // The keys of the named issuer, once, and only where nothing else told the token apart.
    expect(new Set(fetched).size).toBe(fetched.length);
    if (!needsKeys.has(row.reason)) expect(fetched).toEqual([]);
    expect(world.attackerRequests()).toEqual([]);
  });

  it('quotes nothing of a refused token in its log', async () => {
    const { attempt, logger } = anAuthorizer();
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
    const { attempt, fetched } = anAuthorizer(() => now);
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
    const { attempt, fetched } = anAuthorizer();
    const kids = Array.from({ length: 1000 }, (_, index) => `key-${index}`);

    await Promise.all(
      kids.map((kid) => attempt({ token: () => tokenOf(world, 'partner', { header: { kid } }) })),
    );

    expect(fetched).toHaveLength(2);
  });

  it('fetches nothing for keys that stand in the configuration, however many ids are unknown', async () => {
    const { attempt, fetched } = anAuthorizer();

    for (let index = 0; index < 20; index += 1) {
      const token = () => tokenOf(world, 'acme', { header: { kid: `key-${index}` } });
      expect(await attempt({ token })).toMatchObject({ reason: 'unknown-key' });
    }

    expect(fetched).toEqual([]);
  });
});

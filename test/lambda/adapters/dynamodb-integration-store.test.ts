import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createDynamodbExternalIdRegister } from '../../../lambda/adapters/dynamodb-external-id-register.ts';
import { createDynamodbIntegrationStore } from '../../../lambda/adapters/dynamodb-integration-store.ts';
import { toItem } from '../../../lambda/adapters/integration-item.ts';
import { IntegrationsUnavailableError, VersionConflictError } from '../../../lambda/core/errors.ts';
import type { Caller } from '../../../lambda/core/integrations/integration-authority.ts';
import type {
  ExternalIdRegister,
  IntegrationStore,
} from '../../../lambda/core/integrations/integration-ports.ts';
import { sha256 } from '../../../lambda/core/sha256.ts';
import type { Fault, FaultKind } from '../../../local/faults.ts';
import { startIntegrationTable, type TestIntegrationTable } from '../../support/an-integration-table.ts';
import {
  aFailedVerification,
  aNewIntegrationDocument,
  anIntegrationVersion,
  createMemoryIntegrations,
  manageIntegrations,
  manager,
  newNonce,
  secondManager,
  someSettings,
} from '../../support/managing-integrations.ts';

let table: TestIntegrationTable;
let store: IntegrationStore;
let register: ExternalIdRegister;
let count = 0;

/** A name that no other test has used. */
const aName = () => {
  count += 1;
  return `acme-${String(count).padStart(4, '0')}`;
};

beforeAll(async () => {
  table = await startIntegrationTable();
  const { client, tableName } = table;
  const pause = async () => {};
  store = createDynamodbIntegrationStore({ client, tableName, pause });
  register = createDynamodbExternalIdRegister({ client, tableName, pause, newNonce });
});

afterEach(() => table.aws.faults.clear());

afterAll(() => table.stop());

const fail = (...faults: readonly Omit<Fault, 'service'>[]) =>
  table.aws.faults.replace(faults.map((fault) => ({ service: 'dynamodb', ...fault })));

const memory = createMemoryIntegrations();

/** One suite for the port, whoever provides it. */
describe.each([
  ['in DynamoDB', () => store],
  ['in memory', () => memory],
] as const)('the integration store %s', (_where, toStore) => {
  it('knows nothing of a name that was never used', async () => {
    const name = aName();

    expect(await toStore().find(name)).toBeUndefined();
    expect(await toStore().history(name, { limit: 10 })).toEqual([]);
  });

  it('gives each version back to the letter, the newest first', async () => {
    const name = aName();
    const first = anIntegrationVersion({ name });
    const second = anIntegrationVersion({
      name,
      version: 2,
      requestAccessUrl: 'https://wiki.example.com/acme',
      trust: [{ Effect: 'Allow', Principal: '*', Condition: { NumericLessThan: { x: [1e300, 0.1, ''] } } }],
      sessionPolicy: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }],
      },
      sessionTags: { team: '${claims:team}', empty: '' },
      state: 'SUSPENDED',
      externalIds: {
        current: 'a',
        next: 'b',
        previous: [{ value: 'c', acceptedUntil: '2026-01-02T00:00:00.000Z' }],
      },
      verification: aFailedVerification(),
      jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid: '1', key_ops: ['verify'] }] },
      suspension: { at: '2026-01-01T00:00:00.000Z', by: 'okta.alice', reason: 'a leak' },
    });

    expect(await toStore().append(first)).toBe(true);
    expect(await toStore().append(second)).toBe(true);

    expect(await toStore().find(name)).toEqual(second);
    expect(await toStore().history(name, { limit: 10 })).toEqual([second, first]);
    expect(await toStore().history(name, { limit: 1 })).toEqual([second]);
    expect(await toStore().history(name, { limit: 10, before: 2 })).toEqual([first]);
    expect(await toStore().history(name, { limit: 10, before: 1 })).toEqual([]);
  });

  it('sorts versions as numbers', async () => {
    const name = aName();
    for (const version of [1, 2, 9, 10, 11]) await toStore().append(anIntegrationVersion({ name, version }));

    const history = await toStore().history(name, { limit: 10 });

    expect(history.map(({ integration }) => integration.version)).toEqual([11, 10, 9, 2, 1]);
  });

  it('takes one of several second versions, and keeps it as it was', async () => {
    const name = aName();
    await toStore().append(anIntegrationVersion({ name }));
    const rivals = ['a', 'b', 'c', 'd', 'e'].map((description) =>
      anIntegrationVersion({ name, version: 2, description }),
    );

    const taken = await Promise.all(rivals.map((rival) => toStore().append(rival)));

    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await toStore().find(name)).toEqual(rivals[taken.indexOf(true)]);
    expect(await toStore().history(name, { limit: 10 })).toHaveLength(2);
  });

  it('keeps integrations apart whose names begin alike', async () => {
    const name = aName();
    await toStore().append(anIntegrationVersion({ name }));
    await toStore().append(anIntegrationVersion({ name: `${name}-b`, version: 1 }));
    await toStore().append(anIntegrationVersion({ name: `${name}-b`, version: 2 }));

    expect((await toStore().find(name))?.integration.version).toBe(1);
    expect(await toStore().history(name, { limit: 10 })).toHaveLength(1);
  });

  it('lists each name once, in order, page by page', async () => {
    const prefix = aName();
    const names = ['a', 'b', 'c'].map((letter) => `${prefix}-${letter}`);
    for (const name of names.toReversed()) {
      await toStore().append(anIntegrationVersion({ name }));
      await toStore().append(anIntegrationVersion({ name, version: 2 }));
    }

    const seen: string[] = [];
    let after: string | undefined = prefix;
    while (after !== undefined) {
      const page = await toStore().names({ after, limit: 1 });
      seen.push(...page.names);
      after = page.next;
    }

    expect(seen).toEqual(names);
    const all = await toStore().names({ limit: 1000 });
    expect(all.names).toEqual([...new Set(all.names)].sort());
    expect(all.next).toBeUndefined();
  });
});

describe('the register of ExternalIds', () => {
  it('lets an id be taken once, for whichever integration', async () => {
    const id = `daypass-${newNonce()}`;

    expect(await register.reserve(id, 'acme')).toBe(true);
    expect(await register.reserve(id, 'acme')).toBe(false);
    expect(await register.reserve(id, 'globex')).toBe(false);
  });

  it('lets exactly one of ten take an id at the same time', async () => {
    const id = `daypass-${newNonce()}`;

    const taken = await Promise.all(Array.from({ length: 10 }, () => register.reserve(id, 'acme')));

    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  it('keeps a digest of it, which no integration and no listing shows', async () => {
    const id = `daypass-${newNonce()}`;
    await register.reserve(id, 'acme');

    const name = `external-id#${sha256(id).toString('hex')}`;
    const found = (await table.items()).filter((item) => item['name']?.S === name);

    expect(found).toEqual([
      { name: { S: name }, version: { N: '0' }, nonce: expect.anything(), reservedFor: { S: 'acme' } },
    ]);
    expect(JSON.stringify(found)).not.toContain(id);
    expect(await store.find(name)).toBeUndefined();
    expect((await store.names({ limit: 1000 })).names).not.toContain(name);
  });
});

describe('a write', () => {
  const writes = {
    append: async () => {
      const version = anIntegrationVersion({ name: aName() });
      return {
        act: () => store.append(version),
        isThere: async () => (await store.find(version.integration.name)) !== undefined,
      };
    },
    reserve: async () => {
      const id = `daypass-${newNonce()}`;
      const Key = { name: { S: `external-id#${sha256(id).toString('hex')}` }, version: { N: '0' } };
      const TableName = table.tableName;
      return {
        act: () => register.reserve(id, 'acme'),
        isThere: async () =>
          (await table.client.send(new GetItemCommand({ TableName, Key }))).Item !== undefined,
      };
    },
  };
  const each = Object.keys(writes) as (keyof typeof writes)[];
  const kinds: readonly FaultKind[] = [
    'throttle',
    '500',
    'reset',
    'lost',
    'malformed',
    'empty',
    'conditional',
  ];
  const table_ = each.flatMap((write) => kinds.map((kind) => [write, kind] as const));

  it.each(table_)('%s is made once when its first attempt meets: %s', async (write, kind) => {
    const { act, isThere } = await writes[write]();
    fail({ operation: 'PutItem', kind, times: 1 });

    expect(await act()).toBe(true);
    expect(await isThere()).toBe(true);
    expect(await act()).toBe(write === 'append');
  });

  it.each(each)('%s is an error when the store never answers, and nothing is claimed', async (write) => {
    const { act } = await writes[write]();
    fail({ kind: 'throttle' });

    await expect(act()).rejects.toThrow(IntegrationsUnavailableError);
    await expect(act()).rejects.toMatchObject({ retryAfterSeconds: 5, code: 'integrations-unavailable' });
  });

  it('of another is told from our own when both answers were lost', async () => {
    const name = aName();
    const ours = anIntegrationVersion({ name, description: 'ours' });
    const theirs = anIntegrationVersion({ name, description: 'theirs' });
    await store.append(theirs);
    fail({ operation: 'PutItem', kind: 'throttle', times: 1 });

    expect(await store.append(ours)).toBe(false);
    expect(await store.find(name)).toEqual(theirs);
  });

  it('is an error when what is there cannot be read back', async () => {
    const version = anIntegrationVersion({ name: aName() });
    await store.append(version);
    fail({ operation: 'GetItem', kind: '500' });

    await expect(store.append({ ...version })).rejects.toThrow(IntegrationsUnavailableError);
  });

  it('of what could not be read again is refused before it is made', async () => {
    const name = aName();
    const { integration, change } = anIntegrationVersion({ name });
    const odd = { ...integration, surprise: 1 };

    expect(() => store.append({ integration: odd, change })).toThrow(/surprise/);
    expect(await store.find(name)).toBeUndefined();
  });
});

describe('two administrators over one table', () => {
  it('lose nothing, while answers are lost and throttled: each change is in the history once', async () => {
    const name = aName();
    const integrations = manageIntegrations({ store, reserve: register.reserve });
    await integrations.create(manager, aNewIntegrationDocument({ name }));
    const words = ['a', 'b'].map((who) => Array.from({ length: 6 }, (_, index) => `${who}${index}`));

    /** Reads and tries again until its change is accepted, as the refusal says. */
    const insist = async (caller: Caller, description: string): Promise<void> => {
      const { integration } = await integrations.find(caller, name);
      const change = { ifMatch: integration.version, body: someSettings({ description }) };
      try {
        await integrations.update(caller, name, change);
      } catch (error) {
        if (!(error instanceof VersionConflictError)) throw error;
        await insist(caller, description);
      }
    };
    const work = async (caller: Caller, mine: readonly string[]) => {
      for (const description of mine) await insist(caller, description);
    };
    fail(
      { operation: 'PutItem', kind: 'lost', times: 2 },
      { operation: 'Query', kind: 'throttle', times: 2 },
    );
    await Promise.all([work(manager, words[0] ?? []), work(secondManager, words[1] ?? [])]);

    const history = await integrations.history(manager, name, { limit: 100 });
    const made = history
      .map(({ integration }) => integration.description)
      .filter((one) => /^[ab]\d$/.test(one));
    expect(made.toSorted()).toEqual(words.flat());
    expect(history.map(({ integration }) => integration.version)).toEqual(
      Array.from({ length: 13 }, (_, index) => 13 - index),
    );
  });
});

describe('a read', () => {
  const kinds: readonly FaultKind[] = ['throttle', '500', 'reset', 'lost', 'malformed', 'empty'];

  it.each(kinds)('is repeated after one: %s', async (kind) => {
    const version = anIntegrationVersion({ name: aName() });
    await store.append(version);
    fail({ operation: 'Query', kind, times: 1 });

    expect(await store.find(version.integration.name)).toEqual(version);
  });

  it.each([...kinds, 'accessdenied'] as const)('is an error, never none, after many: %s', async (kind) => {
    const { integration } = anIntegrationVersion({ name: aName() });
    fail({ operation: 'Query', kind });

    const { name } = integration;
    await expect(store.find(name)).rejects.toThrow(IntegrationsUnavailableError);
    await expect(store.names({ limit: 1 })).rejects.toThrow(IntegrationsUnavailableError);
    await expect(store.history(name, { limit: 1 })).rejects.toThrow(IntegrationsUnavailableError);
  });

  it('gives up within seconds when no answer comes', async () => {
    fail({ operation: 'Query', kind: 'timeout' });

    await expect(store.find('acme')).rejects.toThrow(IntegrationsUnavailableError);
  }, 6000);

  it.each([
    [
      'has no state',
      ({ integration: { M: { state: _state, ...rest } = {} } = {}, ...item }) => ({
        ...item,
        integration: { M: rest },
      }),
    ],
    [
      'has statements that are no JSON',
      ({ integration, ...item }) => ({
        ...item,
        integration: { M: { ...integration?.M, trust: { S: '[{' } } },
      }),
    ],
    [
      'has a number as ExternalId',
      ({ integration, ...item }) => ({
        ...item,
        integration: { M: { ...integration?.M, externalIds: { M: { current: { N: '1' } } } } },
      }),
    ],
    ['has an attribute that nobody knows', (item) => ({ ...item, odd: { S: 'x' } })],
    ['has no change', ({ change: _change, ...item }) => item],
  ] as readonly [string, (item: ReturnType<typeof toItem>) => ReturnType<typeof toItem>][])(
    'is an error when the newest item %s, and the version before it is not taken in its place',
    async (_what, spoil) => {
      const name = aName();
      await store.append(anIntegrationVersion({ name }));
      await table.put(spoil(toItem(anIntegrationVersion({ name, version: 2 }))));

      await expect(store.find(name)).rejects.toThrow(IntegrationsUnavailableError);
      await expect(store.history(name, { limit: 5 })).rejects.toThrow(IntegrationsUnavailableError);
    },
  );

  it('shows no ExternalId when it cannot be made', async () => {
    const name = aName();
    const version = anIntegrationVersion({ name });
    await table.put({ ...toItem(version), odd: { S: 'x' } });

    const error: unknown = await store.find(name).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(IntegrationsUnavailableError);
    const { message, detail, cause } = error as IntegrationsUnavailableError;
    expect(`${message} ${detail} ${String(cause)}`).not.toContain(version.integration.externalIds.current);
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createDynamodbControlStore } from '../../../lambda/adapters/dynamodb-control-store.ts';
import { toTargetKey } from '../../../lambda/core/controls/suspension.ts';
import { ControlsUnavailableError } from '../../../lambda/core/errors.ts';
import { aRevocation, aRevocationPolicy } from '../../support/a-revocation.ts';
import { aSuspension } from '../../support/a-suspension.ts';
import { startControlTables, type TestControlTables } from '../../support/control-table-clients.ts';
import { controlTables } from '../../support/control-tables.ts';
import { nowMs } from '../../support/tokens.ts';

let tables: TestControlTables;
beforeAll(async () => {
  tables = await startControlTables();
});
afterAll(() => tables.stop());
afterEach(() => tables.aws.faults.clear());

let nonces = 0;
const stores = () =>
  createDynamodbControlStore({
    client: tables.controls,
    tableName: controlTables.controls,
    newNonce: () => `nonce-${nonces++}`,
    pause: async () => {},
  });
const profile = (name: string) => ({ kind: 'profile', name }) as const;

describe('suspensions', () => {
  it('come back as they were put', async () => {
    const { suspensions } = stores();
    const target = { kind: 'principal', issuer: 'okta', subject: 'Zoë Ünal #1' } as const;
    const { target: _, version: __, history: ___, ...before } = aSuspension(target);
    const suspension = aSuspension(target, { history: [{ ...before, state: 'LIFTED' }] });

    expect(await suspensions.put(suspension)).toBe(true);

    expect(await suspensions.find(toTargetKey(target))).toEqual(suspension);
  });

  it('are `undefined` where there are none', async () => {
    expect(await stores().suspensions.find('profile#none')).toBeUndefined();
  });

  it('follow the version before, and no other', async () => {
    const { suspensions } = stores();
    const target = profile('versions');

    const puts = [];
    for (const version of [1, 1, 3, 2, 2])
      puts.push(await suspensions.put(aSuspension(target, { version, reason: `version ${version}` })));

    expect(puts).toEqual([true, false, false, true, false]);
    expect(await suspensions.find(toTargetKey(target))).toMatchObject({ version: 2, reason: 'version 2' });
  });

  it('are one of those that many put at once', async () => {
    const target = profile('crowd');

    const puts = await Promise.all(
      Array.from({ length: 8 }, () => stores().suspensions.put(aSuspension(target))),
    );

    expect(puts.filter(Boolean)).toHaveLength(1);
  });

  it('are known for our own where the answer was lost', async () => {
    tables.aws.faults.replace([{ service: 'dynamodb', operation: 'PutItem', kind: 'lost', times: 1 }]);

    expect(await stores().suspensions.put(aSuspension(profile('lost')))).toBe(true);
  });

  it.each(['GetItem', 'PutItem', 'Query'])('are an error while %s fails', async (operation) => {
    const { suspensions } = stores();
    tables.aws.faults.replace([{ service: 'dynamodb', operation, kind: '500', times: 9 }]);

    const asking = {
      GetItem: () => suspensions.find('everything'),
      PutItem: () => suspensions.put(aSuspension(profile('failing'))),
      Query: () => suspensions.list({ limit: 5 }),
    }[operation];

    await expect(asking?.()).rejects.toBeInstanceOf(ControlsUnavailableError);
  });

  it('are listed by pages, without the revocations', async () => {
    const { suspensions, revocations } = stores();
    await revocations.put(aRevocation({ id: '01KDVDPJ0000000000000000L1' }));
    for (const name of ['list-a', 'list-b', 'list-c']) await suspensions.put(aSuspension(profile(name)));

    const keys: string[] = [];
    let after: string | undefined;
    do {
      const page = await suspensions.list({ limit: 2, ...(after === undefined ? {} : { after }) });
      keys.push(...page.items.map(({ target }) => toTargetKey(target)));
      after = page.next;
    } while (after !== undefined);

    expect(keys).toEqual([...new Set(keys)].sort());
    expect(keys).toEqual(expect.arrayContaining(['profile#list-a', 'profile#list-b', 'profile#list-c']));
  });
});

describe('revocations', () => {
  it('come back as they were put, and are listed', async () => {
    const { revocations } = stores();
    const revocation = aRevocation({ id: '01KDVDPJ0000000000000000R1' });

    expect(await revocations.put(revocation)).toBe(true);

    expect(await revocations.find(revocation.id)).toEqual(revocation);
    const older = aRevocation({ id: '01KDVDPJ0000000000000000R0' });
    await revocations.put(older);
    const newest = await revocations.list({ limit: 1 });
    expect(newest).toEqual({ items: [revocation], next: revocation.id });
    expect((await revocations.list({ limit: 1, after: revocation.id })).items).toEqual([older]);
  });

  it('are due once their sessions have expired, while a policy may stand on a role, and never expire before', async () => {
    const { revocations } = stores();
    const applied = aRevocation({
      id: '01KDVDPJ0000000000000000D1',
      policies: [aRevocationPolicy({ state: 'APPLIED' })],
    });
    const removableMs = Date.parse(aRevocationPolicy().removableAt);
    await revocations.put(applied);
    await revocations.put(aRevocation({ id: '01KDVDPJ0000000000000000D2' }));

    const toIds = async (atMs: number) => (await revocations.due(atMs, 50)).revocations.map(({ id }) => id);

    expect(await toIds(nowMs)).toEqual([]);
    expect(await toIds(removableMs + 1)).toEqual([applied.id]);
    const isOf = (id: string) => (item: Readonly<Record<string, { readonly S?: string | undefined }>>) =>
      item['target']?.S === `revocation#${id}`;
    const items = await tables.items('controls');
    expect(items.find(isOf(applied.id))).not.toHaveProperty('expiresAtSeconds');
    expect(items.find(isOf('01KDVDPJ0000000000000000D2'))).toHaveProperty('expiresAtSeconds');

    await revocations.put({ ...applied, version: 2, policies: [aRevocationPolicy({ state: 'REMOVED' })] });
    expect(await toIds(removableMs + 1)).toEqual([]);
  });

  it('that cannot be read keep no other from being due, and are named', async () => {
    const { revocations } = stores();
    const applied = aRevocation({
      id: '01KDVDPJ0000000000000000E2',
      policies: [aRevocationPolicy({ state: 'APPLIED' })],
    });
    const removableMs = Date.parse(aRevocationPolicy().removableAt);
    await revocations.put(applied);
    const target = 'revocation#01KDVDPJ0000000000000000E1';
    const due = { due: { S: 'revocations' }, removeAfter: { S: '2020-01-01T00:00:00.000Z' } };
    await tables.put({ target: { S: target }, ...due, version: { N: '9007199254740993.5' } });

    const found = await revocations.due(removableMs + 1, 50);

    expect(found.unreadable).toEqual([target]);
    expect(found.revocations.map(({ id }) => id)).toEqual([applied.id]);

    await tables.put({ target: { S: `${target}-2` }, ...due });
    const fewer = await revocations.due(removableMs + 1, 1);

    expect(fewer.unreadable).toHaveLength(2);
    expect(fewer.revocations.map(({ id }) => id)).toEqual([applied.id]);
  });
});

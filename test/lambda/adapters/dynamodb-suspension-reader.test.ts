import type {
  BatchGetItemCommandInput,
  BatchGetItemCommandOutput,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { toSuspensionItem } from '../../../lambda/adapters/control-item.ts';
import { createDynamodbSuspensionReader } from '../../../lambda/adapters/dynamodb-suspension-reader.ts';
import { type SuspensionTarget, toTargets } from '../../../lambda/core/controls/suspension.ts';
import { ControlsUnavailableError } from '../../../lambda/core/errors.ts';
import type { FaultKind } from '../../../local/faults.ts';
import { aSuspension } from '../../support/a-suspension.ts';
import { startControlTables, type TestControlTables } from '../../support/control-table-clients.ts';
import { controlTables } from '../../support/control-tables.ts';

let tables: TestControlTables;
beforeAll(async () => {
  tables = await startControlTables();
});
afterAll(() => tables.stop());
afterEach(() => tables.aws.faults.clear());

const reader = (client: Pick<DynamoDBClient, 'send'> = tables.issuer) =>
  createDynamodbSuspensionReader({ client, tableName: controlTables.controls, pause: async () => {} });

const alice = { issuer: 'okta', subject: 'alice@example.com' };
const targets = toTargets(alice, { profile: 'prod-readonly' });
const put = (target: SuspensionTarget, changes: Parameters<typeof aSuspension>[1] = {}) =>
  tables.put(toSuspensionItem(aSuspension(target, changes), 'nonce'));

describe('the suspension reader', () => {
  it('finds none where nothing was ever suspended', async () => {
    expect(await reader().findSuspended(targets)).toEqual([]);
  });

  it('finds all that are suspended, and no others', async () => {
    await put({ kind: 'profile', name: 'prod-readonly' });
    await put({ kind: 'principal', ...alice });
    await put({ kind: 'issuer', name: 'okta' }, { state: 'LIFTED' });
    await put({ kind: 'profile', name: 'prod-readonly-2' });

    expect(await reader().findSuspended(targets)).toEqual([
      { target: { kind: 'principal', ...alice }, reason: 'a key has leaked' },
      { target: { kind: 'profile', name: 'prod-readonly' }, reason: 'a key has leaked' },
    ]);
    expect(await reader().findSuspended(toTargets({ ...alice, subject: 'Alice@example.com' }))).toEqual([]);
  });

  it('finds an integration once, also where it asks for itself by keys of its own', async () => {
    await put({ kind: 'integration', name: 'globex' });
    const globex = {
      ...{ issuer: 'globex', subject: 'globex' },
      integration: { keyThumbprint: 'x'.repeat(43) },
    };
    const found = [{ target: { kind: 'integration', name: 'globex' }, reason: 'a key has leaked' }];

    expect(await reader().findSuspended(toTargets(alice, { integration: 'globex' }))).toEqual([
      expect.objectContaining({ target: { kind: 'principal', ...alice } }),
      ...found,
    ]);
    expect(await reader().findSuspended(toTargets(globex, { integration: 'globex' }))).toEqual(found);
    expect(await reader().findSuspended(toTargets(globex, { profile: 'ci-deploy' }))).toEqual(found);
    const namesake = { issuer: 'globex', subject: 'globex' };
    expect(await reader().findSuspended(toTargets(namesake, { profile: 'globex' }))).toEqual([]);
  });

  it('takes an item that it cannot read for no answer, never for lifted', async () => {
    await tables.put({ target: { S: 'profile#odd' }, state: { S: 'lifted' } });

    await expect(reader().findSuspended(toTargets(alice, { profile: 'odd' }))).rejects.toBeInstanceOf(
      ControlsUnavailableError,
    );
  });

  it.each(['throttle', '500', 'reset', 'accessdenied', 'malformed', 'empty'] satisfies FaultKind[])(
    'gives no answer while DynamoDB has the fault %s',
    async (kind) => {
      tables.aws.faults.replace([{ service: 'dynamodb', operation: 'BatchGetItem', kind, times: 9 }]);

      await expect(reader().findSuspended(targets)).rejects.toBeInstanceOf(ControlsUnavailableError);
    },
  );

  it('asks again where one answer fails', async () => {
    tables.aws.faults.replace([{ service: 'dynamodb', operation: 'BatchGetItem', kind: '500', times: 1 }]);

    expect(await reader().findSuspended(toTargets({ issuer: 'ci', subject: 'nobody' }))).toEqual([]);
  });

  // The embedded DynamoDB leaves none unread: these are answers that it cannot be made to give.
  it.each([
    [
      'leaves a key unread',
      (key: object) => ({ Responses: { [controlTables.controls]: [] }, ...unread(key) }),
    ],
    ['names another table', () => ({ Responses: { other: [] } })],
    ['says nothing', () => ({})],
  ])('gives no answer where DynamoDB %s', async (_, toOutput) => {
    let asked = 0;
    const client = {
      send: async (command: { readonly input: BatchGetItemCommandInput }) => {
        asked += 1;
        const [key = {}] = command.input.RequestItems?.[controlTables.controls]?.Keys ?? [];
        return { ConsumedCapacity: [], $metadata: {}, ...toOutput(key) } as BatchGetItemCommandOutput;
      },
    } as unknown as DynamoDBClient;

    await expect(reader(client).findSuspended(targets)).rejects.toBeInstanceOf(ControlsUnavailableError);
    expect(asked).toBe(3);
  });
});

const unread = (key: object) => ({ UnprocessedKeys: { [controlTables.controls]: { Keys: [key] } } });

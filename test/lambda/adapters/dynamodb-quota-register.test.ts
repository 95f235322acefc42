import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createDynamodbQuotaRegister } from '../../../lambda/adapters/dynamodb-quota-register.ts';
import { ControlsUnavailableError } from '../../../lambda/core/errors.ts';
import type { FaultKind } from '../../../local/faults.ts';
import { startControlTables, type TestControlTables } from '../../support/control-table-clients.ts';
import { controlTables } from '../../support/control-tables.ts';

let tables: TestControlTables;
beforeAll(async () => {
  tables = await startControlTables();
});
afterAll(() => tables.stop());
afterEach(() => tables.aws.faults.clear());

const register = () =>
  createDynamodbQuotaRegister({
    client: tables.issuer,
    tableName: controlTables.quotas,
    pause: async () => {},
  });

const count = (principalId: string, { minute = 1000, limit = 3 } = {}) =>
  register().count({ principalId, minute, limit });

describe('the quota register', () => {
  it('takes as many as the limit, and none more', async () => {
    const taken = [];
    for (let attempt = 1; attempt <= 5; attempt += 1) taken.push(await count('okta.alice'));

    expect(taken).toEqual([true, true, true, false, false]);
    const item = (await tables.items('quotas')).find(({ id }) => id?.S === 'okta.alice#1000');
    expect(item).toEqual({
      id: { S: 'okta.alice#1000' },
      attempts: { N: '3' },
      expiresAtSeconds: { N: String(1001 * 60 + 300) },
    });
  });

  it('takes no more of many at once', async () => {
    const taken = await Promise.all(Array.from({ length: 12 }, () => count('okta.crowd')));

    expect(taken.filter(Boolean)).toHaveLength(3);
  });

  it('begins anew with the minute, and for each principal', async () => {
    expect(await count('okta.bob', { limit: 1 })).toBe(true);
    expect(await count('okta.bob', { limit: 1 })).toBe(false);
    expect(await count('okta.bob', { limit: 1, minute: 1001 })).toBe(true);
    expect(await count('okta.bob2', { limit: 1 })).toBe(true);
  });

  it.each(['throttle', '500', 'reset', 'accessdenied', 'malformed', 'empty'] satisfies FaultKind[])(
    'is no answer while DynamoDB has the fault %s',
    async (kind) => {
      tables.aws.faults.replace([{ service: 'dynamodb', operation: 'CountAttempt', kind, times: 9 }]);

      await expect(count('okta.carol')).rejects.toBeInstanceOf(ControlsUnavailableError);
    },
  );

  it('asks again where an answer was lost: the attempt may count twice, and never not at all', async () => {
    tables.aws.faults.replace([{ service: 'dynamodb', operation: 'CountAttempt', kind: 'lost', times: 1 }]);

    expect(await count('okta.dave')).toBe(true);
    const item = (await tables.items('quotas')).find(({ id }) => id?.S === 'okta.dave#1000');
    expect(item?.['attempts']).toEqual({ N: '2' });
  });
});

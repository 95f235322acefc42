import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import {
  DeleteItemCommand,
  type DynamoDBClient,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { createDynamodbFindingReader } from '../../lambda/adapters/dynamodb-finding-reader.ts';
import { createDynamodbFindingStore } from '../../lambda/adapters/dynamodb-finding-store.ts';
import { createDynamodbIssuanceMatcher } from '../../lambda/adapters/dynamodb-issuance-matcher.ts';
import { createDynamodbIssuanceRecorder } from '../../lambda/adapters/dynamodb-issuance-recorder.ts';
import { createDynamodbWitnessStore } from '../../lambda/adapters/dynamodb-witness-store.ts';
import type { TrackedIssuance } from '../../lambda/core/reconciliation/reconciliation-ports.ts';
import { createTables } from '../../local/create-tables.ts';
import { withRoles } from '../../local/world.ts';
import { admin, aWorld, startTestAws } from '../local/aws/an-embedded-aws.ts';
import { aFunctionClient, functionWorldRoles, region, tableNames } from './function-roles.ts';
import { aReconciliationMemory } from './reconciliation-memory.ts';
import type { ReconciliationStores } from './reconciliation-world.ts';

/** In memory. */
export function storesInMemory(): ReconciliationStores {
  const memory = aReconciliationMemory();
  return {
    ...memory,
    setClock: () => undefined,
    rememberLine: async (line) => {
      if (!memory.lines.has(line.gatewayRequestId)) memory.lines.set(line.gatewayRequestId, line);
    },
    edit: async (id) => {
      const row = memory.rows.get(id);
      if (row !== undefined) memory.rows.set(id, { ...row, reason: 'edited' });
    },
    rows: async () => [...memory.rows.values()],
    openFindings: async () =>
      [...memory.findingsById].flatMap(([id, { state }]) => (state === 'OPEN' ? [id] : [])),
    clear: async () => {
      for (const kept of [memory.rows, memory.findingsById, memory.lines, memory.calls, memory.expected])
        kept.clear();
    },
  };
}

/** In the embedded DynamoDB, with the roles that the issuing function and the reconciler have. */
export async function startStoresInDynamodb(): Promise<ReconciliationStores & { stop(): Promise<void> }> {
  const aws = await startTestAws(withRoles(aWorld(), functionWorldRoles));
  await createTables({ endpoint: aws.url, region, tableNames, credentials: async () => admin });
  const everybody = aws.dynamodb();
  const issuer = await aFunctionClient(aws, 'issuer');
  const client = await aFunctionClient(aws, 'reconciler');
  const tables = [tableNames.issuances, tableNames.findings, tableNames.witnesses];
  let clock = () => 0;
  const now = () => clock();
  const { gateway, calls } = createDynamodbWitnessStore({
    client,
    tableName: tableNames.witnesses,
    now,
    pause,
  });
  const issuances = createDynamodbIssuanceMatcher({ client, tableName: tableNames.issuances, now, pause });
  return {
    issuances,
    findings: {
      ...createDynamodbFindingStore({
        ...{ client, tableName: tableNames.findings, retentionDays: 400, now, pause },
        newNonce: () => randomBytes(16).toString('base64url'),
      }),
      find: createDynamodbFindingReader({ client, tableName: tableNames.findings, now }).find,
    },
    nameless: calls,
    witnesses: gateway,
    rememberLine: gateway.remember,
    recorder: createDynamodbIssuanceRecorder({ client: issuer, tableName: tableNames.issuances, pause }),
    setClock: (next) => {
      clock = next;
    },
    edit: async (id) => {
      await everybody.send(
        new UpdateItemCommand({
          TableName: tableNames.issuances,
          Key: { id: { S: id } },
          UpdateExpression: 'SET reason = :reason',
          ExpressionAttributeValues: { ':reason': { S: 'edited' } },
        }),
      );
    },
    rows: async () => {
      const ids = (await scan(everybody, tableNames.issuances)).map(({ id }) => id?.S ?? '');
      const rows = await Promise.all(ids.sort().map(issuances.find));
      return rows.filter((row): row is TrackedIssuance => row !== undefined);
    },
    openFindings: async () =>
      (await scan(everybody, tableNames.findings)).flatMap(({ id, state }) =>
        state?.S === 'OPEN' ? [id?.S ?? ''] : [],
      ),
    clear: async () => {
      for (const TableName of tables) {
        for (const { id } of await scan(everybody, TableName))
          if (id !== undefined) await everybody.send(new DeleteItemCommand({ TableName, Key: { id } }));
      }
    },
    stop: async () => {
      for (const one of [issuer, client]) one.destroy();
      await aws.stop();
    },
  };
}

const scan = async (client: DynamoDBClient, TableName: string) =>
  (await client.send(new ScanCommand({ TableName, ConsistentRead: true }))).Items ?? [];

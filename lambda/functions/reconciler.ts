import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import type { Context, SQSBatchResponse } from 'aws-lambda';
import { createDynamodbFindingReader } from '../adapters/dynamodb-finding-reader.ts';
import { createDynamodbFindingStore } from '../adapters/dynamodb-finding-store.ts';
import { createDynamodbIssuanceMatcher } from '../adapters/dynamodb-issuance-matcher.ts';
import { createDynamodbWitnessStore } from '../adapters/dynamodb-witness-store.ts';
import { createS3TrailObjects } from '../adapters/s3-trail-objects.ts';
import { usesWebIdentity } from '../core/configuration.ts';
import { createBrokerIdentity } from '../core/reconciliation/broker-identity.ts';
import { createHandleInvocation } from '../core/reconciliation/handle-invocation.ts';
import { createHearLine } from '../core/reconciliation/hear-line.ts';
import { createReconcileEvent } from '../core/reconciliation/reconcile-event.ts';
import { createReconcileRecords } from '../core/reconciliation/reconcile-records.ts';
import { settle } from '../core/reconciliation/settle.ts';
import { sweepPending } from '../core/reconciliation/sweep-pending.ts';
import { toOtherRegions } from '../core/regions.ts';
import { environment, requireEnv } from './environment.ts';
import { createFunctionLogger } from './function-logger.ts';
import { readConfigurationFile } from './read-configuration-file.ts';

const now = Date.now;
const logger = createFunctionLogger();
const configuration = readConfigurationFile();
const { deployment, audit, trail } = configuration;

const client = new DynamoDBClient({ maxAttempts: 3 });
const issuances = createDynamodbIssuanceMatcher({
  ...{ client, tableName: requireEnv(environment.issuanceTable) },
  ...{ now, pause },
});
const findings = createDynamodbFindingStore({
  ...{ client, tableName: requireEnv(environment.findingTable), retentionDays: audit.retentionDays },
  newNonce: () => randomBytes(16).toString('base64url'),
  ...{ now, pause },
});
const findingReader = createDynamodbFindingReader({
  ...{ client, tableName: requireEnv(environment.findingTable), now },
});
const { gateway, calls } = createDynamodbWitnessStore({
  ...{ client, tableName: requireEnv(environment.witnessTable) },
  ...{ now, pause },
});

const settings = {
  accountId: deployment.accountId,
  trailAccounts: new Set(trail.accounts),
  settleMinutes: trail.settleMinutes,
  retentionDays: audit.retentionDays,
  otherRegions: toOtherRegions(deployment),
};
const ports = { issuances, findings, nameless: calls, witnesses: gateway, now };

const broker = createBrokerIdentity({
  configuration,
  otherRegions: toOtherRegions(deployment),
  ...(usesWebIdentity(configuration) ? { url: requireEnv(environment.url) } : {}),
});

/** Rows in one run of a task, which come back if it is over before them. */
const limit = 5000;
const onFailure = (id: string | undefined, error: unknown) => logger.error('not reconciled', { id, error });

const handle = createHandleInvocation({
  reconcileRecords: createReconcileRecords({
    reconcileEvent: createReconcileEvent({ ...ports, settings, broker }),
    ...{ findings, onFailure },
  }),
  objects: createS3TrailObjects({
    // Not the bucket's own host name, which the embedded S3 has none for.
    client: new S3Client({ maxAttempts: 3, forcePathStyle: true, followRegionRedirects: true }),
    bucketName: requireEnv(environment.trailBucket),
    accounts: trail.accounts,
    ...(trail.existing?.prefix === undefined ? {} : { prefix: trail.existing.prefix }),
  }),
  findings,
  accountId: deployment.accountId,
  hearLine: createHearLine({
    ...{ remember: gateway.remember, issuances, now },
    findings: { ...findings, find: findingReader.find },
    settleMinutes: trail.settleMinutes,
  }),
  tasks: {
    sweep: (hasTime) =>
      sweepPending({ issuances, now, region: deployment.region, limit, hasTime, onFailure }),
    settle: (hasTime) => settle({ ...ports, settings, limit, hasTime, onFailure }),
  },
  logger,
});

/**
 * Joins what CloudTrail says with the audit: of the trail's objects, of the bus, of the access log and by the clock. Its
 * role changes matches and findings, and asks STS for nothing.
 */
export async function handler(event: unknown, context: Context): Promise<SQSBatchResponse> {
  const { failedMessageIds } = await handle(event, () => context.getRemainingTimeInMillis());
  return { batchItemFailures: failedMessageIds.map((itemIdentifier) => ({ itemIdentifier })) };
}

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { build } from 'esbuild';
import { createDynamodbIssuanceRecorder } from '../../lambda/adapters/dynamodb-issuance-recorder.ts';
import { toRoleArn } from '../../lambda/core/function-roles.ts';
import type { Issuance, Outcome } from '../../lambda/core/issuance.ts';
import { environment, variablesOf } from '../../lambda/functions/environment.ts';
import { createTables } from '../../local/create-tables.ts';
import { startFunction } from '../../local/functions/function-runner.ts';
import { withRoles } from '../../local/world.ts';
import { admin, aWorld, startTestAws, type TestAws } from '../local/aws/an-embedded-aws.ts';
import { aConfiguration, aConfigurationDocument } from './a-configuration.ts';
import { aFunctionClient, functionWorldRoles, region, tableNames } from './function-roles.ts';
import { reconciliationTables, reconciliationVariables } from './reconciliation-tables.ts';

/** The function that reconciles, packed as the stack packs it, with its own role, on the embedded AWS. */
export interface TestReconciler {
  readonly aws: TestAws;
  /** What it logged. */
  readonly logs: string[];
  invoke(event: unknown): Promise<unknown>;
  /** Puts an object into the trail's bucket, and answers the message that tells of it. */
  putObject(content: Buffer, key?: string): Promise<QueueRecord>;
  /** Writes a row as the function that issues does. */
  record(row: Issuance): Promise<void>;
  rows(): Promise<ReadonlyMap<string, Row>>;
  findings(): Promise<readonly Row[]>;
  /** All that the tables hold, as text. */
  tablesText(): Promise<string>;
  stop(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: the tests look at items of many shapes.
export type Row = Readonly<Record<string, any>>;

export interface QueueRecord {
  readonly messageId: string;
  readonly eventSource: 'aws:sqs';
  readonly body: string;
}

const { trailBucket } = reconciliationVariables;

export async function startReconciler(): Promise<TestReconciler> {
  const folder = mkdtempSync(join(tmpdir(), 'daypass-reconciler-'));
  const aws = await startTestAws(withRoles(aWorld(), functionWorldRoles), {
    buckets: [{ name: trailBucket, accountId: '111111111111' }],
  });
  await createTables({ endpoint: aws.url, region, tableNames, credentials: async () => admin });
  const issuerClient = await aFunctionClient(aws, 'issuer');
  const recorder = createDynamodbIssuanceRecorder({
    ...{ client: issuerClient, tableName: tableNames.issuances, pause: async () => {} },
  });
  const s3 = new S3Client({ endpoint: aws.url, region, forcePathStyle: true, credentials: { ...admin } });
  const logs: string[] = [];
  const configurationFile = join(folder, 'configuration.json');
  writeFileSync(configurationFile, JSON.stringify(aConfigurationDocument()));
  const runner = await startFunction({
    name: 'reconciler',
    module: await pack(folder),
    environment: toEnvironment(aws, configurationFile),
    log: (line) => logs.push(line),
  });
  const client = aws.dynamodb();
  return {
    aws,
    logs,
    invoke: (event) => runner.invoke(event),
    putObject: async (content, key = aTrailKey()) => {
      await s3.send(new PutObjectCommand({ Bucket: trailBucket, Key: key, Body: content }));
      return aMessage(toNotification(key));
    },
    record: async ({ state, finishedAt = '', ...row }) => {
      const { stsRequestId, accessKeyId, expiration, errorCode, detail, ...intent } = row;
      const full = { ...intent, nonce: 'n' } as Parameters<typeof recorder.recordIntent>[0];
      await recorder.recordIntent(full);
      const outcome = { state, finishedAt, stsRequestId, accessKeyId, expiration, errorCode, detail };
      if (state !== 'PENDING') await recorder.recordOutcome(full, outcome as Outcome);
    },
    rows: async () =>
      new Map((await scan(client, tableNames.issuances)).map((row) => [String(row['id']), row])),
    findings: () => scan(client, reconciliationTables.findings),
    tablesText: async () =>
      JSON.stringify(
        await Promise.all(
          [tableNames.issuances, ...Object.values(reconciliationTables)].map((name) => scan(client, name)),
        ),
      ),
    stop: async () => {
      await runner.close();
      s3.destroy();
      issuerClient.destroy();
      await aws.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** With the options that the stack has for it. */
async function pack(folder: string): Promise<URL> {
  const outfile = join(folder, 'index.mjs');
  await build({
    entryPoints: ['lambda/functions/reconciler.ts'],
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node24', minify: true, outfile },
    mainFields: ['module', 'main'],
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  return pathToFileURL(outfile);
}

function toEnvironment(aws: TestAws, configurationFile: string): Readonly<Record<string, string>> {
  const configuration = aConfiguration();
  const { uri, authorizationToken } = aws.serviceCredentials(
    toRoleArn(configuration.deployment, 'reconciler'),
  );
  const values: Readonly<Record<string, string>> = {
    ...{ ...reconciliationVariables, configurationFile },
    ...{ stage: 'prod', issuanceTable: tableNames.issuances },
  };
  return {
    AWS_REGION: region,
    AWS_ENDPOINT_URL: aws.url,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: uri,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: authorizationToken,
    ...Object.fromEntries(
      variablesOf('reconciler', configuration).map((name) => [environment[name], values[name] ?? '']),
    ),
  };
}

async function scan(client: DynamoDBClient, TableName: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let ExclusiveStartKey: Record<string, never> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({ TableName, ...(ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }) }),
    );
    rows.push(...(page.Items ?? []).map((item) => unmarshall(item)));
    ExclusiveStartKey = page.LastEvaluatedKey as Record<string, never> | undefined;
  } while (ExclusiveStartKey !== undefined);
  return rows;
}

/** Source: CloudTrail guide, "Log file name format". */
export const aTrailKey = (account = '111111111111', folder = 'CloudTrail') =>
  `AWSLogs/${account}/${folder}/eu-west-1/2026/01/01/${account}_CloudTrail_eu-west-1_20260101T0000Z_${randomUUID().slice(0, 8)}.json.gz`;

export const anObject = (records: readonly unknown[]): Buffer =>
  gzipSync(JSON.stringify({ Records: records }));

/** Source: S3 guide, "Event message structure". */
export const toNotification = (key: string, bucketName: string = trailBucket) => ({
  Records: [
    {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: 'eu-west-1',
      eventName: 'ObjectCreated:Put',
      s3: {
        s3SchemaVersion: '1.0',
        bucket: { name: bucketName, arn: `arn:aws:s3:::${bucketName}` },
        object: { key: encodeURIComponent(key).replaceAll('%2F', '/'), size: 1 },
      },
    },
  ],
});

export const aMessage = (body: unknown): QueueRecord => ({
  messageId: randomUUID(),
  eventSource: 'aws:sqs',
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

/** As EventBridge hands CloudTrail's record over. */
export const anEnvelope = (record: object, id: string = randomUUID()) => ({
  version: '0',
  id,
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.sts',
  account: '111111111111',
  time: '2026-01-01T00:00:00Z',
  region: 'eu-west-1',
  resources: [],
  detail: record,
});

/** As CloudWatch Logs sends what a subscription filter lets through. */
export const aLogBatch = (lines: readonly object[], messageType = 'DATA_MESSAGE') => ({
  awslogs: {
    data: gzipSync(
      JSON.stringify({
        ...{ messageType, owner: '111111111111', logGroup: 'access', logStream: 's' },
        subscriptionFilters: ['f'],
        logEvents: lines.map((line, index) => ({
          id: String(index),
          timestamp: 0,
          message: JSON.stringify(line),
        })),
      }),
    ).toString('base64'),
  },
});

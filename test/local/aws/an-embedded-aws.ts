import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import type { TableStreamsOptions } from '../../../local/aws/dynamodb/table-streams.ts';
import { startEmbeddedAws } from '../../../local/aws/embedded-aws.ts';
import type { InvokeByName } from '../../../local/aws/lambda/lambda.ts';
import type { BucketSettings } from '../../../local/aws/s3/bucket-store.ts';
import { createFaults } from '../../../local/faults.ts';
import { parseWorld, type World } from '../../../local/world.ts';

export interface TestCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** Creates a table and waits for it: it is CREATING for a moment, as AWS's are. */
export async function createTable(client: DynamoDBClient, command: CreateTableCommand): Promise<void> {
  await client.send(command);
  const { TableName } = command.input;
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1, maxDelay: 1 }, { TableName });
}

export const policy = (...Statement: readonly unknown[]) => ({ Version: '2012-10-17', Statement });

/** Who may call STS about everything, so that the trust policies decide. */
export const allowAllOfSts = policy({ Effect: 'Allow', Action: 'sts:*', Resource: '*' });

export const home = '111111111111';
export const away = '222222222222';

export const admin = {
  accessKeyId: 'AKIAADMINADMINADMIN1',
  secretAccessKey: 'a'.repeat(40),
} as const;

/** One user, `admin`, who may do everything, in account 111111111111; roles and further users as given. */
export function aWorld(
  accounts: Readonly<Record<string, { readonly users?: object; readonly roles?: object }>> = {},
  rest: object = {},
): World {
  const named = Object.fromEntries(
    [...new Set([home, away, ...Object.keys(accounts)])].map((id) => [id, { name: id, ...accounts[id] }]),
  ) as Record<string, { readonly name: string; readonly users?: object }>;
  const administers = policy({ Effect: 'Allow', Action: '*', Resource: '*' });
  named[home] = {
    ...named[home],
    name: 'home',
    users: { admin: { ...admin, policies: [administers] }, ...named[home]?.users },
  };
  return parseWorld(JSON.stringify({ region: 'eu-west-1', accounts: named, ...rest }), 'world');
}

export interface TestAws {
  readonly url: string;
  readonly dataDirectory: string;
  readonly faults: ReturnType<typeof createFaults>;
  sts(credentials?: TestCredentials, region?: string): STSClient;
  dynamodb(credentials?: TestCredentials): DynamoDBClient;
  /** Credentials of a role, got with AssumeRole. */
  assume(input: AssumeRoleCommandInput, credentials?: TestCredentials): Promise<Required<TestCredentials>>;
  /** CloudTrail's records, oldest first. */
  records(): Promise<readonly TrailRecord[]>;
  serviceCredentials(roleArn: string): { readonly uri: string; readonly authorizationToken: string };
  /** Stops and starts on the same directory. */
  restart(world?: World): Promise<TestAws>;
  stop(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: the tests look at JSON of many shapes.
export type TrailRecord = Readonly<Record<string, any>>;

export async function startTestAws(
  world: World,
  options: {
    readonly now?: () => number;
    readonly dataDirectory?: string;
    readonly keyPolicies?: Readonly<Record<string, unknown>>;
    readonly invokeByName?: InvokeByName;
    readonly streams?: TableStreamsOptions;
    readonly buckets?: readonly BucketSettings[];
  } = {},
): Promise<TestAws> {
  const dataDirectory = options.dataDirectory ?? mkdtempSync(join(tmpdir(), 'daypass-aws-'));
  const faults = createFaults();
  const aws = await startEmbeddedAws({ world, port: 0, dataDirectory, faults, ...options });
  const clients: { destroy(): void }[] = [];
  // The SDK writes into the credentials that it's given: each client gets a copy.
  const keep = <Client extends { destroy(): void }>(client: Client): Client => {
    clients.push(client);
    return client;
  };
  const shared = { endpoint: aws.url, region: 'eu-west-1', maxAttempts: 1 };
  const sts = (credentials: TestCredentials = admin, region = 'eu-west-1') =>
    keep(new STSClient({ ...shared, region, credentials: { ...credentials } }));
  const close = async () => {
    for (const client of clients) client.destroy();
    await aws.close();
  };
  return {
    url: aws.url,
    dataDirectory,
    faults,
    sts,
    dynamodb: (credentials = admin) =>
      keep(new DynamoDBClient({ ...shared, credentials: { ...credentials } })),
    assume: async (input, credentials = admin) => {
      const { Credentials } = await sts(credentials).send(new AssumeRoleCommand(input));
      const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
      return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    },
    records: async () => {
      const answer = await fetch(`${aws.url}/_local/cloudtrail`);
      return ((await answer.json()) as { Records: readonly TrailRecord[] }).Records;
    },
    serviceCredentials: aws.serviceCredentials,
    restart: async (next = world) => {
      await close();
      return startTestAws(next, { ...options, dataDirectory });
    },
    stop: async () => {
      await close();
      rmSync(dataDirectory, { recursive: true, force: true });
    },
  };
}

/** `AccessDenied: User: …`, or `granted`. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'granted';
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Faults } from '../faults.ts';
import { listen } from '../listen.ts';
import type { World } from '../world.ts';
import { type Authenticate, createAuthenticate, createIdentifySession } from './authenticate.ts';
import { createAuthorizationMessages } from './authorization-message-route.ts';
import { openCloudTrail } from './cloudtrail.ts';
import type { CloudTrailRecord } from './cloudtrail-record.ts';
import { lockDataDirectory } from './data-directory-lock.ts';
import { openDataKey } from './data-key.ts';
import { dispatch, type Services } from './dispatch.ts';
import { createDynamoDb } from './dynamodb/dynamodb.ts';
import { createTableStreams, type TableStreamsOptions } from './dynamodb/table-streams.ts';
import { createEvents } from './events/events.ts';
import { type Answer, type AwsRequest, carryOut, maximumBodyBytes, readRequest, send } from './exchange.ts';
import { openExpiredCredentials } from './expired-credentials.ts';
import { createFederation } from './federation/federation.ts';
import { openAccessKeys } from './iam/access-key-store.ts';
import { createIam } from './iam/iam.ts';
import { openRoles } from './iam/role-store.ts';
import { createKms } from './kms/kms.ts';
import { createLambda, type InvokeByName } from './lambda/lambda.ts';
import { containerCredentialsPath, createLocalRoutes, localPrefix } from './local-routes.ts';
import { type BucketSettings, createBucketStore } from './s3/bucket-store.ts';
import { createS3 } from './s3/s3.ts';
import type { InitialSecret, InvokeFunction } from './secretsmanager/rotations.ts';
import { createSecretsManager } from './secretsmanager/secretsmanager.ts';
import { createServiceCredentials, type ServiceCredentials } from './service-credentials.ts';
import { openMfaCodes } from './sts/mfa-codes.ts';
import { createSts } from './sts/sts.ts';
import { createOwnIssuers } from './web-identity-issuers.ts';

export interface EmbeddedAwsOptions {
  readonly world: World;
  /** 0 takes a free one. */
  readonly port: number;
  /** Where tables, the trail and the key are kept. One process at a time. */
  readonly dataDirectory: string;
  readonly faults: Faults;
  /** Policies of KMS keys as JSON, by the key's ARN. @default KMS's own: the account's IAM policies decide */
  readonly keyPolicies?: Readonly<Record<string, unknown>>;
  /** Secrets that a stack makes, each with its first rotation open. @default none */
  readonly secrets?: readonly InitialSecret[];
  /** Calls the function of a secret's rotation. @default none is called: whoever rotates does the steps itself */
  readonly invokeFunction?: InvokeFunction;
  /** Calls a function for Lambda's Invoke. @default there is none */
  readonly invokeByName?: InvokeByName;
  /** Hears of what changes in some tables. @default nobody does */
  readonly streams?: TableStreamsOptions;
  /** Hears of new CloudTrail records, after their calls. @default nobody does */
  readonly onTrailRecords?: (records: readonly CloudTrailRecord[]) => void;
  /** Buckets of S3, empty at the start. @default none */
  readonly buckets?: readonly BucketSettings[];
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

export interface EmbeddedAws {
  /** `http://127.0.0.1:PORT`, what `AWS_ENDPOINT_URL` can name. */
  readonly url: string;
  /** Within a second, whatever is still under way. */
  close(): Promise<void>;
  /**
   * What the Lambda service does for a function with this role: credentials at an address that every SDK reads and
   * refreshes by itself.
   * @throws TypeError when the role is not in the world or doesn't trust lambda.amazonaws.com.
   */
  serviceCredentials(roleArn: string): ServiceCredentials;
  /** Takes up the rotations of secrets that are open. Rejects as the function does; what's open stays so. */
  resumeRotations(): Promise<void>;
  /** Puts an object as a service of AWS's own does. */
  putObject(bucketName: string, key: string, content: Buffer): void;
  /** For a service that stands beside this one and takes the same identities. */
  readonly authenticate: Authenticate;
}

/**
 * Starts the stand-in for AWS on loopback: STS, IAM, DynamoDB, KMS, Secrets Manager, Lambda's Invoke, EventBridge's PutEvents, CloudTrail and the
 * console's federation endpoint at one address, with the world's accounts.
 * Rejects with the node error when the port is taken, and with one line when another process has the directory.
 */
export async function startEmbeddedAws(options: EmbeddedAwsOptions): Promise<EmbeddedAws> {
  const { dataDirectory, faults, keyPolicies = {}, secrets = [], now = Date.now } = options;
  const { invokeFunction = async () => undefined, invokeByName = async () => undefined } = options;
  const lock = await lockDataDirectory(dataDirectory);
  const closing = new AbortController();
  try {
    const key = openDataKey(dataDirectory);
    const cloudTrail = openCloudTrail(dataDirectory, options.onTrailRecords);
    const objects = createBucketStore(options.buckets ?? []);
    const expired = openExpiredCredentials(dataDirectory);
    const roles = openRoles(options.world, dataDirectory);
    const { world } = roles;
    const accessKeys = openAccessKeys({ world, key, dataDirectory, now });
    const identities = { world, accessKeys, key, expired, now };
    const authenticate = createAuthenticate(identities);
    const serviceCredentials = createServiceCredentials({ world, key, now });
    // Known once the server listens; nobody asks before.
    const address = { url: '' };
    const ownIssuers = createOwnIssuers({
      dataDirectory,
      accountIds: [...world.accounts.keys()],
      url: () => address.url,
    });
    const common = { world, authenticate, faults, now, closing: closing.signal };
    const streams = createTableStreams(options.streams ?? { tables: {}, deliver: async () => {} });
    const dynamodb = createDynamoDb({ ...common, dataDirectory, streams });
    const events = createEvents(common);
    const s3 = createS3({ ...common, store: objects });
    const sts = createSts({ ...common, key, mfa: openMfaCodes(dataDirectory), ownIssuers, cloudTrail });
    const kms = createKms({ ...common, dataDirectory, keyPolicies });
    const iam = createIam({ ...common, accessKeys, roles });
    const secretsManager = createSecretsManager({
      ...{ ...common, key, dataDirectory },
      ...{ secrets, invokeFunction },
    });
    const lambda = createLambda({ ...common, invoke: invokeByName });
    const federation = createFederation({
      ...common,
      key,
      expired,
      identify: createIdentifySession(identities),
    });
    const local = createLocalRoutes({
      cloudTrail,
      events,
      faults,
      expired,
      serviceCredentials,
      accessKeys,
      authorizationMessages: createAuthorizationMessages({ world, key, now }),
      ownIssuers,
    });
    const server = createHttpServer(
      {
        sts,
        dynamodb: dynamodb.handle,
        kms,
        iam,
        secretsManager: secretsManager.handle,
        lambda,
        s3,
        events: events.handle,
        federation,
      },
      local,
    );
    const { url, close } = await listen(server, options.port);
    address.url = url;
    return {
      url,
      authenticate,
      putObject: objects.put,
      resumeRotations: secretsManager.resumeRotations,
      close: async () => {
        closing.abort();
        await close(0);
        await streams.close();
        await dynamodb.close();
        await lock.release();
      },
      serviceCredentials: (roleArn) => {
        const { name, authorizationToken } = serviceCredentials.register(roleArn);
        return { uri: `${url}${containerCredentialsPath}${name}`, authorizationToken };
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function createHttpServer(services: Services, local: (request: AwsRequest) => Answer): Server {
  const respond = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const requestId = randomUUID();
    if (Number(message.headers['content-length'] ?? 0) > maximumBodyBytes) {
      send({ status: 413, headers: { connection: 'close' }, body: '' }, response);
      return;
    }
    const request = await readRequest(message, requestId);
    if (request.path.startsWith(localPrefix)) send(local(request), response);
    else carryOut(await dispatch(request, services), response);
  };
  const server = createServer((message, response) => {
    respond(message, response).catch((error: unknown) => {
      // A body that broke off or is too long has nobody to answer; anything else is a mistake in here.
      if (!message.complete) return void message.destroy();
      console.error('embedded AWS:', error);
      send({ status: 500, headers: { connection: 'close' }, body: '' }, response);
    });
  });
  server.headersTimeout = 10_000;
  server.requestTimeout = 30_000;
  // Longer than clients keep idle connections, so that none is closed under a request that's just being sent.
  server.keepAliveTimeout = 120_000;
  return server;
}

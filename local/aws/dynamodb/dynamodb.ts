import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { FaultKind, Faults } from '../../faults.ts';
import type { World } from '../../world.ts';
import type { Authenticate } from '../authenticate.ts';
import { AwsError } from '../aws-error.ts';
import { toBase32 } from '../base32.ts';
import { type Answer, type AwsRequest, header, type Outcome } from '../exchange.ts';
import { meetFault } from '../fault-outcome.ts';
import { jsonCodes } from '../json-error.ts';
import { authorizeDynamoDb, type DynamoDbCall } from './authorize-dynamodb.ts';
import { openTableStore, type TableStore } from './table-store.ts';
import type { TableStreams } from './table-streams.ts';

export interface DynamoDbOptions {
  readonly world: World;
  readonly dataDirectory: string;
  readonly authenticate: Authenticate;
  readonly faults: Faults;
  readonly now: () => number;
  readonly closing: AbortSignal;
  /** Told of each write, before and once it is done. @default nobody is */
  readonly streams?: Pick<TableStreams, 'writes' | 'wrote'>;
}

export interface DynamoDb {
  handle(request: AwsRequest): Promise<Outcome>;
  close(): Promise<void>;
}

/** DynamoDB: dynalite behind AWS's authentication and authorization. Each account has tables of its own. */
export function createDynamoDb(options: DynamoDbOptions): DynamoDb {
  const stores = createStores(options);
  return {
    handle: async (request) => {
      try {
        return await handle(request, options, stores.of);
      } catch (error) {
        return { kind: 'answer', answer: refuse(error) };
      }
    },
    close: stores.close,
  };
}

/** Opened when an account is first heard of: most never are. */
function createStores({ dataDirectory, world: { region } }: DynamoDbOptions) {
  const open = new Map<string, TableStore>();
  return {
    of: (accountId: string): TableStore => {
      const directory = join(dataDirectory, 'dynamodb', accountId);
      const store = open.get(accountId) ?? openTableStore({ directory, accountId, region });
      open.set(accountId, store);
      return store;
    },
    close: async () => {
      await Promise.all([...open.values()].map((store) => store.close()));
    },
  };
}

async function handle(
  request: AwsRequest,
  { authenticate, faults, now, world, closing, streams }: DynamoDbOptions,
  storeOf: (accountId: string) => TableStore,
): Promise<Outcome> {
  const [, operation = ''] = (header(request, 'x-amz-target') ?? '').split('.');
  const { caller, region } = authenticate(request, { service: 'dynamodb', regions: [world.region] });
  return meetFault(faults.take('dynamodb', toFaultOperation(operation, request.body)), {
    process: async () => {
      const { sourceIp } = request;
      const input = parseInput(request.body);
      try {
        authorizeDynamoDb({ caller, region, sourceIp, nowMs: now(), operation, input });
      } catch (error) {
        return refuse(error);
      }
      const { accountId } = caller;
      const store = storeOf(accountId);
      const write = { request, operation, input, store, accountId, region };
      await streams?.writes(write);
      const answer = await store.process(request);
      if (answer.status === 200) streams?.wrote(write);
      return answer;
    },
    refuse: (kind) => toErrorAnswer(toFaultError(kind, { caller, operation })),
    garbage: '{"Item":{"id":{"S":"',
    contentType: 'application/x-amz-json-1.0',
    closing,
  });
}

function refuse(error: unknown): Answer {
  if (!(error instanceof AwsError)) throw error;
  return toErrorAnswer(error);
}

/** What the name of the table that counts attempts ends with. */
const countingTable = /quotas$/;

/** By the name that faults have for it. */
function toFaultOperation(operation: string, body: Buffer): string {
  const table: unknown = Reflect.get(Object(parseInput(body)), 'TableName');
  const counts = operation === 'UpdateItem' && countingTable.test(String(table));
  return counts ? 'CountAttempt' : operation;
}

function parseInput(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

type RefusingKind = Extract<FaultKind, 'throttle' | '500' | 'accessdenied' | 'conditional'>;

function toFaultError(
  kind: RefusingKind,
  { caller, operation }: Pick<DynamoDbCall, 'caller' | 'operation'>,
): AwsError {
  switch (kind) {
    case 'throttle':
      return new AwsError(
        'ProvisionedThroughputExceededException',
        400,
        'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
      );
    case 'conditional':
      return new AwsError('ConditionalCheckFailedException', 400, 'The conditional request failed');
    case 'accessdenied':
      return new AwsError(
        'AccessDeniedException',
        400,
        `User: ${caller.arn} is not authorized to perform: dynamodb:${operation} because no identity-based policy allows the dynamodb:${operation} action`,
      );
    case '500':
      return new AwsError(
        'InternalServerError',
        500,
        'The request processing has failed because of an unknown error, exception or failure.',
      );
  }
}

/** Exceptions of DynamoDB's own model; the others are those of the framework around it. */
const modelled = [
  'ProvisionedThroughputExceededException',
  'ConditionalCheckFailedException',
  'InternalServerError',
];

function toErrorAnswer({ code, status, message }: AwsError): Answer {
  const name = jsonCodes[code] ?? code;
  const namespace = modelled.includes(name) ? 'com.amazonaws.dynamodb.v20120810' : 'com.amazon.coral.service';
  const body = { __type: `${namespace}#${name}` };
  return {
    status: name === code ? status : 400,
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': toBase32(randomBytes(33)).slice(0, 52),
    },
    // Of the two spellings AWS uses the capital for AccessDenied only.
    body: JSON.stringify({ ...body, [name === 'AccessDeniedException' ? 'Message' : 'message']: message }),
  };
}

import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod';
import { AuditUnavailableError } from '../core/errors.ts';
import type {
  GatewayLine,
  GatewayWitnesses,
  NamelessCalls,
} from '../core/reconciliation/reconciliation-ports.ts';
import type { Sighting } from '../core/reconciliation/sighting.ts';
import { toErrorDetail } from './error-detail.ts';
import { sightingItem } from './issuance-item.ts';
import { readAttributes } from './read-attributes.ts';
import { readItem } from './read-item.ts';
import { witnessTable } from './witness-table.ts';
import { writeDurably } from './write-durably.ts';

export interface DynamodbWitnessStoreOptions {
  /** Its own retries are safe here: of two writes of one witness the first stays. */
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Resolves after that many milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>;
}

export interface WitnessStore {
  /** What the access log says. */
  readonly gateway: GatewayWitnesses & {
    /** The first line of a request stays. Rejects with `AuditUnavailableError`. */
    remember(line: GatewayLine): Promise<void>;
  };
  readonly calls: NamelessCalls;
}

/** For one read, the SDK's repeats included. */
const readTimeoutMs = 3000;

/** Longer than any settle time, and than CloudTrail was ever late. */
const keptSeconds = 3 * 86_400;

const gatewayLine = z.object({
  gatewayRequestId: z.string(),
  principalId: z.string().exactOptional(),
  accountId: z.string().exactOptional(),
  userArn: z.string().exactOptional(),
  status: z.number().exactOptional(),
});

/** Of a row that is missing a call. */
const expecting = z.object({ issuanceId: z.string() });

/** Keeps what others saw, each once, for three days. */
export function createDynamodbWitnessStore(options: DynamodbWitnessStoreOptions): WitnessStore {
  const { client, tableName: TableName, now, pause } = options;
  const { partitionKey, timeToLiveAttribute } = witnessTable;

  const remember = async (id: string, seen: object): Promise<void> => {
    const Item = marshall(
      { [partitionKey]: id, seen, [timeToLiveAttribute]: Math.floor(now() / 1000) + keptSeconds },
      { removeUndefinedValues: true },
    );
    await writeDurably<true>({
      write: async (abortSignal) => {
        const { ConsumedCapacity } = await client.send(
          new PutItemCommand({
            TableName,
            Item,
            ConditionExpression: 'attribute_not_exists(#key)',
            ExpressionAttributeNames: { '#key': partitionKey },
            // A put's answer is empty by nature: this tells an empty one from the truth.
            ReturnConsumedCapacity: 'TOTAL',
          }),
          { abortSignal },
        );
        return ConsumedCapacity === undefined ? undefined : true;
      },
      // There is one already, ours or another copy: either will do.
      readBack: async () => true,
      pause,
      toError: toUnwritten,
    });
  };

  const find = async (id: string): Promise<unknown> => {
    try {
      const item = await readItem({
        ...{ client, tableName: TableName, key: { [partitionKey]: { S: id } } },
        abortSignal: AbortSignal.timeout(readTimeoutMs),
      });
      return item === undefined ? undefined : readAttributes(item)['seen'];
    } catch (cause) {
      throw new AuditUnavailableError('the witnesses cannot be read; try again shortly', {
        ...{ cause, detail: toErrorDetail(cause) },
        retryAfterSeconds: 5,
      });
    }
  };

  return {
    gateway: {
      remember: (line) => remember(toGatewayKey(line.gatewayRequestId), gatewayLine.parse(line)),
      find: async (gatewayRequestId): Promise<GatewayLine | undefined> =>
        gatewayLine.optional().parse(await find(toGatewayKey(gatewayRequestId))),
    },
    calls: {
      remember: (requestId, sighting) => remember(toCallKey(requestId), sightingItem.parse(sighting)),
      find: async (requestId): Promise<Sighting | undefined> =>
        sightingItem.optional().parse(await find(toCallKey(requestId))),
      expect: (requestId, issuanceId) => remember(toExpectedKey(requestId), { issuanceId }),
      findExpecting: async (requestId) =>
        expecting.optional().parse(await find(toExpectedKey(requestId)))?.issuanceId,
    },
  };
}

const toGatewayKey = (gatewayRequestId: string) => `gateway#${gatewayRequestId}`;

const toCallKey = (requestId: string) => `sts#${requestId}`;

const toExpectedKey = (requestId: string) => `sts-expected#${requestId}`;

const toUnwritten = (cause: unknown) =>
  new AuditUnavailableError('a witness cannot be written; try again shortly', {
    ...{ cause, detail: toErrorDetail(cause) },
    retryAfterSeconds: 5,
  });

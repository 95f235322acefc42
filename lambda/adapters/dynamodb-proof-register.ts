import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { ProofRegisterUnavailableError } from '../core/errors.ts';
import type { ProofRegister, SingleUseProof } from '../core/ports.ts';
import { toErrorDetail } from './error-detail.ts';
import { proofTable } from './proof-table.ts';
import { readItem } from './read-item.ts';
import { repeatCall } from './repeat-call.ts';
import { writeDurably } from './write-durably.ts';

export interface DynamodbProofRegisterOptions {
  /** With `maxAttempts: 1`: this adapter repeats a write itself, because only it can tell a lost answer from a replay. */
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  /** A new random value, of at least 128 bits: tells a write of our own from anybody else's. */
  readonly newNonce: () => string;
  /** Resolves after that many milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>;
}

/**
 * Seconds that a proof is remembered beyond its age: DynamoDB's clock, and those of all functions, may be apart, and
 * none of them may still take a proof that another has forgotten.
 */
const marginSeconds = 300;

/** Consumes proofs by single-item conditional writes. */
export function createDynamodbProofRegister(options: DynamodbProofRegisterOptions): ProofRegister {
  const { client, tableName: TableName, newNonce, pause } = options;

  const put = async (Item: ProofItem, abortSignal: AbortSignal): Promise<true | undefined> => {
    const { ConsumedCapacity } = await client.send(
      new PutItemCommand({
        TableName,
        Item,
        ConditionExpression: 'attribute_not_exists(#id)',
        ExpressionAttributeNames: { '#id': proofTable.partitionKey },
        // A put's answer is empty by nature: this tells an empty one from the truth.
        ReturnConsumedCapacity: 'TOTAL',
      }),
      { abortSignal },
    );
    return ConsumedCapacity === undefined ? undefined : true;
  };

  /** Whether the item that is there is ours. */
  const isOurs = async ({ id, nonce }: ProofItem, abortSignal: AbortSignal): Promise<boolean | undefined> => {
    const { Item } = await client.send(
      new GetItemCommand({
        TableName,
        Key: { [proofTable.partitionKey]: id },
        ConsistentRead: true,
      }),
      { abortSignal },
    );
    const found = Item?.[proofTable.partitionKey]?.S === id.S ? Item['nonce']?.S : undefined;
    return found === undefined ? undefined : found === nonce.S;
  };

  return {
    consume: (proof) => {
      const item = toItem(proof, newNonce());
      return writeDurably<boolean>({
        write: (signal) => put(item, signal),
        readBack: (signal) => isOurs(item, signal),
        pause,
        toError: toUnavailable,
      });
    },
    isConsumed: async (id) => {
      const key = { [proofTable.partitionKey]: { S: id } };
      const read = (abortSignal: AbortSignal) => readItem({ client, tableName: TableName, key, abortSignal });
      try {
        return (await repeatCall(read, { pause })) !== undefined;
      } catch (error) {
        throw toUnavailable(error instanceof Error ? error.cause : error);
      }
    },
  };
}

const toUnavailable = (cause: unknown) =>
  new ProofRegisterUnavailableError(
    'whether this proof was used before cannot be found out, so nothing was issued; try again shortly with a fresh one',
    { cause, detail: toErrorDetail(cause), retryAfterSeconds: 5 },
  );

type ProofItem = ReturnType<typeof toItem>;

const toItem = ({ id, expiresAtSeconds }: SingleUseProof, nonce: string) =>
  ({
    [proofTable.partitionKey]: { S: id },
    nonce: { S: nonce },
    [proofTable.timeToLiveAttribute]: { N: String(Math.ceil(expiresAtSeconds) + marginSeconds) },
  }) satisfies Readonly<Record<string, AttributeValue>>;

import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ProofRegister } from '../core/ports.ts';

export interface DynamodbProofRegisterOptions {
  /** With `maxAttempts: 1`: this adapter repeats a write itself, because only it can tell a lost answer from a replay. */
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  /** A new random value, of at least 128 bits: tells a write of our own from anybody else's. */
  readonly newNonce: () => string;
  /** Resolves after that many milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>;
}

/** Consumes proofs by single-item conditional writes. */
export declare function createDynamodbProofRegister(options: DynamodbProofRegisterOptions): ProofRegister;

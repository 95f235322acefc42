import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';

export interface DurableWrite<Result> {
  /** Tries the write. `undefined` when DynamoDB answered without confirming it. */
  readonly write: (signal: AbortSignal) => Promise<Result | undefined>;
  /**
   * What is there, after a condition that failed: it may mean that our own earlier write arrived though its answer did
   * not. `undefined` when that cannot be told; then, and when it rejects, the write is tried again, or given up.
   */
  readonly readBack: (signal: AbortSignal) => Promise<Result | undefined>;
  /** Resolves after that many milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>;
  /** The error for a write that is not known to be there, by what happened last. */
  readonly toError: (cause: unknown) => Error;
}

/** Three attempts in two seconds, everything included. */
const totalTimeoutMs = 2000;
const attemptTimeoutMs = 900;
const pausesMs = [50, 100];

/** Repeats a conditional write until its result is known. */
export async function writeDurably<Result>(options: DurableWrite<Result>): Promise<Result> {
  const { write, readBack, pause, toError } = options;
  const deadline = AbortSignal.timeout(totalTimeoutMs);
  let cause: unknown = new Error('DynamoDB answered without confirming the write');
  for (const pauseMs of [0, ...pausesMs]) {
    await pause(pauseMs);
    try {
      const written = await write(withinAttempt(deadline));
      if (written !== undefined) return written;
    } catch (error) {
      cause = error;
      if (!(error instanceof ConditionalCheckFailedException)) continue;
      const found = await orUnknown(readBack(withinAttempt(deadline)));
      if (found !== undefined) return found;
    }
  }
  throw toError(cause);
}

const withinAttempt = (deadline: AbortSignal) =>
  AbortSignal.any([deadline, AbortSignal.timeout(attemptTimeoutMs)]);

async function orUnknown<Result>(found: Promise<Result | undefined>): Promise<Result | undefined> {
  try {
    return await found;
  } catch {
    return undefined;
  }
}

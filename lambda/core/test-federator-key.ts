import type { FederatorSecret, KeyTester } from './federator-rotation-ports.ts';
import { requirePendingKey, requireRotating } from './pending-version.ts';
import type { LongTermKey } from './ports.ts';
import { RotationError } from './rotation-error.ts';
import { testedStage } from './staging-labels.ts';

export interface KeyTest {
  readonly secret: FederatorSecret;
  readonly tester: KeyTester;
  readonly owner: KeyOwner;
  /** Seconds between the first and the last success. */
  readonly testSeconds: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves after that many milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>;
}

/** The federator. */
export interface KeyOwner {
  readonly partition: string;
  readonly accountId: string;
  /** Without the path. */
  readonly userName: string;
}

/** A new key is known to some of AWS's hosts before others, so that one success says little: so many in a row. */
const successes = 10;

/**
 * testSecret: holds back until the pending key is steadily accepted, and labels its version then. A refusal starts the
 * count anew.
 *
 * @throws RotationError `not-steady` as soon as a whole test no longer fits before the deadline; `wrong-identity`
 */
export async function testFederatorKey(
  options: KeyTest,
  { versionId, deadlineMs }: { readonly versionId: string; readonly deadlineMs: number },
): Promise<{ readonly outcome: string; readonly accessKeyId?: string }> {
  const { secret } = options;
  const { isCurrent, stages } = await requireRotating(secret, versionId);
  if (isCurrent) return { outcome: 'already-current' };
  const key = await requirePendingKey(secret, versionId);
  const { accessKeyId } = key;
  const testedId = stages.get(testedStage);
  if (testedId === versionId) return { outcome: 'already-tested', accessKeyId };
  await requireSteady(options, key, deadlineMs);
  await secret.moveStage({ stage: testedStage, from: testedId, to: versionId });
  return { outcome: 'tested', accessKeyId };
}

async function requireSteady(options: KeyTest, key: LongTermKey, deadlineMs: number): Promise<void> {
  const { testSeconds, now, pause } = options;
  const intervalMs = Math.ceil((testSeconds * 1000) / (successes - 1));
  let inARow = 0;
  let refusal = 'none';
  for (;;) {
    const neededMs = (successes - 1 - inARow) * intervalMs;
    if (now() + neededMs > deadlineMs) throw toUnsteady({ key, refusal, testSeconds });
    const refused = await findRefusal(options, key);
    inARow = refused === undefined ? inARow + 1 : 0;
    refusal = refused ?? refusal;
    if (inARow === successes) return;
    await pause(intervalMs);
  }
}

const toUnsteady = ({
  key,
  refusal,
  testSeconds,
}: {
  readonly key: LongTermKey;
  readonly refusal: string;
  readonly testSeconds: number;
}): RotationError =>
  new RotationError(
    'not-steady',
    `key ${key.accessKeyId} was not accepted ${successes} times in a row over ${testSeconds} s, and the function has no time for a whole test any more; last refusal: ${refusal}`,
  );

/**
 * Asks STS once whose key it is; why it was refused, or `undefined`.
 *
 * @throws RotationError `wrong-identity`
 */
export async function findRefusal(
  { tester, owner }: Pick<KeyTest, 'tester' | 'owner'>,
  key: LongTermKey,
): Promise<string | undefined> {
  const identity = await tester.identify(key);
  if (identity.state === 'REFUSED') return identity.detail;
  if (isOwner(identity.arn, owner)) return undefined;
  throw new RotationError(
    'wrong-identity',
    `key ${key.accessKeyId} is one of ${identity.arn}; allowed: user ${owner.userName} of account ${owner.accountId}`,
  );
}

/** A user's name is unique in the account, whatever its path. */
function isOwner(arn: string, { partition, accountId, userName }: KeyOwner): boolean {
  const prefix = `arn:${partition}:iam::${accountId}:user/`;
  return arn.startsWith(prefix) && arn.slice(prefix.length).split('/').at(-1) === userName;
}

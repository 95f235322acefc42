import { parseSecretString, toSecretString } from '../../lambda/adapters/federator-secret.ts';
import type {
  FederatorAccessKeys,
  FederatorSecret,
  KeyTester,
} from '../../lambda/core/federator-rotation-ports.ts';
import type { LongTermKey } from '../../lambda/core/ports.ts';
import { createRotateFederatorKey, type RotateFederatorKey } from '../../lambda/core/rotate-federator-key.ts';
import { RotationError } from '../../lambda/core/rotation-error.ts';
import { putVersion } from '../../local/aws/secretsmanager/put-version.ts';
import type { Secret } from '../../local/aws/secretsmanager/secret.ts';
import {
  findStage,
  isRotating,
  pending,
  requireVersion,
  updateStage,
} from '../../local/aws/secretsmanager/staging-labels.ts';

/** What happens at a call of a port: it may hold the call back, or throw in the place of the function's end. */
export interface Interruption {
  /** Before the call has its effect. */
  before(operation: string): Promise<void>;
  /** After it had, and before anybody knows. */
  after(operation: string): Promise<void>;
}

export const uninterrupted: Interruption = { before: async () => {}, after: async () => {} };

export interface StandInKey extends LongTermKey {
  readonly isActive: boolean;
  /** Epoch milliseconds until which STS refuses it. */
  readonly refusedUntilMs: number;
}

/** IAM, Secrets Manager and STS as the rotation meets them: IAM in a few lines, the labels as the embedded AWS moves them. */
export interface RotationStandIn {
  /** Functions share what is in AWS, and nothing else. */
  aFunction(interruption?: Interruption): RotateFederatorKey;
  /** RotateSecret; the token of the rotation that's under way, or of a new one. */
  beginRotation(): string;
  keys(): ReadonlyMap<string, StandInKey>;
  setKey(accessKeyId: string, change: Partial<StandInKey> | undefined): void;
  addKey(): StandInKey;
  /** New keys are refused for so many milliseconds. */
  setDelay(delayMs: number): void;
  /** Whose the keys are. */
  setIdentity(arn: string): void;
  /** The key under a label, if it is one. */
  keyOf(stage: string): LongTermKey | undefined;
  secret(): Secret;
  setSecret(secret: Secret): void;
  now(): number;
  advance(ms: number): void;
}

const callTimeoutMs = 10_000;
export const owner = { partition: 'aws', accountId: '111111111111', userName: 'federator' } as const;
export const firstVersion = 'initial-'.repeat(4);

export function aRotationStandIn(): RotationStandIn {
  let nowMs = Date.parse('2026-03-01T00:00:00Z');
  let made = 0;
  let rotations = 0;
  let delayMs = 0;
  let identity = 'arn:aws:iam::111111111111:user/daypass/federator';
  const keys = new Map<string, StandInKey>();
  let secret: Secret = putVersion(
    {
      arn: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:federator-AbCdEf',
      accountId: owner.accountId,
      name: 'federator',
      tags: {},
      createdAtMs: nowMs,
      lastChangedAtMs: nowMs,
      versions: [],
    },
    {
      versionId: firstVersion,
      value: { kind: 'string', text: '{"not":"a key"}' },
      stages: ['AWSCURRENT'],
      nowMs,
    },
  );

  const addKey = (): StandInKey => {
    if (keys.size >= 2) throw new RotationError('key-limit', 'two keys');
    made += 1;
    const accessKeyId = `AKIA${String(made).padStart(16, 'A')}`;
    const key = {
      accessKeyId,
      secretAccessKey: `canary-${made}-`.padEnd(40, 'x'),
      isActive: true,
      refusedUntilMs: nowMs + delayMs,
    };
    keys.set(accessKeyId, key);
    return key;
  };
  const setKey = (accessKeyId: string, change: Partial<StandInKey> | undefined) => {
    const key = keys.get(accessKeyId);
    if (key === undefined) return;
    if (change === undefined) keys.delete(accessKeyId);
    else keys.set(accessKeyId, { ...key, ...change });
  };
  const toKey = (value: Secret['versions'][number]['value']) =>
    value?.kind === 'string' ? parseSecretString(value.text) : undefined;

  const toPorts = ({ before, after }: Interruption) => {
    const call = async <Result>(operation: string, effect: () => Result): Promise<Result> => {
      const startedAtMs = nowMs;
      await before(operation);
      // The SDK gives up: what AWS has not seen by then it won't see.
      if (nowMs - startedAtMs > callTimeoutMs) throw new Error(`${operation} timed out`);
      const result = effect();
      await after(operation);
      return result;
    };
    const userKeys: FederatorAccessKeys = {
      list: () =>
        call('ListAccessKeys', () =>
          [...keys.values()].map(({ accessKeyId, isActive }) => ({ accessKeyId, isActive })),
        ),
      create: () =>
        call('CreateAccessKey', () => {
          const { accessKeyId, secretAccessKey } = addKey();
          return { accessKeyId, secretAccessKey };
        }),
      deactivate: (id) => call('UpdateAccessKey', () => setKey(id, { isActive: false })),
      delete: (id) => call('DeleteAccessKey', () => setKey(id, undefined)),
    };
    const federatorSecret: FederatorSecret = {
      describe: () =>
        call('DescribeSecret', () => ({
          stages: new Map(
            secret.versions.flatMap(({ versionId, stages }) =>
              stages.map((stage) => [stage, versionId] as const),
            ),
          ),
          lastChangedAtMs: secret.lastChangedAtMs,
        })),
      read: ({ versionId, stage }) =>
        call('GetSecretValue', () => {
          const { stages, value, createdAtMs } = requireVersion(secret.versions, versionId);
          if (!stages.includes(stage)) throw new Error('the label is elsewhere');
          return value && { key: toKey(value), createdAtMs };
        }),
      put: (versionId, key) =>
        call('PutSecretValue', () => {
          const value = { kind: 'string', text: toSecretString(key) } as const;
          secret = putVersion(secret, { versionId, value, stages: [pending], nowMs });
        }),
      moveStage: ({ stage, from, to }) =>
        call('UpdateSecretVersionStage', () => {
          const versions = updateStage(secret.versions, {
            stage,
            ...(from === undefined ? {} : { removeFrom: from }),
            ...(to === undefined ? {} : { moveTo: to }),
          });
          secret = { ...secret, versions, lastChangedAtMs: nowMs };
        }),
    };
    const tester: KeyTester = {
      identify: ({ accessKeyId, secretAccessKey }) =>
        call('GetCallerIdentity', () => {
          const key = keys.get(accessKeyId);
          const isGood = key?.isActive && key.secretAccessKey === secretAccessKey;
          return isGood && key.refusedUntilMs <= nowMs
            ? ({ state: 'ACCEPTED', arn: identity } as const)
            : ({ state: 'REFUSED', detail: 'InvalidClientTokenId' } as const);
        }),
    };
    return { keys: userKeys, secret: federatorSecret, tester };
  };

  return {
    aFunction: (interruption = uninterrupted) =>
      createRotateFederatorKey({
        ...toPorts(interruption),
        owner,
        testSeconds: 60,
        now: () => nowMs,
        pause: async (ms) => {
          await interruption.before('pause');
          nowMs += ms;
        },
      }),
    beginRotation: () => {
      const underWay = findStage(secret.versions, pending)?.versionId;
      if (isRotating(secret) && underWay !== undefined) return underWay;
      rotations += 1;
      const versionId = `rotation-${String(rotations).padStart(27, '0')}`;
      secret = putVersion(secret, { versionId, value: undefined, stages: [pending], nowMs });
      return versionId;
    },
    keys: () => keys,
    setKey,
    addKey,
    setDelay: (ms) => {
      delayMs = ms;
    },
    setIdentity: (arn) => {
      identity = arn;
    },
    keyOf: (stage) => toKey(findStage(secret.versions, stage)?.value),
    secret: () => secret,
    setSecret: (changed) => {
      secret = changed;
    },
    now: () => nowMs,
    advance: (ms) => {
      nowMs += ms;
    },
  };
}

import { join } from 'node:path';
import * as z from 'zod';
import type { User, World } from '../../world.ts';
import { toAccessKeyId } from '../access-key-id.ts';
import type { AccessKeys } from '../authenticate.ts';
import { AwsError } from '../aws-error.ts';
import { toSecretAccessKey } from '../credentials.ts';
import type { DataKey } from '../data-key.ts';
import { openStateFile } from '../state-file.ts';

export const accessKeyStatuses = ['Active', 'Inactive'] as const;
export type AccessKeyStatus = (typeof accessKeyStatuses)[number];

/** A key as IAM lists it: never with its secret. */
export interface AccessKeyMetadata {
  readonly accessKeyId: string;
  readonly status: AccessKeyStatus;
  readonly createdAtMs: number;
}

/** How long AWS takes to know a new key everywhere, for tests of whoever must wait for it. */
export interface NewKeys {
  /** For so many milliseconds a new key is refused. @default 0 */
  readonly delayMs: number;
  /** For so many milliseconds after that every other request is refused: some of AWS's hosts know it, some don't. @default 0 */
  readonly waverMs: number;
}

/** The long-term keys of all users, those of the world and those made while running. */
export interface AccessKeyStore extends AccessKeys {
  /** Oldest first. */
  list(user: User): readonly AccessKeyMetadata[];
  /** @throws AwsError LimitExceeded at the third key of a user. */
  create(user: User): AccessKeyMetadata & { readonly secretAccessKey: string };
  /** @throws AwsError NoSuchEntity when the user has no such key. */
  setStatus(user: User, accessKeyId: string, status: AccessKeyStatus): void;
  /** @throws AwsError NoSuchEntity when the user has no such key. */
  remove(user: User, accessKeyId: string): void;
  /** For keys that are made from now on. */
  setNewKeys(newKeys: NewKeys): void;
}

const keySchema = z.strictObject({
  accessKeyId: z.string(),
  userArn: z.string(),
  status: z.enum(accessKeyStatuses),
  createdAtMs: z.int(),
  refusedUntilMs: z.int(),
  waversUntilMs: z.int(),
});
type Key = Readonly<z.output<typeof keySchema>>;

const stateSchema = z.strictObject({
  /** Those made while running. */
  made: z.array(keySchema),
  /** What became of keys of the world file, which brings them back at each start. */
  world: z.record(z.string(), z.enum([...accessKeyStatuses, 'Deleted'])),
});

const keysPerUser = 2;
/** The world file has no dates. */
const worldCreatedAtMs = Date.parse('2026-01-01T00:00:00Z');

/**
 * The keys, with what the data directory holds of them from before. Secrets of new keys follow from the data
 * directory's key and are stored nowhere.
 */
export function openAccessKeys(options: {
  readonly world: World;
  readonly key: DataKey;
  readonly dataDirectory: string;
  readonly now: () => number;
}): AccessKeyStore {
  const { world, key: dataKey, now } = options;
  const file = openStateFile(join(options.dataDirectory, 'iam-access-keys.json'), stateSchema);
  const kept = file.initial ?? { made: [], world: {} };
  const changed = new Map(Object.entries(kept.world));
  const keys = new Map(
    [...toWorldKeys(world, changed), ...kept.made].map((key) => [key.accessKeyId, key] as const),
  );
  const waverings = new Set<string>();
  let newKeys: NewKeys = { delayMs: 0, waverMs: 0 };

  const save = () => {
    const made = [...keys.values()].filter(({ accessKeyId }) => !world.users.has(accessKeyId));
    file.write({ made, world: Object.fromEntries(changed) });
  };
  const ofUser = ({ arn }: User) => [...keys.values()].filter(({ userArn }) => userArn === arn);
  const secretOf = (accessKeyId: string) =>
    world.users.get(accessKeyId)?.secretAccessKey ?? toSecretAccessKey(accessKeyId, dataKey);
  const requireKey = (user: User, accessKeyId: string): Key => {
    const found = ofUser(user).find((key) => key.accessKeyId === accessKeyId);
    if (found !== undefined) return found;
    throw new AwsError('NoSuchEntity', 404, `The Access Key with id ${accessKeyId} cannot be found.`);
  };
  /** Each second request is let through, the second one first. */
  const wavers = ({ accessKeyId }: Key): boolean => {
    if (waverings.delete(accessKeyId)) return false;
    waverings.add(accessKeyId);
    return true;
  };

  return {
    find: (accessKeyId) => {
      const key = keys.get(accessKeyId);
      const user = key && world.allUsers.get(key.userArn);
      if (user === undefined || key?.status !== 'Active' || now() < key.refusedUntilMs) return undefined;
      if (now() < key.waversUntilMs && wavers(key)) return undefined;
      return { user, secretAccessKey: secretOf(accessKeyId) };
    },
    list: (user) => ofUser(user).map(toMetadata),
    create: (user) => {
      if (ofUser(user).length >= keysPerUser) {
        throw new AwsError('LimitExceeded', 409, `Cannot exceed quota for AccessKeysPerUser: ${keysPerUser}`);
      }
      const createdAtMs = now();
      const refusedUntilMs = createdAtMs + newKeys.delayMs;
      const key: Key = {
        accessKeyId: toAccessKeyId('AKIA', user.accountId),
        userArn: user.arn,
        status: 'Active',
        createdAtMs,
        refusedUntilMs,
        waversUntilMs: refusedUntilMs + newKeys.waverMs,
      };
      keys.set(key.accessKeyId, key);
      save();
      return { ...toMetadata(key), secretAccessKey: secretOf(key.accessKeyId) };
    },
    setStatus: (user, accessKeyId, status) => {
      keys.set(accessKeyId, { ...requireKey(user, accessKeyId), status });
      if (world.users.has(accessKeyId)) changed.set(accessKeyId, status);
      save();
    },
    remove: (user, accessKeyId) => {
      keys.delete(requireKey(user, accessKeyId).accessKeyId);
      if (world.users.has(accessKeyId)) changed.set(accessKeyId, 'Deleted');
      save();
    },
    setNewKeys: (changed) => {
      newKeys = changed;
    },
  };
}

function toWorldKeys(
  { users }: World,
  changed: ReadonlyMap<string, AccessKeyStatus | 'Deleted'>,
): readonly Key[] {
  return [...users.values()].flatMap(({ accessKeyId, arn }) => {
    const status = changed.get(accessKeyId) ?? 'Active';
    const times = { createdAtMs: worldCreatedAtMs, refusedUntilMs: 0, waversUntilMs: 0 };
    return status === 'Deleted' ? [] : [{ accessKeyId, userArn: arn, status, ...times }];
  });
}

const toMetadata = ({ accessKeyId, status, createdAtMs }: Key): AccessKeyMetadata => ({
  accessKeyId,
  status,
  createdAtMs,
});

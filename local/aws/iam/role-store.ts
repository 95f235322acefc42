import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import {
  compilePolicy,
  identityPolicyGrammar,
  trustPolicyGrammar,
} from '../../../lambda/core/policy/compile-policy.ts';
import { type Role, toOwner, type World } from '../../world.ts';
import { openStateFile } from '../state-file.ts';
import { toUniqueId } from '../unique-id.ts';

/** What IAM's API changes of a role, and what it shows that a role of the world file has not. */
export interface RoleSettings {
  readonly id: string;
  readonly trust: unknown;
  readonly maxSessionDurationSeconds: number;
  readonly description?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  /** Inline policies by name. Those of the world file have none, and stay as they are. */
  readonly inlinePolicies: Readonly<Record<string, unknown>>;
  readonly attachedPolicyArns: readonly string[];
}

export interface RoleStore {
  /** The world with the roles of now: everything that looks at roles is given this one. */
  readonly world: World;
  read(role: Role): RoleSettings;
  /** @throws PolicyError when a document is no policy of its kind. */
  create(arn: string, settings: Omit<RoleSettings, 'id'>): Role;
  /** @throws PolicyError when a document is no policy of its kind. */
  change(role: Role, changes: Partial<RoleSettings>): void;
  remove(role: Role): void;
}

const settingsSchema = z.strictObject({
  id: z.string(),
  trust: z.unknown(),
  maxSessionDurationSeconds: z.int(),
  description: z.string().optional(),
  tags: z.record(z.string(), z.string()),
  createdAtMs: z.int(),
  inlinePolicies: z.record(z.string(), z.unknown()),
  attachedPolicyArns: z.array(z.string()),
});

/**
 * By role ARN, those alone that were changed. `before` is the world's own, whose change undoes what was set over it;
 * `now` is null for a role that was deleted.
 */
const stateSchema = z.record(
  z.string(),
  z.strictObject({ before: settingsSchema.nullable(), now: settingsSchema.nullable() }),
);

/** The world file has no dates. */
const worldCreatedAtMs = Date.parse('2026-01-01T00:00:00Z');

/** The world's roles, with those that were made, changed and deleted while running. A change counts at once. */
export function openRoles(world: World, dataDirectory: string): RoleStore {
  const file = openStateFile(join(dataDirectory, 'iam-roles.json'), stateSchema);
  const kept = Object.entries(file.initial ?? {}).filter(([arn, { before }]) =>
    isDeepStrictEqual(before, toKept(world.roles.get(arn))),
  );
  const changed = new Map(kept);
  const roles = new Map(world.roles);
  const apply = (arn: string, settings: RoleSettings | null): void => {
    if (settings === null) roles.delete(arn);
    else roles.set(arn, toRole(arn, settings, world));
  };
  for (const [arn, { now }] of changed) apply(arn, now);

  const write = (arn: string, settings: RoleSettings | null): void => {
    apply(arn, settings);
    const now = settings === null ? null : settingsSchema.parse(settings);
    changed.set(arn, { before: toKept(world.roles.get(arn)), now });
    file.write(Object.fromEntries(changed));
  };
  const read = (role: Role): RoleSettings => changed.get(role.arn)?.now ?? toSettings(role);
  return {
    world: { ...world, roles },
    read,
    create: (arn, settings) => {
      const made = { ...settings, id: toUniqueId('AROA', `${arn} ${randomUUID()}`) };
      write(arn, made);
      return toRole(arn, made, world);
    },
    change: (role, changes) => write(role.arn, { ...read(role), ...changes }),
    remove: (role) => write(role.arn, null),
  };
}

const toSettings = (role: Role): RoleSettings => ({
  id: role.id,
  trust: role.trustDocument,
  maxSessionDurationSeconds: role.maxSessionDurationSeconds,
  tags: role.tags,
  createdAtMs: worldCreatedAtMs,
  inlinePolicies: {},
  attachedPolicyArns: [],
});

const toKept = (role: Role | undefined): z.output<typeof settingsSchema> | null =>
  role === undefined ? null : settingsSchema.parse(toSettings(role));

function toRole(arn: string, settings: RoleSettings, world: World): Role {
  const { id, trust, maxSessionDurationSeconds, tags, inlinePolicies, attachedPolicyArns } = settings;
  const ofFile = world.roles.get(arn);
  return {
    arn,
    ...toOwner(arn),
    ...{ id, maxSessionDurationSeconds, tags },
    trust: compilePolicy(trust, trustPolicyGrammar),
    trustDocument: trust,
    policies: [
      // A role that was deleted and made anew has another id, and nothing of the old one.
      ...(ofFile?.id === id ? ofFile.policies : []),
      ...Object.values(inlinePolicies).map((policy) => compilePolicy(policy, identityPolicyGrammar)),
      ...attachedPolicyArns.flatMap((policyArn) => world.managedPolicies.get(policyArn) ?? []),
    ],
  };
}

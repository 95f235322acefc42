import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { compilePolicy, trustPolicyGrammar } from '../../../lambda/core/policy/compile-policy.ts';
import type { Role, World } from '../../world.ts';
import { openStateFile } from '../state-file.ts';

export interface RoleStore {
  /** The world whose roles have the trust policies of now: everything that looks at trust is given this one. */
  readonly world: World;
  /** @throws PolicyError when the document is no trust policy. */
  setTrust(role: Role, document: unknown): void;
}

/** By role ARN, those alone that were changed; `before` is the world's own, whose change undoes what was set over it. */
const stateSchema = z.record(z.string(), z.strictObject({ before: z.unknown(), now: z.unknown() }));

/** The world's roles, with the trust policies that were changed while running. A change counts at once. */
export function openRoles(world: World, dataDirectory: string): RoleStore {
  const file = openStateFile(join(dataDirectory, 'iam-trust-policies.json'), stateSchema);
  const changed = new Map(Object.entries(file.initial ?? {}));
  const roles = new Map(world.roles);
  for (const [arn, { before, now }] of changed) {
    const role = roles.get(arn);
    if (role !== undefined && isDeepStrictEqual(role.trustDocument, before)) {
      roles.set(arn, withTrust(role, now));
    }
  }
  return {
    world: { ...world, roles },
    setTrust: (role, document) => {
      roles.set(role.arn, withTrust(role, document));
      changed.set(role.arn, { before: world.roles.get(role.arn)?.trustDocument, now: document });
      file.write(Object.fromEntries(changed));
    },
  };
}

const withTrust = (role: Role, document: unknown): Role => ({
  ...role,
  trust: compilePolicy(document, trustPolicyGrammar),
  trustDocument: document,
});

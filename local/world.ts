import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type * as z from 'zod';
import {
  compilePolicy,
  identityPolicyGrammar,
  PolicyError,
  trustPolicyGrammar,
} from '../lambda/core/policy/compile-policy.ts';
import type { Policy, PolicyGrammar } from '../lambda/core/policy/policy.ts';
import { toUniqueId } from './aws/unique-id.ts';
import { type WorldFile, worldFileSchema } from './world-schema.ts';

/** What the embedded AWS and the local identity provider know: the accounts, who is in them and who asks. */
export interface World {
  readonly region: string;
  readonly accounts: ReadonlyMap<string, Account>;
  /** By access key id. */
  readonly users: ReadonlyMap<string, User>;
  /** By ARN. */
  readonly roles: ReadonlyMap<string, Role>;
  /** Policies that a session can be given by ARN. */
  readonly managedPolicies: ReadonlyMap<string, Policy>;
  /** The issuers that the local identity provider plays, by their names in daypass.yaml. */
  readonly issuers: Readonly<Record<string, WorldIssuer>>;
  readonly callers: Readonly<Record<string, WorldCaller>>;
}

export interface Account {
  readonly id: string;
  readonly name: string;
  /** Of AWS Organizations. Absent: the account stands alone. */
  readonly organizationId?: string;
}

export interface User {
  readonly arn: string;
  readonly accountId: string;
  readonly name: string;
  /** `AIDA…`, what IAM calls the unique id. */
  readonly id: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly policies: readonly Policy[];
}

export interface Role {
  readonly arn: string;
  readonly accountId: string;
  /** Without the path, as it stands in the ARNs of its sessions. */
  readonly name: string;
  /** `AROA…` */
  readonly id: string;
  readonly trust: Policy;
  readonly policies: readonly Policy[];
  readonly maxSessionDurationSeconds: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** A role that doesn't stand in the file: the broker's function roles come from their generator. */
export interface WorldRole {
  readonly arn: string;
  readonly trust: unknown;
  readonly policies: readonly unknown[];
  /** @default 3600, IAM's own */
  readonly maxSessionDurationSeconds?: number;
  readonly tags?: Readonly<Record<string, string>>;
}

export type WorldIssuer = WorldFile['issuers'][string];
export type WorldCaller = WorldFile['callers'][string];

/** All that is wrong with a world file: each line names the file, the key, the value and what is allowed. */
export class WorldError extends TypeError {
  override readonly name = 'WorldError';
}

export function readWorld(file: string): World {
  return parseWorld(readFileSync(file, 'utf8'), file);
}

/** @throws WorldError with every problem at once. */
export function parseWorld(text: string, file: string): World {
  const document = parseDocument(text, { prettyErrors: true });
  if (document.errors.length > 0) {
    throw new WorldError(document.errors.map(({ message }) => `${file}: ${message.trim()}`).join('\n'));
  }
  const parsed = worldFileSchema.safeParse(document.toJS(), { reportInput: true });
  const problems = parsed.success ? [] : parsed.error.issues.flatMap((issue) => toLines(file, issue));
  if (!parsed.success) throw new WorldError(problems.join('\n'));
  const compile = createCompiler(file, problems);
  const world = toWorld(parsed.data, compile);
  if (problems.length > 0) throw new WorldError(problems.join('\n'));
  return world;
}

/** The world with further roles in it; one with the same ARN is replaced. */
export function withRoles(world: World, roles: readonly WorldRole[]): World {
  const problems: string[] = [];
  const added = roles.map(({ arn, trust, policies, ...rest }) => {
    const compile = createCompiler(arn, problems);
    return toRole(arn, { trust, policies, ...rest }, compile, []);
  });
  if (problems.length > 0) throw new WorldError(problems.join('\n'));
  return { ...world, roles: new Map([...world.roles, ...added.map((role) => [role.arn, role] as const)]) };
}

type Path = readonly PropertyKey[];
type Compile = (document: unknown, grammar: PolicyGrammar, path: Path) => Policy;

/** Gathers what is wrong instead of throwing, so that all of a file's errors are shown together. */
function createCompiler(file: string, problems: string[]): Compile {
  return (document, grammar, path) => {
    try {
      return compilePolicy(document, grammar);
    } catch (error) {
      if (!(error instanceof PolicyError)) throw error;
      const lines = error.problems.map(({ path: inner, value, allowed }) =>
        toLine(file, [...path, ...inner], value, `allowed: ${allowed}`),
      );
      problems.push(...lines);
      return { statements: [] };
    }
  };
}

function toWorld(file: WorldFile, compile: Compile): World {
  const accounts = Object.entries(file.accounts);
  const users = accounts.flatMap(([accountId, { users }]) =>
    Object.entries(users).map(([name, user]): readonly [string, User] => {
      const arn = `arn:aws:iam::${accountId}:user/${name}`;
      const policies = user.policies.map((policy, index) =>
        compile(policy, identityPolicyGrammar, ['accounts', accountId, 'users', name, 'policies', index]),
      );
      const { accessKeyId, secretAccessKey } = user;
      return [
        accessKeyId,
        { arn, accountId, name, id: toUniqueId('AIDA', arn), accessKeyId, secretAccessKey, policies },
      ];
    }),
  );
  const roles = accounts.flatMap(([accountId, { roles }]) =>
    Object.entries(roles).map(([path, role]) =>
      toRole(`arn:aws:iam::${accountId}:role/${path}`, role, compile, ['accounts', accountId, 'roles', path]),
    ),
  );
  return {
    region: file.region,
    accounts: new Map(accounts.map(([id, account]) => [id, toAccount(id, account)])),
    users: new Map(users),
    roles: new Map(roles.map((role) => [role.arn, role])),
    managedPolicies: new Map(
      Object.entries(file.managedPolicies).map(([arn, document]) => [
        arn,
        compile(document, identityPolicyGrammar, ['managedPolicies', arn]),
      ]),
    ),
    issuers: file.issuers,
    callers: file.callers,
  };
}

const toAccount = (id: string, { name, organizationId }: WorldFile['accounts'][string]): Account => ({
  id,
  name,
  ...(organizationId === undefined ? {} : { organizationId }),
});

function toRole(arn: string, role: Omit<WorldRole, 'arn'>, compile: Compile, path: Path): Role {
  const [, , , , accountId = '', resource = ''] = arn.split(':');
  return {
    arn,
    accountId,
    name: resource.slice(resource.lastIndexOf('/') + 1),
    id: toUniqueId('AROA', arn),
    trust: compile(role.trust, trustPolicyGrammar, [...path, 'trust']),
    policies: role.policies.map((policy, index) =>
      compile(policy, identityPolicyGrammar, [...path, 'policies', index]),
    ),
    maxSessionDurationSeconds: role.maxSessionDurationSeconds ?? 3600,
    tags: role.tags ?? {},
  };
}

function toLines(file: string, issue: z.core.$ZodIssue): readonly string[] {
  const { path, message } = issue;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => toLine(file, path, key, message));
  }
  const reason = issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? message) : message;
  return [toLine(file, path, issue.input, reason)];
}

function toLine(file: string, path: Path, value: unknown, message: string): string {
  const key = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  const where = `${file}: ${key.replace(/^\./, '') || 'the whole file'}`;
  if (value === undefined) return `${where}: is missing (${message})`;
  const text = JSON.stringify(value);
  const shown = text.length > 80 ? `${text.slice(0, 77)}...` : text;
  return `${where}: ${shown} is not allowed (${message})`;
}

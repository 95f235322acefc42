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
import { type OidcProvider, type SamlProvider, toOidcProviders, toSamlProviders } from './world-providers.ts';
import { type WorldFile, worldFileSchema } from './world-schema.ts';

/** What the embedded AWS and the local identity provider know: the accounts, who is in them and who asks. */
export interface World {
  readonly region: string;
  readonly accounts: ReadonlyMap<string, Account>;
  /** By access key id: the users who have a key in the file. */
  readonly users: ReadonlyMap<string, UserWithKey>;
  /** By ARN: all users, those without a key too. */
  readonly allUsers: ReadonlyMap<string, User>;
  /** By ARN. */
  readonly roles: ReadonlyMap<string, Role>;
  /** By ARN. */
  readonly oidcProviders: ReadonlyMap<string, OidcProvider>;
  /** By ARN. */
  readonly samlProviders: ReadonlyMap<string, SamlProvider>;
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
  /** Or an account that it delegated IAM to: it may call AssumeRoot on the organization's members. */
  readonly managementAccount: boolean;
  /** Whether GetWebIdentityToken is switched on. */
  readonly outboundWebIdentityFederation: boolean;
}

export interface User {
  readonly arn: string;
  readonly accountId: string;
  /** Without the path. */
  readonly name: string;
  /** `AIDA…`, what IAM calls the unique id. */
  readonly id: string;
  readonly policies: readonly Policy[];
  readonly mfaDevices: readonly MfaDevice[];
}

/** A virtual device, of one user. */
export interface MfaDevice {
  /** Its ARN. */
  readonly serialNumber: string;
  /** Base32, as an authenticator app takes it. */
  readonly secret: string;
}

export interface UserWithKey extends User {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Role {
  readonly arn: string;
  readonly accountId: string;
  /** Without the path, as it stands in the ARNs of its sessions. */
  readonly name: string;
  /** `AROA…` */
  readonly id: string;
  readonly trust: Policy;
  /** As GetRole shows it. */
  readonly trustDocument: unknown;
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

/** A user that doesn't stand in the file: the federator is made by the stack, without a key at first. */
export interface WorldUser {
  readonly arn: string;
  readonly policies: readonly unknown[];
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
  const samlProviders = toSamlProviders(parsed.data.accounts, (path, value, message) => {
    problems.push(toLine(file, path, value, message));
  });
  const world = { ...toWorld(parsed.data, compile), samlProviders };
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

/** The world with further users in it, who have no keys yet; one with the same ARN is replaced. */
export function withUsers(world: World, users: readonly WorldUser[]): World {
  const problems: string[] = [];
  const added = users.map(({ arn, policies }) => toUser(arn, policies, createCompiler(arn, problems), []));
  if (problems.length > 0) throw new WorldError(problems.join('\n'));
  return {
    ...world,
    allUsers: new Map([...world.allUsers, ...added.map((user) => [user.arn, user] as const)]),
  };
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

function toWorld(file: WorldFile, compile: Compile): Omit<World, 'samlProviders'> {
  const accounts = Object.entries(file.accounts);
  const users = accounts.flatMap(([accountId, { users }]) =>
    Object.entries(users).map(
      ([path, { policies, ...key }]): FileUser => ({
        ...toUser(`arn:aws:iam::${accountId}:user/${path}`, policies, compile, [
          'accounts',
          accountId,
          'users',
          path,
        ]),
        ...key,
      }),
    ),
  );
  const roles = accounts.flatMap(([accountId, { roles }]) =>
    Object.entries(roles).map(([path, role]) =>
      toRole(`arn:aws:iam::${accountId}:role/${path}`, role, compile, ['accounts', accountId, 'roles', path]),
    ),
  );
  return {
    region: file.region,
    accounts: new Map(accounts.map(([id, account]) => [id, toAccount(id, account)])),
    users: new Map(users.filter(hasKey).map((user) => [user.accessKeyId, user])),
    allUsers: new Map(users.map((user) => [user.arn, user])),
    roles: new Map(roles.map((role) => [role.arn, role])),
    oidcProviders: toOidcProviders(file.accounts),
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

const toAccount = (id: string, account: WorldFile['accounts'][string]): Account => ({
  id,
  name: account.name,
  managementAccount: account.managementAccount,
  outboundWebIdentityFederation: account.outboundWebIdentityFederation,
  ...(account.organizationId === undefined ? {} : { organizationId: account.organizationId }),
});

type FileUser = User &
  Pick<WorldFile['accounts'][string]['users'][string], 'accessKeyId' | 'secretAccessKey' | 'mfaDevices'>;

const hasKey = (user: FileUser): user is FileUser & UserWithKey =>
  user.accessKeyId !== undefined && user.secretAccessKey !== undefined;

function toUser(arn: string, policies: readonly unknown[], compile: Compile, path: Path): User {
  return {
    arn,
    ...toOwner(arn),
    id: toUniqueId('AIDA', arn),
    mfaDevices: [],
    policies: policies.map((policy, index) =>
      compile(policy, identityPolicyGrammar, [...path, 'policies', index]),
    ),
  };
}

/** The account and the name, without the path, of a user or role. */
export function toOwner(arn: string): { readonly accountId: string; readonly name: string } {
  const [, , , , accountId = '', resource = ''] = arn.split(':');
  return { accountId, name: resource.slice(resource.lastIndexOf('/') + 1) };
}

function toRole(arn: string, role: Omit<WorldRole, 'arn'>, compile: Compile, path: Path): Role {
  return {
    arn,
    ...toOwner(arn),
    id: toUniqueId('AROA', arn),
    trust: compile(role.trust, trustPolicyGrammar, [...path, 'trust']),
    trustDocument: role.trust,
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

import type * as z from 'zod';
import { compileIssuer } from './compile-issuer.ts';
import { compileProfile } from './compile-profile.ts';
import { compileStatements, type Report } from './compile-statements.ts';
import type { AuditSettings, Configuration, Deployment, OidcIssuer, Profile } from './configuration.ts';
import { ConfigurationError } from './configuration-error.ts';
import {
  configurationSchema,
  type IssuerDocument,
  issuerSchema,
  type ProfileDocument,
  profileSchema,
} from './configuration-schema.ts';
import type { Problem } from './policy/policy.ts';
import { type KnownIssuer, toAuditTrustGrammar } from './profile-grammar.ts';

/**
 * Checks and compiles a configuration. Everything that is wrong is reported at once: a profile is checked against
 * the issuers even where another part is in error.
 *
 * @throws ConfigurationError naming key path, value and what is allowed
 */
export function parseConfiguration(document: unknown): Configuration {
  const problems: Problem[] = [];
  const report: Report = (problem) => problems.push(problem);
  const shape = configurationSchema.safeParse(document);
  if (!shape.success) problems.push(...toProblems(shape.error, document));

  const issuers = compileIssuers(document, report);
  const known = knownIssuers(document, issuers);
  const deployment = shape.success ? toDeployment(shape.data.deployment) : undefined;
  const profiles = compileProfiles(document, known, deployment, shape.data?.owner ?? '', report);
  const audit = compileAudit(shape.data?.audit, known, report);

  if (!shape.success || deployment === undefined || problems.length > 0)
    throw new ConfigurationError(distinct(problems));
  return { ...withoutSections(shape.data), deployment, issuers, profiles, audit };
}

function withoutSections({ owner, requestAccessUrl }: z.output<typeof configurationSchema>) {
  return { owner, ...(requestAccessUrl === undefined ? {} : { requestAccessUrl }) };
}

function compileIssuers(document: unknown, report: Report): ReadonlyMap<string, OidcIssuer> {
  const compiled = entriesOf<IssuerDocument>(document, 'issuers', issuerSchema).map(
    ([name, issuer]) => [name, compileIssuer(name, issuer, report)] as const,
  );
  const byUrl = new Map<string, string>();
  for (const [name, { issuer }] of compiled) {
    const other = byUrl.get(issuer);
    if (other !== undefined) {
      report({
        path: ['issuers', name, 'issuer'],
        value: issuer,
        allowed: `a URL of its own: ${other} has this one`,
      });
    }
    byUrl.set(issuer, name);
  }
  return new Map(compiled);
}

function compileProfiles(
  document: unknown,
  issuers: ReadonlyMap<string, KnownIssuer>,
  deployment: Deployment | undefined,
  owner: string,
  report: Report,
): ReadonlyMap<string, Profile> {
  return new Map(
    entriesOf<ProfileDocument>(document, 'profiles', profileSchema).map(([name, profile]) => [
      name,
      compileProfile({ name, profile, issuers, deployment, owner, report }),
    ]),
  );
}

function compileAudit(
  audit: z.output<typeof configurationSchema>['audit'] | undefined,
  issuers: ReadonlyMap<string, KnownIssuer>,
  report: Report,
): AuditSettings {
  const grammar = toAuditTrustGrammar(issuers);
  const statements = audit?.trust ?? [];
  return {
    trust:
      statements.length === 0
        ? { statements: [] }
        : compileStatements(statements, grammar, ['audit', 'trust'], report),
    retentionDays: audit?.retentionDays ?? 0,
  };
}

/** The entries of a section that are well-formed by themselves, with their defaults. */
function entriesOf<Value>(
  document: unknown,
  section: string,
  schema: z.ZodType<Value>,
): (readonly [string, Value])[] {
  return Object.entries(sectionOf(document, section)).flatMap(([name, raw]) => {
    const parsed = schema.safeParse(raw);
    return parsed.success ? [[name, parsed.data] as const] : [];
  });
}

/** All issuers that are named at all, so that an error within one isn't reported again wherever it is used. */
function knownIssuers(
  document: unknown,
  issuers: ReadonlyMap<string, OidcIssuer>,
): ReadonlyMap<string, KnownIssuer> {
  return new Map(
    Object.keys(sectionOf(document, 'issuers')).map((name) => [name, issuers.get(name) ?? { name }] as const),
  );
}

function sectionOf(document: unknown, name: string): object {
  if (typeof document !== 'object' || document === null) return {};
  const section: unknown = Reflect.get(document, name);
  return typeof section === 'object' && section !== null ? section : {};
}

function toDeployment(deployment: z.output<typeof configurationSchema>['deployment']): Deployment {
  const { region } = deployment;
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return { ...deployment, partition };
}

function toProblems(error: z.ZodError, document: unknown): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...path, key], value: key, allowed: issue.message }));
    }
    if (issue.code === 'invalid_key') return [{ path, value: path.at(-1), allowed: issue.message }];
    return [{ path, value: valueAt(document, path), allowed: issue.message }];
  });
}

const valueAt = (document: unknown, path: Problem['path']): unknown =>
  path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    document,
  );

/** Two rules may refuse one value in the same words. */
function distinct(problems: readonly Problem[]): Problem[] {
  return [
    ...new Map(
      problems.map((problem) => [JSON.stringify([problem.path, problem.allowed]), problem]),
    ).values(),
  ];
}

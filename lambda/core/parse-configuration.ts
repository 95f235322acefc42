import type * as z from 'zod';
import { compileIssuerParts, type IssuerParts, toIssuer } from './compile-issuer.ts';
import { compileProfileParts, toProfile } from './compile-profile.ts';
import { compileStatements, type Report } from './compile-statements.ts';
import type { AuditSettings, Configuration, Deployment, OidcIssuer, Profile } from './configuration.ts';
import { ConfigurationError } from './configuration-error.ts';
import {
  auditSchema,
  type ConfigurationDocument,
  configurationSchema,
  issuerSchema,
  profileSchema,
} from './configuration-schema.ts';
import { readSettings, reportPrototypeKeys, toProblems } from './document-shape.ts';
import type { Problem } from './policy/policy.ts';
import { toAuditTrustGrammar } from './profile-grammar.ts';

/**
 * Checks and compiles a configuration. Everything that is wrong is reported at once: whatever is well-formed by
 * itself is checked against the rest, even where another part is in error.
 *
 * @throws ConfigurationError naming key path, value and what is allowed
 */
export function parseConfiguration(document: unknown): Configuration {
  const shape = configurationSchema.safeParse(document);
  const misshapen = shape.success ? [] : toProblems(shape.error, document);
  const problems = [...misshapen];
  // A value whose shape is in error has had its say.
  const report: Report = (problem) => {
    if (!misshapen.some(({ path }) => isWithin(path, problem.path))) problems.push(problem);
  };
  reportPrototypeKeys(document, report);

  const settings = readSettings(configurationSchema, document);
  const deployment = settings.deployment && toDeployment(settings.deployment);
  const { parts, issuers } = compileIssuers(document, report);
  const profiles = compileProfiles(document, { issuers: parts, deployment, contact: settings }, report);
  const audit = compileAudit(document, parts, report);

  if (!shape.success || deployment === undefined || problems.length > 0)
    throw new ConfigurationError(distinct(problems));
  return { ...toContact(shape.data), deployment, issuers, profiles, audit };
}

type Contact = Pick<Configuration, 'owner' | 'requestAccessUrl'>;

const toContact = ({ owner = '', requestAccessUrl }: Partial<ConfigurationDocument>): Contact => ({
  owner,
  ...(requestAccessUrl === undefined ? {} : { requestAccessUrl }),
});

interface CompiledIssuers {
  /** All issuers that are named at all, so that an error within one isn't reported again wherever it is used. */
  readonly parts: ReadonlyMap<string, IssuerParts>;
  readonly issuers: ReadonlyMap<string, OidcIssuer>;
}

function compileIssuers(document: unknown, report: Report): CompiledIssuers {
  const allParts = new Map<string, IssuerParts>();
  const issuers = new Map<string, OidcIssuer>();
  const byUrl = new Map<string, string>();
  for (const [name, raw] of entriesOf(document, 'issuers')) {
    const settings = readSettings(issuerSchema, raw);
    reportSecondOf(byUrl, name, settings.issuer, report);
    const parts = compileIssuerParts(name, settings, report);
    allParts.set(name, parts);
    const whole = issuerSchema.safeParse(raw);
    if (whole.success) issuers.set(name, toIssuer(whole.data, parts));
  }
  return { parts: allParts, issuers };
}

function reportSecondOf(
  byUrl: Map<string, string>,
  name: string,
  url: string | undefined,
  report: Report,
): void {
  if (url === undefined) return;
  const other = byUrl.get(url);
  if (other !== undefined) {
    report({
      path: ['issuers', name, 'issuer'],
      value: url,
      allowed: `a URL of its own: ${other} has this one`,
    });
  }
  byUrl.set(url, name);
}

function compileProfiles(
  document: unknown,
  context: {
    readonly issuers: ReadonlyMap<string, IssuerParts>;
    readonly deployment: Deployment | undefined;
    readonly contact: Partial<ConfigurationDocument>;
  },
  report: Report,
): ReadonlyMap<string, Profile> {
  const profiles = new Map<string, Profile>();
  for (const [name, raw] of entriesOf(document, 'profiles')) {
    const settings = readSettings(profileSchema, raw);
    const parts = compileProfileParts({ ...context, name, settings, report });
    const whole = profileSchema.safeParse(raw);
    if (whole.success) profiles.set(name, toProfile(name, whole.data, parts, toContact(context.contact)));
  }
  return profiles;
}

function compileAudit(
  document: unknown,
  issuers: ReadonlyMap<string, IssuerParts>,
  report: Report,
): AuditSettings {
  const { trust = [], retentionDays = 0 } = readSettings(auditSchema, memberOf(document, 'audit') ?? {});
  // Without statements nobody sees more than its own issuances.
  const policy =
    trust.length === 0
      ? undefined
      : compileStatements(trust, toAuditTrustGrammar(issuers), ['audit', 'trust'], report);
  return { trust: policy ?? { statements: [] }, retentionDays };
}

const entriesOf = (document: unknown, section: string): readonly [string, unknown][] =>
  Object.entries(memberOf(document, section) ?? {});

function memberOf(document: unknown, name: string): object | undefined {
  if (typeof document !== 'object' || document === null) return undefined;
  const member: unknown = Reflect.get(document, name);
  return typeof member === 'object' && member !== null ? member : undefined;
}

function toDeployment(deployment: z.output<typeof configurationSchema>['deployment']): Deployment {
  const { region } = deployment;
  const partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  return { ...deployment, partition };
}

const isWithin = (path: Problem['path'], whole: Problem['path']) =>
  whole.every((key, index) => path[index] === key);

/** Two rules may refuse one value in the same words. */
function distinct(problems: readonly Problem[]): Problem[] {
  return [
    ...new Map(
      problems.map((problem) => [JSON.stringify([problem.path, problem.allowed]), problem]),
    ).values(),
  ];
}

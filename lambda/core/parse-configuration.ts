import type * as z from 'zod';
import { applyPresets } from './apply-presets.ts';
import { checkProviderUrl } from './check-provider-url.ts';
import { checkTrail } from './check-trail.ts';
import { checkTokenAudiences, checkTokenRoles } from './check-web-identity-tokens.ts';
import { compileIssuerParts, type IssuerParts } from './compile-issuer.ts';
import { compileProfileParts, toProfile } from './compile-profile.ts';
import { compileSections } from './compile-sections.ts';
import { compileStatements, type Report } from './compile-statements.ts';
import {
  type AuditSettings,
  type Configuration,
  type Deployment,
  type IntegrationSettings,
  type Issuer,
  isEnforced,
  type Profile,
  profileMechanisms,
} from './configuration.ts';
import { ConfigurationError } from './configuration-error.ts';
import {
  auditSchema,
  type ConfigurationDocument,
  configurationSchema,
  integrationsSchema,
  isProfileName,
} from './configuration-schema.ts';
import { distinct, isWithin, readSettings, reportPrototypeKeys, toProblems } from './document-shape.ts';
import { issuerSchema } from './issuer-schemas.ts';
import type { Problem } from './policy/policy.ts';
import { toAuditTrustGrammar } from './profile-grammar.ts';
import { type ProfileSettings, profileSchema, profileSchemas } from './profile-schemas.ts';
import { toIssuer } from './to-issuer.ts';
import type { TrailSection } from './trail-schema.ts';

/**
 * Checks and compiles a configuration. Everything that is wrong is reported at once: whatever is well-formed by
 * itself is checked against the rest, even where another part is in error.
 *
 * @throws ConfigurationError naming key path, value and what is allowed
 */
export function parseConfiguration(written: unknown): Configuration {
  const document = applyPresets(written);
  const shape = configurationSchema.safeParse(document);
  const misshapen = shape.success ? [] : toProblems(shape.error, document).map(withoutKeyMaterial);
  const problems = [...misshapen];
  // A value whose shape is in error has had its say.
  const report: Report = (problem) => {
    if (!misshapen.some(({ path }) => isWithin(path, problem.path))) problems.push(problem);
  };
  reportPrototypeKeys(written, report);

  const settings = readSettings(configurationSchema, document);
  const deployment = settings.deployment && toDeployment(settings.deployment);
  const { parts, issuers } = compileIssuers(document, deployment, report);
  const compiled = compileProfiles(document, { issuers: parts, deployment, contact: settings }, report);
  const profiles = withEnforcedMfa(compiled, { issuers, names: namesOf(document, 'profiles') }, report);
  checkTokenAudiences(profiles, { issuers, deployment }, report);
  checkTokenRoles(profiles, report);
  checkProviderUrl(profiles, deployment, report);
  checkTrail(settings.trail ?? {}, deployment, report);
  const audit = compileAudit(document, parts, report);
  const sections = compileSections(document, parts, report);
  const integrations = compileIntegrations(document, parts, report);
  reportKeyless(document, issuers, report);

  if (!shape.success || deployment === undefined || problems.length > 0)
    throw new ConfigurationError(distinct(problems));
  const { webIdentity, limits, revocation } = shape.data;
  return {
    ...toContact(shape.data),
    limits,
    ...(revocation === undefined ? {} : { revocation }),
    ...{ deployment, issuers, profiles, audit, webIdentity, ...sections },
    trail: toTrail(shape.data.trail, deployment),
    ...(integrations === undefined ? {} : { integrations }),
  };
}

const toTrail = (
  { accounts, settleMinutes, existing }: TrailSection,
  { accountId }: Deployment,
): Configuration['trail'] => {
  const { bucketName = '', topicArn = '', prefix, keyArn } = existing ?? {};
  const found = {
    ...{ bucketName, topicArn },
    ...(prefix === undefined ? {} : { prefix }),
    ...(keyArn === undefined ? {} : { keyArn }),
  };
  return {
    accounts: accounts ?? [accountId],
    settleMinutes,
    ...(existing === undefined ? {} : { existing: found }),
  };
};

type Contact = Pick<Configuration, 'owner' | 'requestAccessUrl'>;

const toContact = ({ owner = '', requestAccessUrl }: Partial<ConfigurationDocument>): Contact => ({
  owner,
  ...(requestAccessUrl === undefined ? {} : { requestAccessUrl }),
});

interface CompiledIssuers {
  /** All issuers that are named at all, so that an error within one isn't reported again wherever it is used. */
  readonly parts: ReadonlyMap<string, IssuerParts>;
  readonly issuers: ReadonlyMap<string, Issuer>;
}

function compileIssuers(
  document: unknown,
  deployment: Deployment | undefined,
  report: Report,
): CompiledIssuers {
  const allParts = new Map<string, IssuerParts>();
  const issuers = new Map<string, Issuer>();
  for (const [name, raw] of entriesOf(document, 'issuers')) {
    const parts = compileIssuerParts(name, raw, report);
    allParts.set(name, parts);
    const whole = issuerSchema.safeParse(raw);
    if (whole.success) issuers.set(name, toIssuer(whole.data, parts));
  }
  reportRivals(issuers, deployment, report);
  return { parts: allParts, issuers };
}

/** Two issuers that one proof would be of; the broker is one too, of its own tokens. */
function reportRivals(
  issuers: ReadonlyMap<string, Issuer>,
  deployment: Deployment | undefined,
  report: Report,
): void {
  const seen = new Map([[`oidc ${deployment?.url}`, 'the broker itself']]);
  for (const [name, issuer] of issuers) {
    const { key, value, allowed } = toIdentity(issuer);
    const other = seen.get(`${issuer.type} ${value}`);
    if (other !== undefined && value !== '') {
      report({ path: ['issuers', name, key], value, allowed: `${allowed}: ${other} has this one` });
    }
    seen.set(`${issuer.type} ${value}`, name);
  }
}

/** What a proof says of its issuer. */
function toIdentity(issuer: Issuer): {
  readonly key: string;
  readonly value: string;
  readonly allowed: string;
} {
  switch (issuer.type) {
    case 'oidc':
      return { key: 'issuer', value: issuer.issuer, allowed: 'a URL of its own' };
    case 'saml':
      return { key: 'entityId', value: issuer.entityId, allowed: 'an entity id of its own' };
    case 'iam':
      return { key: 'type', value: 'iam', allowed: 'one issuer of type iam' };
    case 'integration':
      return { key: 'type', value: issuer.name, allowed: 'a name of its own' };
  }
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
    const settings = readProfileSettings(raw);
    const reportHere: Report = (problem) => report({ ...problem, path: ['profiles', name, ...problem.path] });
    const parts = compileProfileParts({ ...context, settings, report: reportHere });
    const whole = profileSchema.safeParse(raw);
    if (whole.success) profiles.set(name, toProfile(name, whole.data, parts, toContact(context.contact)));
  }
  return profiles;
}

function readProfileSettings(raw: unknown): ProfileSettings {
  const named: unknown = typeof raw === 'object' && raw !== null ? Reflect.get(raw, 'mechanism') : undefined;
  const mechanism = profileMechanisms.find((one) => one === named) ?? 'assume-role';
  return readSettings<z.ZodObject>(profileSchemas[mechanism], raw) as ProfileSettings;
}

/** Profiles whose paths the API's resource policy opens to IAM identities with MFA alone, by `mfa.profiles`. */
function withEnforcedMfa(
  profiles: ReadonlyMap<string, Profile>,
  { issuers, names }: { readonly issuers: ReadonlyMap<string, Issuer>; readonly names: readonly string[] },
  report: Report,
): ReadonlyMap<string, Profile> {
  const enforced = new Map(profiles);
  for (const issuer of issuers.values()) {
    if (issuer.type !== 'iam') continue;
    for (const [index, name] of issuer.mfa.profiles.entries()) {
      const path = ['issuers', issuer.name, 'mfa', 'profiles', index];
      const profile = enforced.get(name);
      if (!names.includes(name)) {
        const allowed = `one of the profiles: ${names.filter(isProfileName).join(', ')}`;
        report({ path, value: name, allowed });
      } else if (profile?.mfaEnforcedFor.includes(issuer.name)) {
        report({ path, value: name, allowed: 'each profile once' });
      } else if (profile !== undefined && !isEnforced(profile)) {
        report({ path, value: name, allowed: heardUnderIam });
      } else if (profile !== undefined) {
        enforced.set(name, { ...profile, mfaEnforcedFor: [...profile.mfaEnforcedFor, issuer.name] });
      }
    }
  }
  return enforced;
}

const heardUnderIam =
  'a profile that callers under /iam can have: by mechanism saml, or passthrough, STS is shown a proof that they never bring';

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

/** Without the section there is no table that third parties could have their keys in. */
function reportKeyless(document: unknown, issuers: ReadonlyMap<string, Issuer>, report: Report): void {
  if (Reflect.has(Object(document), 'integrations')) return;
  for (const issuer of issuers.values()) {
    if (issuer.type !== 'integration' || issuer.jwks !== undefined) continue;
    const allowed =
      'a JWK set: { keys: [<1–10 public keys>] }; or a section integrations, and the keys of the integration of this name';
    report({ path: ['issuers', issuer.name, 'jwks'], value: undefined, allowed });
  }
}

/** `undefined` without the section: there are no integrations then. */
function compileIntegrations(
  document: unknown,
  issuers: ReadonlyMap<string, IssuerParts>,
  report: Report,
): IntegrationSettings | undefined {
  const section = memberOf(document, 'integrations');
  if (section === undefined) return undefined;
  const settings = readSettings(integrationsSchema, section);
  const { trust = [], ownAccounts = [], organizationId, graceDays = 0, drift = 'suspend' } = settings;
  const { templateUrl } = settings;
  const policy =
    trust.length === 0
      ? undefined
      : compileStatements(trust, toAuditTrustGrammar(issuers), ['integrations', 'trust'], report);
  return {
    trust: policy ?? { statements: [] },
    ownAccounts,
    ...(organizationId === undefined ? {} : { organizationId }),
    graceSeconds: graceDays * secondsPerDay,
    drift,
    ...(templateUrl === undefined ? {} : { templateUrl }),
  };
}

const secondsPerDay = 86_400;

const namesOf = (document: unknown, section: string) => Object.keys(memberOf(document, section) ?? {});

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
  const { url, regions, rolePath, ...place } = deployment;
  return {
    ...place,
    partition,
    ...(rolePath === undefined ? {} : { rolePath }),
    ...(regions === undefined ? {} : { regions }),
    ...(url === undefined ? {} : { url }),
  };
}

/** Whoever pastes a private key must not find it again in a build's log. */
function withoutKeyMaterial(problem: Problem): Problem {
  const { path, value } = problem;
  const isOfKeys = path[0] === 'issuers' && (path[2] === 'jwks' || path[2] === 'certificates');
  const isName = value === path.at(-1) || value === undefined;
  if (!isOfKeys || isName) return problem;
  return { ...problem, value: Array.isArray(value) ? 'a list' : `a value of type ${typeof value}` };
}

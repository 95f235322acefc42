import { compileProfileParts, type ProfileParts } from '../compile-profile.ts';
import type { Report } from '../compile-statements.ts';
import type { AssumeRoleProfile, Configuration } from '../configuration.ts';
import { distinct } from '../document-shape.ts';
import type { Problem } from '../policy/policy.ts';
import type { KnownIssuer } from '../profile-grammar.ts';
import type { Integration } from './integration.ts';
import type { IntegrationDocument } from './integration-schema.ts';

type Context = Pick<Configuration, 'deployment' | 'issuers' | 'integrations'>;

/** Compiles what an integration has in common with a profile, and checks what its shape alone cannot say. */
export function compileIntegrationParts(
  name: string | undefined,
  settings: Partial<IntegrationDocument>,
  { configuration, report }: { readonly configuration: Context; readonly report: Report },
): ProfileParts {
  reportIssuerName(name, configuration, report);
  reportOwnAccount(settings.roleArn, configuration, report);
  return compileProfileParts({
    settings: { mechanism: 'assume-role', ...settings },
    issuers: withItself(name, configuration.issuers),
    deployment: configuration.deployment,
    report,
  });
}

/** A statement that names an issuer must not mean an integration as well, whichever of the two came first. */
function reportIssuerName(name: string | undefined, { issuers }: Context, report: Report): void {
  const type = name === undefined ? undefined : issuers.get(name)?.type;
  if (type === undefined || type === 'integration') return;
  const allowed = `a name that is no other issuer's: issuers.${name} of the configuration is of type ${type}, and one of the two needs another name`;
  report({ path: ['name'], value: name, allowed });
}

/** Accounts that no integration's role may be in: the broker's, and those that the configuration lists. */
export const toOwnAccounts = ({ deployment, integrations }: Context): ReadonlySet<string> =>
  new Set([deployment.accountId, ...(integrations?.ownAccounts ?? [])]);

/** Whoever may manage integrations must not reach inwards by them: profiles are for that, and are reviewed. */
function reportOwnAccount(roleArn: string | undefined, configuration: Context, report: Report): void {
  const account = roleArn?.split(':')[4];
  if (account === undefined || !toOwnAccounts(configuration).has(account)) return;
  report({
    path: ['roleArn'],
    value: roleArn,
    allowed: "a role in a third party's account; roles in accounts of our own are for profiles",
  });
}

/** A third party that calls with keys of its own is an issuer by its integration's name, to this integration alone. */
function withItself(
  name: string | undefined,
  issuers: ReadonlyMap<string, KnownIssuer>,
): ReadonlyMap<string, KnownIssuer> {
  if (name === undefined || issuers.has(name)) return issuers;
  return new Map([...issuers, [name, { name, type: 'integration', claims: new Map() }]]);
}

/**
 * The integration as the profile that issues for it, by its current ExternalId; or what stands in the way, because the
 * configuration has changed since it was written: then nothing is issued.
 */
export function toIntegrationProfile(
  integration: Integration,
  configuration: Context,
): { readonly profile: AssumeRoleProfile } | { readonly problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const { name, description, owner, requestAccessUrl, roleArn, duration, setSourceIdentity } = integration;
  const { trust, sessionPolicy, sessionTags } = integration;
  const { trust: policy, ...parts } = compileIntegrationParts(
    name,
    {
      ...{ description, owner, roleArn, duration, setSourceIdentity },
      trust: [...trust],
      sessionTags: { ...sessionTags },
      ...(sessionPolicy === undefined ? {} : { sessionPolicy: { ...sessionPolicy } }),
    },
    { configuration, report: (problem) => problems.push(problem) },
  );
  if (policy === undefined || problems.length > 0) return { problems: distinct(problems) };
  const profile: AssumeRoleProfile = {
    mechanism: 'assume-role',
    ...{ name, description, owner, roleArn, duration, setSourceIdentity },
    ...(requestAccessUrl === undefined ? {} : { requestAccessUrl }),
    ...parts,
    trust: policy,
    externalId: integration.externalIds.current,
    via: [],
    transitiveTagKeys: [],
    acceptedTagKeys: [],
    acceptsSessionPolicy: false,
    managedPolicyArns: [],
    subjectInSessionName: true,
    reasonRequired: false,
    console: false,
    mfaEnforcedFor: [],
  };
  return { profile };
}

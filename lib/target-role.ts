import { type Configuration, type Profile, toRoleArns } from '../lambda/core/configuration.ts';
import { ConfigurationError } from '../lambda/core/configuration-error.ts';
import { distinct } from './distinct.ts';
import { type Entrance, toEntrances } from './target-entrances.ts';
import { createTargetTrustPolicy, type TargetTrustPolicy } from './target-trust-policy.ts';

/** A role that the broker enters, as the account that has it makes it. */
export interface TargetRole {
  readonly roleArn: string;
  readonly accountId: string;
  /** With a slash at both ends; `/` alone is none. */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly maxSessionSeconds: number;
  readonly trust: TargetTrustPolicy;
  /** What a role on the way needs to go on; empty for the end, whose permissions are its account's to give. */
  readonly onward: readonly OnwardStatement[];
  /** IAM's OIDC provider that the trust policy names; there where tokens that the broker signs open the role. */
  readonly oidcProvider?: { readonly url: string; readonly arn: string };
}

export interface OnwardStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface TargetRoleOptions {
  readonly configuration: Configuration;
  /** Under which callers reach the API, without a slash at the end: the broker as an OIDC issuer. @default `deployment.url` */
  readonly url?: string | undefined;
  /** Regions of all deployments that may enter the roles; their names and accounts are alike. @default the deployment's own */
  readonly regions?: readonly string[] | undefined;
}

/**
 * The roles that a profile enters, in order. Each trusts for every profile that names it, because a role has one trust
 * policy.
 *
 * @throws ConfigurationError for a profile that there is not, or whose roles do not trust the broker
 */
export function toTargetRoles(profileName: string, options: TargetRoleOptions): readonly TargetRole[] {
  const { profiles } = options.configuration;
  const profile = profiles.get(profileName);
  if (profile === undefined) {
    throw refuse(['profiles'], profileName, [...profiles.keys()].sort().join(', '));
  }
  const roleArns = toRoleArns(profile);
  const because = whyNone(profile);
  if (because !== undefined) throw refuse(['profiles', profileName, 'mechanism'], profile.mechanism, because);
  return roleArns.map((roleArn) => toTargetRole(roleArn, options));
}

function whyNone(profile: Profile): string | undefined {
  if (profile.mechanism === 'federation-token')
    return "assume-role, web-identity or assume-root: this one has no role, its sessions are those of the broker's own IAM user";
  if (profile.mechanism === 'saml' || (profile.mechanism === 'web-identity' && profile.passthrough))
    return "assume-role, assume-root, or web-identity without passthrough: this one's role trusts the callers' own identity provider, and not the broker";
  return undefined;
}

function toTargetRole(roleArn: string, options: TargetRoleOptions): TargetRole {
  const { configuration, regions } = options;
  const { deployment } = configuration;
  const entrances = toEntrances(configuration, roleArn);
  const provider = entrances.some(({ by }) => by === 'web-identity')
    ? toProvider(roleArn, options)
    : undefined;
  const providerName = provider?.url.replace('https://', '');
  return {
    ...toParts(roleArn),
    description: `Entered by Daypass: ${toNames(entrances)}`,
    maxSessionSeconds: Math.max(...entrances.map((entrance) => entrance.maxSessionSeconds)),
    trust: createTargetTrustPolicy({ roleArn, entrances, deployment, regions, providerName }),
    onward: toOnward(roleArn, configuration),
    ...(provider === undefined ? {} : { oidcProvider: provider }),
  };
}

/** IAM takes 1000 characters. */
function toNames(entrances: readonly Entrance[]): string {
  const names = distinct(entrances.map(({ profile }) => profile));
  const text = names.join(', ');
  return text.length <= 900 ? text : `${names.length} profiles`;
}

/** @throws TypeError for what is no role's ARN */
function toParts(roleArn: string): Pick<TargetRole, 'roleArn' | 'accountId' | 'path' | 'name'> {
  const parts = /^arn:[a-z-]+:iam::(\d{12}):role(\/(?:[!-~]+\/)?)([\w+=,.@-]{1,64})$/.exec(roleArn);
  if (parts === null) throw new TypeError(`${roleArn} is no role's ARN`);
  const [, accountId = '', path = '', name = ''] = parts;
  return { roleArn, accountId, path, name };
}

function toProvider(
  roleArn: string,
  { configuration, url = configuration.deployment.url }: TargetRoleOptions,
) {
  if (url === undefined) {
    throw refuse(
      ['deployment', 'url'],
      undefined,
      "the broker's URL, here or as --url: the stack's output OidcIssuerUrl has it",
    );
  }
  if (!/^https:\/\/[^?#]*[^/?#]$/.test(url)) {
    throw refuse(['deployment', 'url'], url, 'an https URL without a slash at the end');
  }
  const [, partition, , , accountId] = roleArn.split(':');
  return { url, arn: `arn:${partition}:iam::${accountId}:oidc-provider/${url.replace('https://', '')}` };
}

/** One statement for each role or task that comes next. */
function toOnward(roleArn: string, { profiles }: Configuration): readonly OnwardStatement[] {
  const next = new Map<string, Omit<OnwardStatement, 'Sid'>>();
  for (const profile of profiles.values()) {
    const arns = toRoleArns(profile);
    arns.forEach((arn, index) => {
      if (arn !== roleArn) return;
      const statement = toNext(profile, arns[index + 1]);
      if (statement === undefined) return;
      const key = JSON.stringify([statement.Resource, statement.Condition]);
      const Action = distinct([...(next.get(key)?.Action ?? []), ...statement.Action]);
      next.set(key, { ...statement, Action });
    });
  }
  return [...next.values()].map((statement, index) => ({ Sid: `GoOn${index}`, ...statement }));
}

function toNext(profile: Profile, nextArn: string | undefined): Omit<OnwardStatement, 'Sid'> | undefined {
  if (nextArn !== undefined) {
    const [entrance] = toEntrances({ profiles: new Map([[profile.name, profile]]) }, nextArn);
    const Action = [
      'sts:AssumeRole',
      ...(entrance?.setsSourceIdentity ? ['sts:SetSourceIdentity'] : []),
      ...((entrance?.tagKeys.length ?? 0) > 0 ? ['sts:TagSession'] : []),
    ];
    return { Effect: 'Allow', Action, Resource: nextArn };
  }
  if (profile.mechanism !== 'assume-root') return undefined;
  const { targetPrincipal, taskPolicyArn, via } = profile;
  const [, partition] = via[0]?.split(':') ?? [];
  return {
    Effect: 'Allow',
    Action: ['sts:AssumeRoot'],
    Resource: `arn:${partition}:iam::${targetPrincipal}:root`,
    Condition: { StringEquals: { 'sts:TaskPolicyArn': taskPolicyArn } },
  };
}

const refuse = (path: readonly string[], value: unknown, allowed: string) =>
  new ConfigurationError([{ path, value, allowed }]);

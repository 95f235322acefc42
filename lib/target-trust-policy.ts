import type { Deployment } from '../lambda/core/configuration.ts';
import { ConfigurationError } from '../lambda/core/configuration-error.ts';
import { toRoleArn } from '../lambda/core/function-roles.ts';
import { maxTrustPolicyCharacters } from '../lambda/core/integrations/kit-trust-policy.ts';
import { webIdentityAudience } from '../lambda/core/web-identity-claims.ts';
import { distinct } from './distinct.ts';
import type { Entrance } from './target-entrances.ts';

/** A trust policy as JSON. */
export interface TargetTrustPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly TargetTrustStatement[];
}

export interface TargetTrustStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: { readonly AWS: string } | { readonly Federated: string };
  readonly Action: string;
  readonly Condition: Conditions;
}

type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

export interface TargetTrustOptions {
  readonly roleArn: string;
  readonly entrances: readonly Entrance[];
  readonly deployment: Deployment;
  /** Regions of all deployments that may enter the role; their names and accounts are alike. @default the deployment's own */
  readonly regions?: readonly string[] | undefined;
  /** The broker's URL without its scheme: IAM's OIDC provider and its condition keys have that name. */
  readonly providerName?: string | undefined;
}

/**
 * What a target role has to trust: of each that enters it, AssumeRole as it will ask, and source identity and tags in
 * statements of their own, where a profile uses them.
 *
 * @throws ConfigurationError when it is longer than IAM takes
 */
export function createTargetTrustPolicy(options: TargetTrustOptions): TargetTrustPolicy {
  const doors = distinct(options.entrances.map(({ by }) => by)).map((by, index) => ({
    ...toDoor(by, options),
    entrances: options.entrances.filter((entrance) => entrance.by === by),
    suffix: index === 0 ? '' : String(index + 1),
  }));
  const policy: TargetTrustPolicy = {
    Version: '2012-10-17',
    Statement: doors.flatMap((door) => [...enter(door), ...nameCallers(door), ...tagSessions(door)]),
  };
  const { length } = JSON.stringify(policy);
  if (length <= maxTrustPolicyCharacters) return policy;
  throw new ConfigurationError([
    {
      path: ['profiles', options.entrances[0]?.profile ?? ''],
      value: `${length} characters of trust policy for role ${options.roleArn}`,
      allowed: `at most ${maxTrustPolicyCharacters}: fewer profiles, ExternalIds or tags for one role`,
    },
  ]);
}

/** One principal, and how it shows in a request. */
interface Door {
  readonly principal: TargetTrustStatement['Principal'];
  readonly action: 'sts:AssumeRole' | 'sts:AssumeRoleWithWebIdentity';
  /** On each statement of a token's, whose principal is all that the provider signs; elsewhere on entering alone. */
  readonly condition: Conditions;
  readonly conditionElsewhere: Conditions;
  /** The key of the source identity: one that is inherited is the caller's own. */
  readonly sourceIdentityKey: 'sts:SourceIdentity' | 'aws:SourceIdentity';
}

interface OpenDoor extends Door {
  readonly entrances: readonly Entrance[];
  /** Of the Sids. */
  readonly suffix: string;
}

function toDoor(by: string, options: TargetTrustOptions): Door {
  if (by === 'web-identity') return toTokenDoor(options);
  const { deployment, regions = deployment.regions ?? [deployment.region] } = options;
  const isBroker = by === 'broker';
  const arns = isBroker
    ? distinct(regions).map((region) => toRoleArn({ ...deployment, region }, 'issuer'))
    : [by];
  return {
    // The account and a condition: IAM turns a role's ARN in its place into an id that a role made anew no longer has. And
    // in the broker's own account it is only so that the issuer's permissions bind: by its ARN it would need none.
    principal: { AWS: toRoot(arns[0] ?? '') },
    action: 'sts:AssumeRole',
    condition: { ArnEquals: { 'aws:PrincipalArn': oneOrAll(arns) } },
    conditionElsewhere: {},
    sourceIdentityKey: isBroker ? 'sts:SourceIdentity' : 'aws:SourceIdentity',
  };
}

/** @throws TypeError without the name of the provider */
function toTokenDoor({ roleArn, entrances, providerName }: TargetTrustOptions): Door {
  if (providerName === undefined) throw new TypeError('the OIDC provider has no name');
  const [, partition, , , account] = roleArn.split(':');
  const issuers = distinct(entrances.filter(({ by }) => by === 'web-identity').flatMap((one) => one.issuers));
  const condition = {
    StringEquals: { [`${providerName}:aud`]: webIdentityAudience },
    StringLike: { [`${providerName}:sub`]: oneOrAll(issuers.map((issuer) => `${issuer}:*`)) },
  };
  return {
    principal: { Federated: `arn:${partition}:iam::${account}:oidc-provider/${providerName}` },
    action: 'sts:AssumeRoleWithWebIdentity',
    condition,
    conditionElsewhere: condition,
    sourceIdentityKey: 'sts:SourceIdentity',
  };
}

/** With its ExternalId where a profile has one, and never without the source identity and the tags that all have. */
function enter(door: OpenDoor): readonly TargetTrustStatement[] {
  const { principal, action, condition, entrances, suffix, sourceIdentityKey } = door;
  const [plain, withId] = [true, false].map((isPlain) =>
    entrances.filter(({ externalId }) => (externalId === undefined) === isPlain),
  );
  return [plain, withId].flatMap((those = []): readonly TargetTrustStatement[] => {
    if (those.length === 0) return [];
    const ids = those.flatMap(({ externalId = [] }) => externalId);
    const always = toAlwaysTagged(those).map((key) => [`aws:RequestTag/${key}`, 'false'] as const);
    const named = those.every(({ setsSourceIdentity }) => setsSourceIdentity);
    const present = Object.fromEntries([
      ...(named ? [[sourceIdentityKey, 'false'] as const] : []),
      ...always,
    ]);
    const Condition = {
      ...condition,
      ...(ids.length === 0 ? {} : { StringEquals: { 'sts:ExternalId': oneOrAll(distinct(ids)) } }),
      ...(Object.keys(present).length === 0 ? {} : { Null: present }),
    };
    const Sid = `Daypass${ids.length === 0 ? '' : 'WithExternalId'}${suffix}`;
    return [{ Sid, Effect: 'Allow', Principal: principal, Action: action, Condition }];
  });
}

/** `<issuer>.<subject>`, or with a hash in it `<issuer>=…`, of the issuers that the profiles let in alone. */
function nameCallers(door: OpenDoor): readonly TargetTrustStatement[] {
  const { principal, conditionElsewhere, entrances, suffix, sourceIdentityKey } = door;
  const named = entrances.filter(({ setsSourceIdentity }) => setsSourceIdentity);
  if (named.length === 0) return [];
  const issuers = distinct(named.flatMap((one) => one.issuers));
  const patterns = issuers.flatMap((issuer) => [`${issuer}.*`, `${issuer}=*`]);
  const { StringLike = {}, ...others } = conditionElsewhere;
  return [
    {
      Sid: `DaypassNamesTheCaller${suffix}`,
      Effect: 'Allow',
      Principal: principal,
      Action: 'sts:SetSourceIdentity',
      Condition: { ...others, StringLike: { ...StringLike, [sourceIdentityKey]: patterns } },
    },
  ];
}

function tagSessions(door: OpenDoor): readonly TargetTrustStatement[] {
  const { principal, conditionElsewhere, entrances, suffix } = door;
  const tagging = entrances.filter(({ tagKeys }) => tagKeys.length > 0);
  if (tagging.length === 0) return [];
  const values = toFixedValues(tagging);
  const { StringEquals = {}, ...others } = conditionElsewhere;
  const equal = { ...StringEquals, ...values };
  return [
    {
      Sid: `DaypassTagsTheSession${suffix}`,
      Effect: 'Allow',
      Principal: principal,
      Action: 'sts:TagSession',
      Condition: {
        ...others,
        'ForAllValues:StringEquals': { 'aws:TagKeys': distinct(tagging.flatMap(({ tagKeys }) => tagKeys)) },
        ...(Object.keys(equal).length === 0 ? {} : { StringEquals: equal }),
      },
    },
  ];
}

/** Keys of the tags that each of them sets. */
const toAlwaysTagged = ([first, ...others]: readonly Entrance[]): readonly string[] =>
  [...(first?.fixedTags.keys() ?? [])].filter((key) => others.every(({ fixedTags }) => fixedTags.has(key)));

/** Values of the tags to which each of them gives one that is known. */
function toFixedValues(tagging: readonly Entrance[]): Readonly<Record<string, string | readonly string[]>> {
  const known = toAlwaysTagged(tagging).flatMap((key) => {
    const values = tagging.map(({ fixedTags }) => fixedTags.get(key));
    const all = values.flatMap((value) => value ?? []);
    return all.length === values.length ? [[`aws:RequestTag/${key}`, oneOrAll(distinct(all))] as const] : [];
  });
  return Object.fromEntries(known);
}

const oneOrAll = (values: readonly string[]): string | readonly string[] =>
  values.length === 1 && values[0] !== undefined ? values[0] : values;

const toRoot = (arn: string): string => arn.replace(/:role\/.*$/, ':root');

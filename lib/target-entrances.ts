import type {
  AssumeRoleProfile,
  AssumeRootProfile,
  Configuration,
  Profile,
} from '../lambda/core/configuration.ts';
import { distinct } from './distinct.ts';

/** By whom a role is entered for a profile, and with what. */
export interface Entrance {
  readonly profile: string;
  /** `broker`: the issuer's role. `web-identity`: tokens that the broker signs. Else the ARN of the role before in a chain. */
  readonly by: string;
  readonly externalId?: string;
  /** Names of the issuers whose callers the profile lets in. */
  readonly issuers: readonly string[];
  /** Whether the session has a source identity, set there or inherited. */
  readonly setsSourceIdentity: boolean;
  /** Of all tags that the session has or may have, inherited ones included. */
  readonly tagKeys: readonly string[];
  /** Tags that are set there each time. `undefined` for a value that differs from caller to caller. */
  readonly fixedTags: ReadonlyMap<string, string | undefined>;
  readonly maxSessionSeconds: number;
}

/**
 * Every way into a role that the configuration's profiles need: a role that several profiles name has to trust for all
 * of them. None of profiles whose role trusts the caller's own identity provider, and the broker not at all.
 */
export const toEntrances = (
  { profiles }: Pick<Configuration, 'profiles'>,
  roleArn: string,
): readonly Entrance[] =>
  [...profiles.values()].flatMap((profile) =>
    toProfileEntrances(profile).flatMap(([arn, entrance]) => (arn === roleArn ? [entrance] : [])),
  );

/** IAM's smallest, and what a chained session lasts at most. */
const chainedMaxSeconds = 3600;

type RoleEntrance = readonly [roleArn: string, entrance: Entrance];

function toProfileEntrances(profile: Profile): readonly RoleEntrance[] {
  switch (profile.mechanism) {
    case 'assume-role':
      return toHops(profile, [...profile.via, profile.roleArn]);
    case 'assume-root':
      return toHops(profile, profile.via);
    case 'web-identity': {
      const maxSessionSeconds = Math.max(chainedMaxSeconds, profile.duration.maxSeconds);
      const entrance = { ...toCommon(profile), by: 'web-identity', ...toTags(profile), maxSessionSeconds };
      return profile.passthrough ? [] : [[profile.roleArn, entrance]];
    }
    case 'saml':
    case 'federation-token':
      return [];
  }
}

function toHops(
  profile: AssumeRoleProfile | AssumeRootProfile,
  roleArns: readonly string[],
): readonly RoleEntrance[] {
  return roleArns.map((roleArn, index) => {
    const isEnd = index === roleArns.length - 1;
    const externalId = isEnd && profile.mechanism === 'assume-role' ? profile.externalId : undefined;
    // The first session has the transitive tags set; those after it inherit them, and the last has all others set.
    const tags = toTags(profile, isEnd ? () => true : (key) => profile.transitiveTagKeys.includes(key));
    const entrance: Entrance = {
      ...toCommon(profile),
      by: roleArns[index - 1] ?? 'broker',
      ...(externalId === undefined ? {} : { externalId }),
      ...tags,
      ...(index === 0 ? {} : { fixedTags: new Map() }),
      maxSessionSeconds: chainedMaxSeconds,
    };
    return [roleArn, entrance];
  });
}

const toCommon = (profile: Profile) => ({
  profile: profile.name,
  issuers: toIssuers(profile),
  setsSourceIdentity: profile.setSourceIdentity,
});

/** An Allow always names its issuers. */
const toIssuers = ({ trust }: Profile): readonly string[] =>
  distinct(
    trust.statements
      .filter(({ effect }) => effect === 'Allow')
      .flatMap(({ principals = [] }) => principals)
      .flatMap((principal) => (principal.type === 'Federated' ? [principal.provider] : [])),
  );

function toTags(
  { sessionTags, acceptedTagKeys }: Profile,
  isSet: (key: string) => boolean = () => true,
): Pick<Entrance, 'tagKeys' | 'fixedTags'> {
  const fixed = [...sessionTags].filter(([key]) => isSet(key));
  return {
    tagKeys: distinct([...sessionTags.keys(), ...acceptedTagKeys].filter(isSet)),
    fixedTags: new Map(
      fixed.map(([key, template]) => [
        key,
        template.every((part) => 'literal' in part) ? template.map(toLiteral).join('') : undefined,
      ]),
    ),
  };
}

const toLiteral = (part: { readonly literal: string } | { readonly variable: string }) =>
  'literal' in part ? part.literal : '';

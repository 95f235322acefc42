import type { Configuration, Deployment, Profile } from '../../lambda/core/configuration.ts';
import type { Policy } from '../../lambda/core/policy/policy.ts';
import { compareIssuers, describeIssuer } from './compare-issuers.ts';
import {
  amount,
  type Comparers,
  compareMembers,
  flag,
  members,
  saidElsewhere,
  setting,
} from './compare-members.ts';
import { comparePolicies, nobody } from './compare-policies.ts';
import { compareProfiles, describeProfile } from './compare-profiles.ts';
import {
  type ChangeEffect,
  type ConfigurationChange,
  changes,
  type Difference,
} from './configuration-change.ts';

/**
 * What a change of the configuration grants and takes away, part by part: nothing, where both say the same, in
 * whatever order they say it. It errs on the side of speaking: an Allow that a Deny outweighs still grants.
 */
export function compareConfigurations(
  before: Configuration,
  after: Configuration,
): readonly ConfigurationChange[] {
  return [
    ...compareNamed('profile', withoutInherited(before), withoutInherited(after), {
      describe: describeProfile,
      compare: compareProfiles,
    }),
    ...compareNamed('issuer', before.issuers, after.issuers, {
      describe: describeIssuer,
      compare: compareIssuers,
    }),
    ...sections.flatMap(([subject, compare]) =>
      compare(before, after).map((difference) => ({ subject, ...difference })),
    ),
  ];
}

/** Where a profile names no contact of its own it has everybody's, and that is said once. */
function withoutInherited({
  profiles,
  owner,
  requestAccessUrl,
}: Configuration): ReadonlyMap<string, Profile> {
  const own = [...profiles].map(([name, profile]): readonly [string, Profile] => {
    const { requestAccessUrl: url, ...rest } = profile;
    const ofOwn = url === undefined || url === requestAccessUrl ? rest : { ...rest, requestAccessUrl: url };
    return [name, { ...ofOwn, owner: profile.owner === owner ? '' : profile.owner }];
  });
  return new Map(own);
}

function compareNamed<T>(
  kind: string,
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  {
    describe,
    compare,
  }: {
    readonly describe: (one: T, effect: ChangeEffect) => readonly Difference[];
    readonly compare: (before: T, after: T) => readonly Difference[];
  },
): readonly ConfigurationChange[] {
  const describeOne = (one: T | undefined, other: T | undefined) => [
    ...(other === undefined ? [] : describe(other, 'grants')),
    ...(one === undefined ? [] : describe(one, 'takes-away')),
  ];
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((name) => {
    const [one, other] = [before.get(name), after.get(name)];
    const found = one === undefined || other === undefined ? describeOne(one, other) : compare(one, other);
    return found.map((difference) => ({ subject: `${kind} ${name}`, ...difference }));
  });
}

type CompareSections = (before: Configuration, after: Configuration) => readonly Difference[];

/** A section that is there or not; without it nobody is trusted. */
const section =
  <T extends { readonly trust: Policy }>(
    read: (configuration: Configuration) => T | undefined,
    comparers: Comparers<T>,
  ): CompareSections =>
  (before, after) => {
    const [one, other] = [read(before), read(after)];
    const trust = comparePolicies(one?.trust ?? nobody, other?.trust ?? nobody);
    if (one === undefined || other === undefined) return trust;
    return [...trust, ...compareMembers(one, other, { ...comparers, trust: saidElsewhere })];
  };

const compareDeployments = (before: Deployment, after: Deployment): readonly Difference[] =>
  compareMembers<Deployment>(before, after, {
    accountId: setting('account'),
    region: setting('region'),
    stage: setting('stage'),
    regions: setting('regions'),
    url: setting('URL'),
    // Follows from the region.
    partition: saidElsewhere,
  });

const compareLimits: CompareSections = (before, after) =>
  compareMembers(before.limits, after.limits, {
    attemptsPerMinute: amount('one principal may ask', { unit: 'times a minute', more: 'grants' }),
  });

const compareRevocations: CompareSections = ({ revocation: before }, { revocation: after }) =>
  before === undefined && after === undefined
    ? []
    : compareMembers(before ?? { apply: false }, after ?? { apply: false }, {
        apply: flag(
          'policies that end sessions are put onto roles',
          'policies that end sessions are no longer put onto roles',
          'changes',
        ),
      });

/** In the order in which they are shown. */
const sections: readonly (readonly [subject: string, compare: CompareSections])[] = [
  [
    'audit',
    section<Configuration['audit']>(({ audit }) => audit, {
      retentionDays: amount('issuances are kept', { unit: 'days', more: 'changes' }),
    }),
  ],
  ['controls', section(({ controls }) => controls, {})],
  [
    'integrations',
    section<NonNullable<Configuration['integrations']>>(({ integrations }) => integrations, {
      ownAccounts: members<string>('no integration has a role in account', { added: 'takes-away' }),
      organizationId: setting('no integration has a role in organization'),
      graceSeconds: amount('the ExternalId before is accepted for', { unit: 's', more: 'grants' }),
      drift: setting('a role that no longer asks for its ExternalId'),
      templateUrl: setting('the template of the quick-create link'),
    }),
  ],
  [
    'sessionTokens',
    section<NonNullable<Configuration['sessionTokens']>>(({ sessionTokens }) => sessionTokens, {
      duration: (one, other) =>
        one === undefined || other === undefined
          ? []
          : compareMembers(one, other, { maxSeconds: amount('last up to', { unit: 's', more: 'grants' }) }),
    }),
  ],
  ['authorizationMessages', section(({ authorizationMessages }) => authorizationMessages, {})],
  ['limits', compareLimits],
  ['revocation', compareRevocations],
  [
    'webIdentity',
    (before, after) => compareMembers(before.webIdentity, after.webIdentity, { keys: keysInOrder }),
  ],
  ['trail', (before, after) => compareMembers(before.trail, after.trail, {})],
  ['deployment', (before, after) => compareDeployments(before.deployment, after.deployment)],
  ['contact', (before, after) => compareMembers(toContact(before), toContact(after), {})],
];

function keysInOrder(before: unknown, after: unknown): readonly Difference[] {
  return [changes(`keys, of which the first signs: ${String(before)} → ${String(after)}`)];
}

const toContact = ({ owner, requestAccessUrl }: Configuration) => ({ owner, requestAccessUrl });

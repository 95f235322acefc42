import type { Profile } from '../../lambda/core/configuration.ts';
import { toRoleArns } from '../../lambda/core/configuration.ts';
import {
  amount,
  type Comparers,
  type CompareValues,
  compareMembers,
  entries,
  flag,
  members,
  place,
  saidElsewhere,
  setting,
  toText,
} from './compare-members.ts';
import { comparePolicies, nobody } from './compare-policies.ts';
import { compareNarrowings, type Narrowing } from './compare-session-policies.ts';
import { type ChangeEffect, changes, type Difference } from './configuration-change.ts';
import { toTemplateText } from './template-text.ts';

/** All of a profile that only one version has. */
export function describeProfile(profile: Profile, effect: ChangeEffect): readonly Difference[] {
  const roles = toRoleArns(profile);
  const what =
    profile.mechanism === 'assume-root'
      ? `the root user of ${profile.targetPrincipal} for ${profile.taskPolicyArn}`
      : roles.at(-1);
  const words = [
    `by ${profile.mechanism}`,
    ...(what === undefined ? [] : [what]),
    `for up to ${profile.duration.maxSeconds} s`,
    ...('console' in profile && profile.console ? ['with the console'] : []),
  ];
  const statements = comparePolicies(nobody, profile.trust);
  return [
    { effect, text: `${effect === 'grants' ? 'new' : 'gone'}: ${words.join(', ')}` },
    ...statements.map((one) => toWhole(one, effect)),
  ];
}

/** A Deny denies nobody what wasn't there. */
const toWhole = ({ effect, text }: Difference, whole: ChangeEffect): Difference =>
  effect === 'grants'
    ? { effect: whole, text: text.replace(/^new /, '') }
    : changes(text.replace(/^new /, ''));

export function compareProfiles(before: Profile, after: Profile): readonly Difference[] {
  return [
    ...compareMembers<Profile>(before, after, comparers),
    ...compareNarrowings(toNarrowing(before), toNarrowing(after)),
  ];
}

const toNarrowing = (profile: Profile): Narrowing => ({
  ...(profile.sessionPolicy === undefined ? {} : { sessionPolicy: profile.sessionPolicy }),
  managedPolicyArns: profile.managedPolicyArns,
});

const durations =
  (of: string): CompareValues<Profile['duration']> =>
  (before, after) =>
    before === undefined || after === undefined
      ? []
      : compareMembers(before, after, {
          maxSeconds: amount(`${of} last up to`, { unit: 's', more: 'grants' }),
          defaultSeconds: amount(`${of} last, where nothing is asked for,`, { unit: 's', more: 'changes' }),
        });

type Tokens = NonNullable<Extract<Profile, { readonly mechanism: 'assume-role' }>['webIdentityToken']>;

/** Such a profile gives tokens and nothing else. */
const compareTokens: CompareValues<Tokens> = (before, after) => {
  if (before !== undefined && after !== undefined) {
    return compareMembers(before, after, {
      audiences: members<string>('tokens that AWS signs, for', { added: 'grants' }),
      duration: durations('tokens'),
      signingAlgorithm: setting('tokens signed with'),
    });
  }
  const tokens = `tokens that AWS signs, for ${toText(after?.audiences ?? before?.audiences)}`;
  return [
    ...place('')(before && tokens, after && tokens),
    ...place('')(after && credentials, before && credentials),
  ].map(({ effect, text }) => ({ effect, text: text.trim() }));
};

const credentials = 'credentials of the role';

const compareExternalIds: CompareValues<string> = (before, after) => {
  if (before === undefined) return [changes('the role is asked with an ExternalId')];
  return [changes(after === undefined ? 'the role is asked without an ExternalId' : 'another ExternalId')];
};

const hops: CompareValues<readonly string[]> = (before = [], after = []) =>
  before.length === 0 && after.length === 0
    ? []
    : [changes(`on the way: ${before.join(' → ') || 'no role'}; now ${after.join(' → ') || 'no role'}`)];

/** In the order in which they are shown. */
const comparers: Comparers<Profile> = {
  mechanism: setting('mechanism'),
  roleArn: place('the role'),
  targetPrincipal: place('the root user of account'),
  taskPolicyArn: place('the task'),
  principalArn: setting('identity provider of the role'),
  via: hops,
  externalId: compareExternalIds,
  webIdentityToken: compareTokens,
  duration: durations('sessions'),
  console: flag('links into the console', 'no links into the console any more', 'grants'),
  reasonRequired: flag('a reason has to be given', 'no reason has to be given any more', 'takes-away'),
  trust: (before = nobody, after = nobody) => comparePolicies(before, after),
  mfaEnforcedFor: members<string>('MFA by the API itself for callers of', { added: 'takes-away' }),
  acceptedTagKeys: members<string>('callers may set the session tag', { added: 'grants' }),
  sessionTags: entries('session tag', { added: 'changes', toName: toTemplateText }),
  transitiveTagKeys: members<string>('passed on to further sessions: the tag', { added: 'changes' }),
  acceptsSessionPolicy: flag(
    'callers may bring a session policy',
    'callers may bring no session policy any more',
    'changes',
  ),
  setSourceIdentity: flag(
    'sessions carry the source identity',
    'sessions carry no source identity any more',
    'changes',
  ),
  subjectInSessionName: flag(
    'session names begin with the subject',
    'session names have no subject any more',
    'changes',
  ),
  passthrough: flag(
    "STS is shown the caller's own token: recorded, not enforced",
    'STS is shown a token of Daypass: enforced',
    'changes',
  ),
  sessionPolicy: saidElsewhere,
  managedPolicyArns: saidElsewhere,
};

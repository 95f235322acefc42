import {
  currentRefused,
  inconclusive,
  issuerNotTrusted,
  nextRefused,
  notEnforced,
  notTrusted,
  previousAccepted,
  proberNotTrusted,
  sessionTooLong,
  sourceIdentityNotAllowed,
  tagsNotAllowed,
  wildcardPrincipal,
} from './finding-texts.ts';
import type { Finding, ProbeKind, ProbeResult } from './integration.ts';

/** What the probes say of the role: dangers first. Derived from them alone. */
export function toFindings(probes: readonly ProbeResult[]): readonly Finding[] {
  const seen = toSeen(probes);
  const isUnsettled = settling.some(
    (kinds) => seen.some('accepted', ...kinds) && seen.some('refused', ...kinds),
  );
  return [
    ...toDangers(seen),
    // What changed while it was looked at is nobody's mistake.
    ...(isUnsettled ? [] : toDefects(seen)),
    ...toInconclusive(probes, isUnsettled),
  ];
}

interface Seen {
  /** Whether one of these probes was answered so. */
  some(as: ProbeResult['seen'], ...kinds: readonly ProbeKind[]): boolean;
  /** Whether all of them were, and there was one. */
  only(as: ProbeResult['seen'], ...kinds: readonly ProbeKind[]): boolean;
}

function toSeen(probes: readonly ProbeResult[]): Seen {
  const of = (kinds: readonly ProbeKind[]) => probes.filter(({ kind }) => kinds.includes(kind));
  return {
    some: (as, ...kinds) => of(kinds).some(({ seen }) => seen === as),
    only: (as, ...kinds) => of(kinds).length > 0 && of(kinds).every(({ seen }) => seen === as),
  };
}

/** One request each, made at several times. */
const settling: readonly (readonly ProbeKind[])[] = [['right-id', 'right-id-again'], ['prober-right-id']];

function toDangers({ some }: Seen): readonly Finding[] {
  const holes = [
    ...(some('accepted', 'random-id') ? (['any'] as const) : []),
    ...(some('accepted', 'changed-id', 'repeated-id') ? (['similar'] as const) : []),
    ...(some('accepted', 'no-id') ? (['none'] as const) : []),
  ];
  return [
    ...(holes.length > 0 ? [notEnforced(holes)] : []),
    ...(some('accepted', 'stranger') ? [wildcardPrincipal] : []),
  ];
}

const accepting: readonly ProbeKind[] = [
  ...(['right-id', 'right-id-without-source-identity', 'right-id-without-session-tags'] as const),
  ...(['right-id-bare', 'current-id'] as const),
];

function toDefects(seen: Seen): readonly Finding[] {
  const { some, only } = seen;
  const isProberRefused = only('refused', 'prober-right-id') && some('accepted', ...accepting);
  return [
    ...(some('accepted', 'previous-id') ? [previousAccepted] : []),
    ...(only('refused', 'right-id', 'right-id-again') ? toTrustFindings(seen) : []),
    ...(isProberRefused ? [proberNotTrusted] : []),
    ...(some('refused', 'longest-session') ? [sessionTooLong] : []),
    ...(only('refused', 'current-id') && some('accepted', 'right-id-again') ? [currentRefused] : []),
  ];
}

/** Why the right id is refused: the lesser probes say which of the role's permissions is missing. */
function toTrustFindings({ some, only }: Seen): readonly Finding[] {
  if (some('accepted', 'current-id')) return [nextRefused];
  // Whether anything is wrong with the role as it is issued for is not known.
  if (some('inconclusive', 'current-id')) return [];
  const withoutIdentity = 'right-id-without-source-identity';
  const withoutTags = 'right-id-without-session-tags';
  const isBareAccepted = some('accepted', 'right-id-bare');
  const found = [
    ...(some('accepted', withoutIdentity) || (isBareAccepted && only('refused', withoutTags))
      ? [sourceIdentityNotAllowed]
      : []),
    ...(some('accepted', withoutTags) || (isBareAccepted && only('refused', withoutIdentity))
      ? [tagsNotAllowed]
      : []),
  ];
  if (found.length > 0 || isBareAccepted) return found;
  if (some('inconclusive', withoutIdentity, withoutTags, 'right-id-bare')) return [];
  return [only('accepted', 'prober-right-id') ? issuerNotTrusted : notTrusted];
}

function toInconclusive(probes: readonly ProbeResult[], isUnsettled: boolean): readonly Finding[] {
  const open = probes.filter(({ seen }) => seen === 'inconclusive');
  return open.length > 0 || isUnsettled ? [inconclusive(open, isUnsettled)] : [];
}

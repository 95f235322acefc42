import {
  currentRefused,
  inconclusive,
  notEnforced,
  notTrusted,
  previousAccepted,
  sessionTooLong,
  sourceIdentityNotAllowed,
  tagsNotAllowed,
  wildcardPrincipal,
} from './finding-texts.ts';
import type { Finding, ProbeKind, ProbeResult } from './integration.ts';

/** What the probes say of the role: dangers first. Derived from them alone. */
export function toFindings(probes: readonly ProbeResult[]): readonly Finding[] {
  const seen = (seenAs: ProbeResult['seen'], ...kinds: readonly ProbeKind[]) =>
    probes.some((probe) => probe.seen === seenAs && kinds.includes(probe.kind));
  const holes = [
    ...(seen('accepted', 'random-id') ? (['any'] as const) : []),
    ...(seen('accepted', 'changed-id', 'repeated-id') ? (['similar'] as const) : []),
    ...(seen('accepted', 'no-id') ? (['none'] as const) : []),
  ];
  return [
    ...(holes.length > 0 ? [notEnforced(holes)] : []),
    ...(seen('accepted', 'previous-id') ? [previousAccepted] : []),
    ...(seen('accepted', 'stranger') ? [wildcardPrincipal] : []),
    ...toTrustFindings(probes),
    ...(seen('refused', 'longest-session') && seen('accepted', 'right-id-again') ? [sessionTooLong] : []),
    ...(seen('refused', 'current-id') && seen('accepted', 'right-id-again') ? [currentRefused] : []),
    ...toInconclusive(probes),
  ];
}

/** Why the right id is refused, where it is: the lesser probes say which of the role's permissions is missing. */
function toTrustFindings(probes: readonly ProbeResult[]): readonly Finding[] {
  const seenOf = (kind: ProbeKind) => probes.find((probe) => probe.kind === kind)?.seen;
  if (seenOf('right-id') !== 'refused') return [];
  const withoutIdentity = seenOf('right-id-without-source-identity');
  const withoutTags = seenOf('right-id-without-session-tags');
  const isBareAccepted = seenOf('right-id-bare') === 'accepted';
  const found = [
    ...(withoutIdentity === 'accepted' || (isBareAccepted && withoutTags === 'refused')
      ? [sourceIdentityNotAllowed]
      : []),
    ...(withoutTags === 'accepted' || (isBareAccepted && withoutIdentity === 'refused')
      ? [tagsNotAllowed]
      : []),
  ];
  if (found.length > 0 || isBareAccepted) return found;
  const right = probes.filter(({ kind }) => kind.startsWith('right-id'));
  return right.every(({ seen }) => seen === 'refused') ? [notTrusted] : [];
}

function toInconclusive(probes: readonly ProbeResult[]): readonly Finding[] {
  const open = probes.filter(({ seen }) => seen === 'inconclusive');
  const seenOf = (kind: ProbeKind) => probes.find((probe) => probe.kind === kind)?.seen;
  const wasAccepted = probes.some(
    ({ kind, seen }) => kind.startsWith('right-id') && kind !== 'right-id-again' && seen === 'accepted',
  );
  const again = seenOf('right-id-again');
  const changed =
    (wasAccepted && again === 'refused') ||
    (!wasAccepted && seenOf('right-id') === 'refused' && again === 'accepted');
  return open.length > 0 || changed ? [inconclusive(open, changed)] : [];
}

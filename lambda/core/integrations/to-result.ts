import type { ProbeKind, ProbeResult, Verification } from './integration.ts';
import { toFindings } from './to-findings.ts';

/** Without each of these, as often, nothing is proven. */
const required: readonly (readonly [ProbeKind, number])[] = [
  ['right-id', 1],
  ['changed-id', 2],
  ['repeated-id', 1],
  ['random-id', 4],
  ['prober-right-id', 1],
  ['no-id', 2],
  ['stranger', 1],
  ['right-id-again', 1],
];

/** A defect that was seen counts, whatever else was not; and a pass needs every probe, each as it was wanted. */
export function toResult(probes: readonly ProbeResult[]): Verification['result'] {
  const isFaulty = toFindings(probes).some(({ severity }) => severity !== 'warning');
  if (isFaulty) return 'FAILED';
  const isComplete = required.every(
    ([kind, times]) => probes.filter((probe) => probe.kind === kind).length >= times,
  );
  return isComplete && probes.every(isAsWanted) ? 'PASSED' : 'INCONCLUSIVE';
}

/** The id that is about to go may be refused already: nothing is issued with it once the next one is proven. */
const isAsWanted = ({ kind, seen, wanted }: ProbeResult): boolean =>
  seen === wanted || (kind === 'current-id' && seen === 'refused');

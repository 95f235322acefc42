import { findShape, insist } from './find-shape.ts';
import type { Integration, Verification } from './integration.ts';
import { judgeLongest } from './judge-answer.ts';
import { probeSeconds } from './plan-probe.ts';
import { type ShapeName, toShapeNames } from './probe-shapes.ts';
import { type AskOwn, type Probing, startProbing } from './start-probing.ts';
import { toFindings } from './to-findings.ts';
import { toResult } from './to-result.ts';
import type { ActiveId, VerifyAuthority, VerifyPorts } from './verify-ports.ts';
import { toForeignExternalId, toRefusedPrevious, toWrongExternalIds } from './wrong-external-ids.ts';

export type VerifyIntegration = (
  integration: Integration,
  authority: VerifyAuthority,
) => Promise<Verification>;

/**
 * Proves that the integration's role can be had with its ExternalId and not without, under the very role that issues.
 * During a rotation the next id is the one to prove, and the current one is looked after beside it. Ends within what API
 * Gateway waits for, and rejects when a probe's row cannot be written: nothing is concluded then.
 */
export function createVerifyIntegration(ports: VerifyPorts): VerifyIntegration {
  return async (integration, authority) => {
    const startedMs = ports.now();
    const probing = startProbing(integration, { ports, authority, startedMs });
    await probe(integration, { ...probing, ports, startedMs });
    const { issuanceIds, results } = probing;
    return {
      at: new Date(startedMs).toISOString(),
      version: integration.version,
      issuanceIds,
      result: toResult(results),
      proved: integration.externalIds.next === undefined ? 'current' : 'next',
      probes: results,
      findings: toFindings(results),
    };
  };
}

interface Asking extends Probing {
  readonly ports: VerifyPorts;
  readonly startedMs: number;
}

/** The sequence: what shall be accepted comes first and last, so that no refusal between the two has another reason. */
async function probe(integration: Integration, asking: Asking): Promise<void> {
  const { askOwn, askProber } = asking;
  const { current, next } = integration.externalIds;
  const rightId = next ?? current;

  const accepted = await findAccepted(integration, askOwn);
  if (integration.duration.maxSeconds > probeSeconds && accepted.isKnown) {
    const { externalId, shape } = accepted;
    const longest = { externalId, shape, durationSeconds: integration.duration.maxSeconds };
    await askOwn('longest-session', 'accepted', { ...longest, judge: judgeLongest });
  }
  await insist(() => askProber('prober-right-id', accepted));
  await probeWrongIds(integration, asking);
  await probeOthers(integration, asking);
  await askOwn('right-id-again', 'accepted', { externalId: rightId, shape: 'real' });
}

/** What the role gives sessions for: the id to prove, or the current one while that is not accepted yet. */
async function findAccepted(
  integration: Integration,
  askOwn: AskOwn,
): Promise<{
  readonly externalId: string;
  readonly which: ActiveId;
  readonly shape: ShapeName;
  /** Whether it is that; else it is the one that should be. */
  readonly isKnown: boolean;
}> {
  const { current, next } = integration.externalIds;
  const externalId = next ?? current;
  const which = next === undefined ? 'current' : 'next';
  const shape = await findShape(integration, { externalId, askOwn });
  if (next !== undefined) {
    const ofCurrent = { externalId: current, shape: 'real' } as const;
    const seen = await insist(() => askOwn('current-id', 'accepted', ofCurrent));
    if (shape === undefined && seen === 'accepted') return { ...ofCurrent, which: 'current', isKnown: true };
  }
  return { externalId, which, shape: shape ?? 'real', isKnown: shape !== undefined };
}

/** By the issuing role, in every shape: a statement that looks at one of its parts may forget the id. */
async function probeWrongIds(
  { externalIds, ...integration }: Integration,
  { askOwn, ports, startedMs }: Asking,
): Promise<void> {
  const { current, next } = externalIds;
  const shapes = toShapeNames(integration);
  for (const id of next === undefined ? [current] : [next, current]) {
    for (const shape of twice(shapes)) {
      // Another place each time: a pattern may have its `?` anywhere.
      const { changed, repeated } = toWrongExternalIds(id, ports.newExternalId());
      for (const externalId of changed) await askOwn('changed-id', 'refused', { externalId, shape });
      await askOwn('repeated-id', 'refused', { externalId: repeated, shape });
    }
  }
  for (const shape of twice(shapes)) {
    const ids = [ports.newExternalId(), toForeignExternalId(ports.newExternalId())];
    for (const externalId of ids) await askOwn('random-id', 'refused', { externalId, shape });
  }
  for (const externalId of toRefusedPrevious(externalIds, startedMs)) {
    for (const shape of twice(shapes)) await askOwn('previous-id', 'refused', { externalId, shape });
  }
}

/** By those who must not have the role so, in every shape and with every id that the trust policy has. */
async function probeOthers(
  { externalIds, ...integration }: Integration,
  { askProber }: Asking,
): Promise<void> {
  const shapes = toShapeNames(integration);
  for (const shape of twice(shapes)) await askProber('no-id', { shape, which: 'current' });
  for (const which of externalIds.next === undefined
    ? (['current'] as const)
    : (['next', 'current'] as const)) {
    for (const shape of twice(shapes)) await askProber('stranger', { shape, which });
  }
}

/** IAM is eventually consistent: one refusal may come from a place that has not heard of the last change. */
const twice = (shapes: readonly ShapeName[]): readonly ShapeName[] =>
  shapes.length > 1 ? shapes : [...shapes, ...shapes];

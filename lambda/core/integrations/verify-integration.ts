import { findShape } from './find-shape.ts';
import type { Integration, Verification } from './integration.ts';
import { judgeLongest } from './judge-answer.ts';
import { probeSeconds } from './plan-probe.ts';
import { type Probing, startProbing } from './start-probing.ts';
import { toFindings } from './to-findings.ts';
import { toResult } from './to-result.ts';
import type { VerifyAuthority, VerifyPorts } from './verify-ports.ts';
import { toRefusedPrevious, toWrongExternalIds } from './wrong-external-ids.ts';

export type VerifyIntegration = (
  integration: Integration,
  authority: VerifyAuthority,
) => Promise<Verification>;

/**
 * Proves that the integration's role can be had with its ExternalId and not without, under the very role that issues.
 * During a rotation the next id is the one to prove. Ends within what API Gateway waits for, and rejects when a
 * probe's row cannot be written: nothing is concluded then.
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

/** The sequence: what shall be accepted comes first and last, so that no refusal between the two has another reason. */
async function probe(
  integration: Integration,
  {
    askOwn,
    askProber,
    ports,
    startedMs,
  }: Probing & { readonly ports: VerifyPorts; readonly startedMs: number },
): Promise<void> {
  const { externalIds, duration } = integration;
  const { newExternalId } = ports;
  const rightId = externalIds.next ?? externalIds.current;
  const previousId = toRefusedPrevious(externalIds, startedMs);
  const wrong = toWrongExternalIds(rightId, newExternalId());

  const shape = await findShape({ integration, rightId, askOwn });
  if (duration.maxSeconds > probeSeconds) {
    const longest = { externalId: rightId, shape, durationSeconds: duration.maxSeconds };
    await askOwn('longest-session', 'accepted', { ...longest, judge: judgeLongest });
  }
  if (externalIds.next !== undefined)
    await askOwn('current-id', 'accepted', { externalId: externalIds.current, shape });
  for (const externalId of wrong.changed) await askOwn('changed-id', 'refused', { externalId, shape });
  await askOwn('repeated-id', 'refused', { externalId: wrong.repeated, shape });
  await twice(() => askOwn('random-id', 'refused', { externalId: newExternalId(), shape }));
  await twice(() => askProber('no-id'));
  await askProber('stranger');
  if (previousId !== undefined)
    await twice(() => askOwn('previous-id', 'refused', { externalId: previousId, shape }));
  await askOwn('right-id-again', 'accepted', { externalId: rightId, shape });
}

/** IAM is eventually consistent: one refusal may come from a place that has not heard of the last change. */
async function twice(ask: () => Promise<unknown>): Promise<void> {
  await ask();
  await ask();
}

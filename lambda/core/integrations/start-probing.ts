import { AuditUnavailableError } from '../errors.ts';
import { toRoleArn } from '../function-roles.ts';
import type { Integration, ProbeKind, ProbeResult } from './integration.ts';
import { judgeAnswer, judgeStranger } from './judge-answer.ts';
import { planOwnProbe, planProbersProbe, probeSeconds } from './plan-probe.ts';
import { createProbeRole, type Probe } from './probe-role.ts';
import { type ShapeName, toShape } from './probe-shapes.ts';
import { withoutSecrets } from './seen-session.ts';
import type { ProbeTask, VerifyAuthority, VerifyPorts } from './verify-ports.ts';

/**
 * Milliseconds after which no further probe is begun. One takes 9000 at most (STS 5000, its two rows 2000 each), and
 * whoever asks waits 24 000. The most that there is to ask, with tags and during a rotation, has 45 to 55 probes.
 */
export const lastProbeMs = 14_000;

export interface Probing {
  /** So far, in order. */
  readonly results: readonly ProbeResult[];
  readonly issuanceIds: readonly string[];
  /** By the role that issues. */
  readonly askOwn: AskOwn;
  readonly askProber: AskProber;
}

export type AskOwn = (
  kind: ProbeKind,
  wanted: ProbeResult['wanted'],
  probe: OwnQuestion,
) => Promise<ProbeResult>;

export type AskProber = (
  kind: ProbeTask['probe'],
  question: Pick<ProbeTask, 'shape' | 'which'>,
) => Promise<ProbeResult>;

interface OwnQuestion extends Partial<Pick<Probe, 'judge'>> {
  readonly externalId: string;
  readonly shape: ShapeName;
  /** @default 900 */
  readonly durationSeconds?: number;
}

/** One probe after the other, for as long as there is time and STS does not throttle. */
export function startProbing(
  integration: Integration,
  {
    ports,
    authority,
    startedMs,
  }: { readonly ports: VerifyPorts; readonly authority: VerifyAuthority; readonly startedMs: number },
): Probing {
  const { name, version, roleArn } = integration;
  const results: ProbeResult[] = [];
  const issuanceIds: string[] = [];
  const probeRole = createProbeRole(ports, { integration: name, authority });
  const { statement } = authority;
  const strangerRoleArn = toRoleArn(ports.configuration.deployment, 'stranger');

  let isUnaudited = false;
  const ask = async (probe: Probe): Promise<ProbeResult> => {
    const { kind, wanted } = probe;
    const isOver =
      isUnaudited ||
      ports.now() - startedMs > lastProbeMs ||
      results.some(({ because }) => because === 'throttled');
    if (isOver) return keep({ kind, wanted, seen: 'inconclusive', because: 'not-asked' });
    try {
      const { issuanceId, result } = await probeRole(probe);
      issuanceIds.push(issuanceId);
      return keep(result);
    } catch (error) {
      // Not lost to an audit that cannot be written now: that it was let in stands in rows already.
      if (!(error instanceof AuditUnavailableError) || !results.some(isLetIn)) throw error;
      isUnaudited = true;
      return keep({ kind, wanted, seen: 'inconclusive', because: 'not-asked' });
    }
  };
  const keep = (result: ProbeResult): ProbeResult => {
    results.push(result);
    return result;
  };

  return {
    results,
    issuanceIds,
    askOwn: (kind, wanted, { judge = judgeAnswer, durationSeconds = probeSeconds, shape, externalId }) =>
      ask({
        ...{ kind, wanted, judge },
        plan: (attempt) => {
          const asked = { roleArn, statement, durationSeconds, externalId };
          const { intent, request } = planOwnProbe(attempt, { ...asked, shape: toShape(integration, shape) });
          return {
            intent,
            ask: async () => ({ answer: withoutSecrets(await ports.sts.assumeRole(request)), hops: [] }),
          };
        },
      }),
    askProber: (probe, { shape, which }) =>
      ask({
        kind: probe,
        wanted: probe === 'prober-right-id' ? 'accepted' : 'refused',
        judge: probe === 'stranger' ? judgeStranger : judgeAnswer,
        plan: (attempt) => ({
          intent: planProbersProbe(attempt, {
            ...{ probe, statement, shape: toShape(integration, shape) },
            roleArns: probe === 'stranger' ? [strangerRoleArn, roleArn] : [roleArn],
          }),
          ask: () =>
            ports.prober({ integration: name, version, probe, shape, which, issuanceId: attempt.id }),
        }),
      }),
  };
}

/** Somebody was, who must not be. */
const isLetIn = ({ wanted, seen }: ProbeResult): boolean => wanted === 'refused' && seen === 'accepted';

import { toRoleArn } from '../function-roles.ts';
import type { Integration, ProbeKind, ProbeResult } from './integration.ts';
import { judgeStranger } from './judge-answer.ts';
import { type ProbeShape, planOwnProbe, planProbersProbe, probeSeconds } from './plan-probe.ts';
import { createProbeRole, type Probe } from './probe-role.ts';
import { withoutSecrets } from './seen-session.ts';
import type { ProbeTask, VerifyAuthority, VerifyPorts } from './verify-ports.ts';

/**
 * Milliseconds after which no further probe is begun. One takes 9000 at most (STS 5000, its two rows 2000 each), and
 * API Gateway waits 29 000. A role that answers as usual has been asked everything within 3000.
 */
export const lastProbeMs = 18_000;

export interface Probing {
  /** So far, in order. */
  readonly results: readonly ProbeResult[];
  readonly issuanceIds: readonly string[];
  /** By the role that issues. */
  readonly askOwn: AskOwn;
  readonly askProber: (kind: ProbeTask['probe']) => Promise<ProbeResult>;
}

export type AskOwn = (
  kind: ProbeKind,
  wanted: ProbeResult['wanted'],
  probe: OwnQuestion,
) => Promise<ProbeResult>;

interface OwnQuestion extends Pick<Probe, 'judge'> {
  readonly externalId: string;
  readonly shape: ProbeShape;
  /** @default 900 */
  readonly durationSeconds?: number;
}

/** One probe after the other, for as long as there is time and STS does not throttle. */
export function startProbing(
  { name, roleArn }: Pick<Integration, 'name' | 'roleArn'>,
  {
    ports,
    authority,
    startedMs,
  }: { readonly ports: VerifyPorts; readonly authority: VerifyAuthority; readonly startedMs: number },
): Probing {
  const results: ProbeResult[] = [];
  const issuanceIds: string[] = [];
  const probeRole = createProbeRole(ports, { integration: name, authority });
  const { statement } = authority;
  const strangerRoleArn = toRoleArn(ports.configuration.deployment, 'stranger');

  const ask = async (probe: Probe): Promise<ProbeResult> => {
    const { kind, wanted } = probe;
    const isOver =
      ports.now() - startedMs > lastProbeMs || results.some(({ because }) => because === 'throttled');
    if (isOver) return keep({ kind, wanted, seen: 'inconclusive', because: 'not-asked' });
    const { issuanceId, result } = await probeRole(probe);
    issuanceIds.push(issuanceId);
    return keep(result);
  };
  const keep = (result: ProbeResult): ProbeResult => {
    results.push(result);
    return result;
  };

  return {
    results,
    issuanceIds,
    askOwn: (kind, wanted, { judge, durationSeconds = probeSeconds, ...question }) =>
      ask({
        kind,
        wanted,
        plan: (attempt) => {
          const planned = planOwnProbe(attempt, { roleArn, statement, durationSeconds, ...question });
          return {
            intent: planned.intent,
            ask: async () => ({
              answer: withoutSecrets(await ports.sts.assumeRole(planned.request)),
              hops: [],
            }),
          };
        },
        ...(judge === undefined ? {} : { judge }),
      }),
    askProber: (kind) =>
      ask({
        kind,
        wanted: 'refused',
        plan: (attempt) => ({
          intent: planProbersProbe(attempt, {
            roleArns: kind === 'stranger' ? [strangerRoleArn, roleArn] : [roleArn],
            statement,
          }),
          ask: () => ports.prober({ integration: name, probe: kind }),
        }),
        ...(kind === 'stranger' ? { judge: judgeStranger } : {}),
      }),
  };
}

import type { StsAnswer } from '../ports.ts';
import type { Integration, ProbeKind, ProbeResult } from './integration.ts';
import { type ProbeShape, planOwnProbe, planProbersProbe, probeSeconds } from './plan-probe.ts';
import { createProbeRole, type Probe, type SeenSession } from './probe-role.ts';
import type { ProberAnswer, VerifyAuthority, VerifyPorts } from './verify-ports.ts';

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
  readonly askProber: (kind: ProbeKind, ask: () => Promise<ProberAnswer>) => Promise<ProbeResult>;
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
            ask: async () => withoutSecrets(await ports.sts.assumeRole(planned.request)),
          };
        },
        ...(judge === undefined ? {} : { judge }),
      }),
    askProber: (kind, callProber) =>
      ask({
        kind,
        wanted: 'refused',
        plan: (attempt) => ({
          intent: planProbersProbe(attempt, { roleArn, statement }),
          ask: async () => toSeenSession(await callProber()),
        }),
      }),
  };
}

/** The secrets end here. */
function withoutSecrets(answer: StsAnswer): StsAnswer<SeenSession> {
  if (answer.state !== 'ISSUED') return answer;
  const { accessKeyId, expiration } = answer.credentials;
  return { state: 'ISSUED', requestId: answer.requestId, credentials: { accessKeyId, expiration } };
}

function toSeenSession(answer: ProberAnswer): StsAnswer<SeenSession> {
  if (answer.state !== 'ISSUED') return answer;
  const { requestId, accessKeyId, expiration } = answer;
  return { state: 'ISSUED', requestId, credentials: { accessKeyId, expiration } };
}

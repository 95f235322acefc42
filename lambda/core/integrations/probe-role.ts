import {
  BrokerCredentialsRefusedError,
  RefusedByStsError,
  SessionTooLargeError,
  StsOutcomeUnknownError,
  StsThrottledError,
  StsUnavailableError,
} from '../errors.ts';
import type { Attempt, Intent } from '../issuance.ts';
import { type Asked, createIssue } from '../issue.ts';
import type { ProbeKind, ProbeResult } from './integration.ts';
import type { Judgement } from './judge-answer.ts';
import type { SeenSession } from './seen-session.ts';
import type { VerifyAuthority, VerifyPorts } from './verify-ports.ts';

/** One call that shall show something of the role. */
export interface Probe {
  readonly kind: ProbeKind;
  readonly wanted: ProbeResult['wanted'];
  /** The row, and the call that it says is about to be made. */
  plan(attempt: Attempt): { readonly intent: Intent; ask(): Promise<Asked<SeenSession>> };
  judge(asked: Asked<SeenSession>): Judgement;
}

export type ProbeRole = (
  probe: Probe,
) => Promise<{ readonly issuanceId: string; readonly result: ProbeResult }>;

/**
 * Makes one probe an issuance like any other: a row before, the call, a row after. Rejects when the audit cannot be
 * written, with nothing concluded.
 */
export function createProbeRole(
  ports: VerifyPorts,
  { integration, authority }: { readonly integration: string; readonly authority: VerifyAuthority },
): ProbeRole {
  // Whoever starts a verification was admitted to that; its probes are one attempt, and give nobody anything.
  const issue = createIssue({ ...ports, admission: { admit: async () => [] } });
  const { origin, statement } = authority;
  // A proof that may have one effect has it in the request that starts the verification: its probes are no others.
  const { proofId: _consumed, ...principal } = authority.principal;

  return async ({ kind, wanted, plan, judge }) => {
    let issuanceId: string | undefined;
    let judgement: Judgement | undefined;
    try {
      await issue({
        principal,
        origin,
        asked: { integration, purpose: 'probe', reason: `${kind} probe of integration ${integration}` },
        decide: () => ({ effect: 'Allow', statement }),
        deniedMessage: 'not to be denied',
        plan: (_decision, attempt) => {
          const { intent, ask } = plan(attempt);
          issuanceId = attempt.id;
          return {
            intent,
            wanted: `the role of integration ${integration}`,
            signedBy: 'broker',
            contact: { extensions: {} },
            ask: async () => {
              const asked = await ask();
              judgement = judge(asked);
              return asked;
            },
          };
        },
      });
    } catch (error) {
      if (!isOfSts(error)) throw error;
    }
    if (issuanceId === undefined || judgement === undefined) throw new TypeError('a probe was not made');
    return { issuanceId, result: { kind, wanted, ...judgement } };
  };
}

/** STS gave nothing, and the row says so: whatever else was thrown is an audit that could not be written. */
const isOfSts = (error: unknown): boolean =>
  error instanceof RefusedByStsError ||
  error instanceof BrokerCredentialsRefusedError ||
  error instanceof SessionTooLargeError ||
  error instanceof StsThrottledError ||
  error instanceof StsUnavailableError ||
  error instanceof StsOutcomeUnknownError;

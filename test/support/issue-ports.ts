import type { Configuration } from '../../lambda/core/configuration.ts';
import { BrokerError } from '../../lambda/core/errors.ts';
import type { Denial, Intent, Outcome } from '../../lambda/core/issuance.ts';
import type { IssuePorts } from '../../lambda/core/issue.ts';
import { openAdmission } from './open-admission.ts';
import { nowMs } from './tokens.ts';

/** One write of the audit, or what a test adds of its own ports. */
export type Recorded =
  | { readonly denial: Denial }
  | { readonly intent: Intent }
  | { readonly outcome: Outcome }
  | { readonly asked: unknown };

/** The ports that every use case around STS needs, which write down their calls. */
export function issuePorts(
  configuration: Configuration,
  failing: { readonly at?: 'intent' | 'outcome' } = {},
) {
  const calls: Recorded[] = [];
  const record = async (call: Recorded) => {
    calls.push(call);
    if (failing.at !== undefined && failing.at in call) throw new Error('the audit cannot be written');
  };
  const ports: IssuePorts = {
    configuration,
    admission: openAdmission,
    issuances: {
      recordDenial: (denial) => record({ denial }),
      recordIntent: (intent) => record({ intent }),
      recordOutcome: (_intent, outcome) => record({ outcome }),
    },
    proofs: { consume: async () => true },
    now: () => nowMs,
    newId: () => '01KDVDPJ000000000000000000',
    newNonce: () => 'nonce',
  };
  return { ports, calls, steps: () => calls.map((call) => Object.keys(call)[0]) };
}

/** What a use case refuses with. */
export async function refusalOf(asking: Promise<unknown>): Promise<BrokerError> {
  try {
    await asking;
  } catch (error) {
    if (error instanceof BrokerError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

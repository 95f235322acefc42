import type { Configuration } from '../configuration.ts';
import { VersionConflictError } from '../errors.ts';
import { applyVerification, type VerificationContext } from './apply-verification.ts';
import { asksAlike } from './change-integration.ts';
import type { Integration, Verification } from './integration.ts';
import type { Caller } from './integration-authority.ts';
import { type IntegrationVersions, toConflict } from './integration-versions.ts';

export interface RecordedVerification {
  /** The integration as it was when the probes began. */
  readonly basis: Integration;
  readonly verification: Verification;
  /** Who asked for it; absent: the schedule. */
  readonly caller?: Caller;
}

/** Changes that may come between before a verification is given up: whoever makes so many is at work on it. */
const maxAttempts = 3;

/**
 * Writes down what a verification saw, and what follows. A change that came between does not lose it, as long as it is
 * still about the same request and the same ExternalId. Whether the caller may verify is decided before any probe.
 *
 * @throws VersionConflictError where the integration is another one by now: it is to be verified again
 */
export function createRecordVerification(ports: {
  readonly configuration: Pick<Configuration, 'integrations'>;
  readonly versions: IntegrationVersions;
  readonly now: () => number;
}): (seen: RecordedVerification) => Promise<Integration> {
  const { configuration, versions, now } = ports;
  const { graceSeconds = 0, drift = 'suspend' } = configuration.integrations ?? {};

  const toContext = ({ caller }: RecordedVerification): VerificationContext => ({
    ...{ nowMs: now(), graceSeconds },
    ...(caller === undefined ? { drift } : {}),
  });

  return async (seen) => {
    const { basis, verification, caller } = seen;
    for (let attempt = 1; ; attempt += 1) {
      const { integration: newest } = await versions.find(basis.name);
      if (!isStillTrue(newest, seen)) throw toConflict('the integration was changed while it was verified');
      const after = applyVerification(newest, verification, toContext(seen));
      const request = { operation: 'verify', ...(caller === undefined ? {} : { caller }) } as const;
      try {
        return await versions.append(newest, after, request);
      } catch (error) {
        if (attempt === maxAttempts || !(error instanceof VersionConflictError)) throw error;
      }
    }
  };
}

/** Whether what was seen still says something of the integration, and nothing newer was seen since. */
function isStillTrue(newest: Integration, { basis, verification }: RecordedVerification): boolean {
  const { proved = 'current' } = verification;
  return (
    asksAlike(newest, basis) &&
    newest.externalIds[proved] === basis.externalIds[proved] &&
    (newest.verification === undefined || newest.verification.at <= verification.at) &&
    // What was resumed meanwhile is proven anew; that it failed may be said of it all the same.
    (verification.result !== 'PASSED' || newest.state === basis.state)
  );
}

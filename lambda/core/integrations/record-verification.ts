import type { Configuration } from '../configuration.ts';
import { VersionConflictError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { applyVerification, isDangerous, type VerificationContext } from './apply-verification.ts';
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
 * still about the same request and the same ExternalId; nor does anything lose a danger that was seen in the same role.
 * Whether the caller may verify is decided before any probe.
 *
 * @throws VersionConflictError where the integration is another one by now: it is to be verified again
 */
export function createRecordVerification(ports: {
  readonly configuration: Pick<Configuration, 'integrations'>;
  readonly versions: IntegrationVersions;
  readonly logger: Logger;
  readonly now: () => number;
}): (seen: RecordedVerification) => Promise<Integration> {
  const { configuration, versions, logger, now } = ports;
  const { graceSeconds = 0, drift = 'suspend' } = configuration.integrations ?? {};

  const toContext = ({ caller }: RecordedVerification): VerificationContext => ({
    ...{ nowMs: now(), graceSeconds, drift },
    isScheduled: caller === undefined,
  });

  return async (seen) => {
    const { basis, verification, caller } = seen;
    for (let attempt = 1; ; attempt += 1) {
      const { integration: newest } = await versions.find(basis.name);
      if (!isStillTrue(newest, seen))
        throw toConflict(
          'the integration was changed, or verified by a later look, while this one was under way',
        );
      const after = applyVerification(newest, verification, toContext(seen));
      const request = { operation: 'verify', ...(caller === undefined ? {} : { caller }) } as const;
      try {
        const kept = await versions.append(newest, after, request);
        logTransition(newest, kept, logger);
        return kept;
      } catch (error) {
        if (attempt === maxAttempts || !(error instanceof VersionConflictError)) throw error;
      }
    }
  };
}

/** Whether what was seen still says something of the integration, and nothing newer was seen since. */
function isStillTrue(newest: Integration, { basis, verification }: RecordedVerification): boolean {
  const { proved = 'current' } = verification;
  if (isDangerous(verification)) return isOfSameRole(newest, basis);
  return (
    verification.version === basis.version &&
    asksAlike(newest, basis) &&
    newest.externalIds[proved] === basis.externalIds[proved] &&
    (newest.verification === undefined || newest.verification.at <= verification.at) &&
    // The prober reads by itself what it asks for: what was changed, or suspended, and changed back in between may have
    // been asked otherwise. That it failed may be said of it all the same.
    (verification.result !== 'PASSED' || newest.version === basis.version)
  );
}

/**
 * An id is never used again and another role takes another one: where one of its ids is still in use, so is the role, and
 * was in between.
 */
const isOfSameRole = (newest: Integration, { roleArn, externalIds: { current, next } }: Integration) =>
  newest.roleArn === roleArn &&
  (newest.externalIds.current === current || newest.externalIds.current === next);

/** Its message is what a metric counts, and its name stays as it is. */
function logTransition(before: Integration, { state, verification }: Integration, logger: Logger): void {
  const findings = verification?.findings ?? [];
  const isOpen = verification !== undefined && isDangerous(verification);
  const wasLost = before.state === 'VERIFIED' && (state === 'FAILED' || state === 'SUSPENDED');
  const fields = {
    integration: before.name,
    findings: findings.map(({ code }) => code),
    state,
  };
  if (wasLost && isOpen) logger.error('integration drift', fields);
  else if (wasLost) logger.warn('integration no longer works', fields);
}

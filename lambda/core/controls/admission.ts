import type { Configuration } from '../configuration.ts';
import { TooManyAttemptsError } from '../errors.ts';
import type { Principal } from '../principal.ts';
import { toSourceIdentity } from '../source-identity.ts';
import type { QuotaRegister, SuspendedTarget, SuspensionReader } from './control-ports.ts';
import { type SuspendableRequest, toTargets } from './suspension.ts';

/** Stands before everything that writes a row or calls STS. */
export interface Admission {
  /**
   * Counts an attempt, and looks for what is suspended: one write and one read, at the same time.
   *
   * @returns what of this request is suspended, and so denied; none where nothing is
   * @throws TooManyAttemptsError, ControlsUnavailableError: nothing is written down then
   */
  admit(principal: Principal, asked: SuspendableRequest): Promise<readonly SuspendedTarget[]>;
  /** Counts an attempt alone. @throws as `admit` does */
  count(principal: Principal): Promise<void>;
  /** Whether the principal, its issuer or its own integration is suspended: where that of everything is not meant. @throws ControlsUnavailableError */
  findOwn(principal: Principal): Promise<readonly SuspendedTarget[]>;
}

export function createAdmission({
  configuration,
  quotas,
  suspensions,
  now,
}: {
  readonly configuration: Pick<Configuration, 'limits'>;
  readonly quotas: QuotaRegister;
  readonly suspensions: SuspensionReader;
  /** Epoch milliseconds. */
  readonly now: () => number;
}): Admission {
  const { attemptsPerMinute: limit } = configuration.limits;

  const count = async (principal: Principal): Promise<void> => {
    const seconds = Math.floor(now() / 1000);
    const minute = Math.floor(seconds / 60);
    if (await quotas.count({ principalId: toSourceIdentity(principal), minute, limit })) return;
    throw new TooManyAttemptsError(
      `there were ${limit} attempts of yours in this minute, as many as a principal may make, refused ones included; nothing was issued or written down`,
      { retryAfterSeconds: 60 - (seconds % 60) },
    );
  };

  return {
    count,
    admit: async (principal, asked) => {
      const [suspended] = await Promise.all([
        suspensions.findSuspended(toTargets(principal, asked)),
        count(principal),
      ]);
      return suspended;
    },
    findOwn: (principal) =>
      suspensions.findSuspended(toTargets(principal).filter(({ kind }) => kind !== 'everything')),
  };
}

import type { Configuration } from '../configuration.ts';
import { TooManyAttemptsError } from '../errors.ts';
import type { ProofRegister } from '../ports.ts';
import type { Principal } from '../principal.ts';
import { toSourceIdentity } from '../source-identity.ts';
import type { QuotaRegister, SuspendedTarget, SuspensionReader } from './control-ports.ts';
import { type SuspendableRequest, toTargets } from './suspension.ts';

/** Stands before everything that writes a row or calls STS. */
export interface Admission {
  /**
   * Counts an attempt, and looks for what is suspended: one write and one read, at the same time; for a proof that is good
   * once another read before the write.
   *
   * @returns what of this request is suspended, and so denied; none where nothing is
   * @throws TooManyAttemptsError, ControlsUnavailableError, ProofRegisterUnavailableError: nothing is written down then
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
  proofs,
  now,
}: {
  readonly configuration: Pick<Configuration, 'limits'>;
  readonly quotas: QuotaRegister;
  readonly suspensions: SuspensionReader;
  /** @default a proof that is good once counts as if it had been used: where none is ever taken */
  readonly proofs?: Pick<ProofRegister, 'isConsumed'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}): Admission {
  const { attemptsPerMinute: limit } = configuration.limits;

  /** Whoever has a proof that was used can't spend with it what its owner may ask for; it is counted all the same. */
  const toCounted = async (principal: Principal): Promise<string> => {
    const { proofId } = principal;
    const isSpent = proofId !== undefined && ((await proofs?.isConsumed(proofId)) ?? true);
    // No source identity holds a slash.
    return isSpent ? `${toSourceIdentity(principal)}/used` : toSourceIdentity(principal);
  };

  const count = async (principal: Principal): Promise<void> => {
    const principalId = await toCounted(principal);
    const seconds = Math.floor(now() / 1000);
    const minute = Math.floor(seconds / 60);
    if (await quotas.count({ principalId, minute, limit })) return;
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

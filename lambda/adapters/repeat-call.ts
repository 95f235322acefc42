import { ControlsUnavailableError } from '../core/errors.ts';
import { toErrorDetail } from './error-detail.ts';

export interface RepeatPorts {
  /** Resolves after that many milliseconds. */
  readonly pause: (ms: number) => Promise<unknown>;
}

/** Three attempts in two seconds, everything included: as the audit's writes have. */
const totalTimeoutMs = 2000;
const attemptTimeoutMs = 900;
const pausesMs = [0, 50, 100];

/**
 * Makes a call of the control tables that may be repeated.
 *
 * @throws ControlsUnavailableError when no attempt was answered
 */
export async function repeatCall<Answer>(
  call: (signal: AbortSignal) => Promise<Answer>,
  { pause }: RepeatPorts,
): Promise<Answer> {
  const deadline = AbortSignal.timeout(totalTimeoutMs);
  let cause: unknown;
  for (const pauseMs of pausesMs) {
    await pause(pauseMs);
    try {
      return await call(AbortSignal.any([deadline, AbortSignal.timeout(attemptTimeoutMs)]));
    } catch (error) {
      cause = error;
    }
    if (deadline.aborted) break;
  }
  throw toControlsUnavailable(cause);
}

export const toControlsUnavailable = (cause: unknown): ControlsUnavailableError =>
  new ControlsUnavailableError(
    'what is suspended and how often you asked cannot be found out, so nothing was done; try again shortly',
    { cause, detail: toErrorDetail(cause), retryAfterSeconds: 5 },
  );

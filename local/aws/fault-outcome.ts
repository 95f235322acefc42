import { setTimeout as delay } from 'node:timers/promises';
import type { Fault, FaultKind } from '../faults.ts';
import type { Answer, Outcome } from './exchange.ts';

export interface FaultyCall {
  /** Does what was asked. */
  readonly process: () => Promise<Answer>;
  /** The service's own way to refuse for this reason. */
  readonly refuse: (kind: Extract<FaultKind, 'throttle' | '500' | 'accessdenied' | 'conditional'>) => Answer;
  /** The beginning of an answer that breaks off, in the service's format. */
  readonly garbage: string;
  readonly contentType: string;
  /** Aborted when the embedded AWS closes: what is still delayed is broken off, not processed. */
  readonly closing: AbortSignal;
}

/** Carries a call out with the fault that it meets, if any. */
export async function meetFault(fault: Fault | undefined, call: FaultyCall): Promise<Outcome> {
  switch (fault?.kind) {
    case undefined:
      return toOutcome(await call.process());
    case 'throttle':
    case '500':
    case 'accessdenied':
    case 'conditional':
      return toOutcome(call.refuse(fault.kind));
    case 'reset':
      return { kind: 'reset' };
    case 'lost':
      await call.process();
      return { kind: 'reset' };
    case 'timeout':
      return { kind: 'hang', holdMs: fault.delayMs ?? 60_000 };
    case 'slow':
      return (await waits(fault.delayMs ?? 1000, call.closing))
        ? toOutcome(await call.process())
        : { kind: 'reset' };
    case 'malformed':
      return toOutcome(success(call, call.garbage));
    case 'empty':
      return toOutcome(success(call, ''));
  }
}

const waits = (milliseconds: number, signal: AbortSignal): Promise<boolean> =>
  delay(milliseconds, true, { ref: false, signal }).catch(() => false);

const success = ({ contentType }: FaultyCall, body: string): Answer => ({
  status: 200,
  headers: { 'content-type': contentType },
  body,
});

const toOutcome = (answer: Answer): Outcome => ({ kind: 'answer', answer });

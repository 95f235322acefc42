import type { BrokerEvent } from './event-schemas.ts';

/** Takes events, in order. */
export interface EventBus {
  /** Never rejects: what was not taken may be handed over again. */
  put(events: readonly BrokerEvent[]): Promise<Taken>;
}

export interface Taken {
  /** How many from the beginning were taken for certain. */
  readonly count: number;
  /** Why the next one was not; absent where all were. */
  readonly failure?: { readonly errorCode: string };
}

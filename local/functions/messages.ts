/** What the runner and the worker tell each other. Events and results travel as JSON, as they do to Lambda. */
export interface WorkerData {
  /** URL of the module that exports `handler`. */
  readonly module: string;
}

export interface Invocation {
  readonly id: string;
  readonly event: string;
  /** The alias that it was invoked by. @default none */
  readonly qualifier?: string;
}

export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'result'; readonly id: string; readonly result: string }
  | {
      readonly kind: 'error';
      readonly id: string;
      readonly errorType: string;
      readonly errorMessage: string;
    };

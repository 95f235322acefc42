/** What a JSON body may have. */
export interface BodyLimits {
  readonly bytes: number;
  readonly depth: number;
  /** All together, at whatever depth. */
  readonly keys: number;
}

/** Checked before anything is parsed: a few bytes of JSON can be many nodes. */
export const bodyLimits = { bytes: 16_384, depth: 8, keys: 64 } as const satisfies BodyLimits;

/** Of a body whose parts are policies and keys: each statement has keys of its own. */
export const documentLimits = { ...bodyLimits, depth: 12, keys: 512 } as const satisfies BodyLimits;

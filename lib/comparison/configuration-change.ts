/**
 * What a difference does to what callers can have. `changes`: neither more nor less, or both, or nobody can tell from
 * the configuration alone.
 */
export type ChangeEffect = 'grants' | 'takes-away' | 'changes';

/** One difference between two versions of something. */
export interface Difference {
  readonly effect: ChangeEffect;
  /** In words, of one line. */
  readonly text: string;
}

/** One difference between two configurations. */
export interface ConfigurationChange extends Difference {
  /** What it is a part of, such as `profile ci-deploy` or `audit`. */
  readonly subject: string;
}

export const grants = (text: string): Difference => ({ effect: 'grants', text });
export const takesAway = (text: string): Difference => ({ effect: 'takes-away', text });
export const changes = (text: string): Difference => ({ effect: 'changes', text });

import type { EndedSessions } from './revocation.ts';

/** Puts policies onto roles that end sessions, and takes them off again. */
export interface Revoker {
  apply(policy: AppliedPolicy): Promise<RevokerAnswer>;
  /** Also where there is none any more. */
  remove(policy: Pick<AppliedPolicy, 'roleArn' | 'policyName'>): Promise<RevokerAnswer>;
}

export interface AppliedPolicy {
  readonly roleArn: string;
  readonly policyName: string;
  readonly ends: readonly EndedSessions[];
}

/** `isCertain`: nothing was done. Otherwise perhaps. */
export type RevokerAnswer =
  | { readonly state: 'DONE' }
  | { readonly state: 'FAILED'; readonly isCertain: boolean; readonly detail: string };

import type { ControlActor } from './suspension.ts';

/** Which sessions of a role or user a statement denies everything: those that all of its members fit. */
export interface EndedSessions {
  /** Patterns of `aws:userid`, of which one has to fit. */
  readonly userIds?: readonly string[];
  readonly sourceIdentity?: string;
  /** ISO 8601 in whole seconds, as `aws:TokenIssueTime` is; inclusive. */
  readonly issuedFrom?: string;
  /** The same; exclusive. */
  readonly issuedBefore?: string;
}

/** Whose policies a session's permissions are made from. */
export interface PolicyHolder {
  readonly type: 'role' | 'user';
  readonly arn: string;
}

/**
 * `PRINTED`: somebody else applies it, nobody has tried here. `APPLYING`: it may be there. `FAILED`: it is not there, and `detail` says why.
 * `LEFT`: it could not be taken off for a week; nobody tries any more.
 */
export const policyStates = ['PRINTED', 'APPLYING', 'APPLIED', 'FAILED', 'REMOVED', 'LEFT'] as const;

export interface RevocationPolicy {
  readonly holder: PolicyHolder;
  readonly policyName: string;
  /** One statement for each. */
  readonly ends: readonly EndedSessions[];
  /** ISO 8601: when all that it ends has expired by itself. */
  readonly removableAt: string;
  readonly state: (typeof policyStates)[number];
  readonly detail?: string;
}

/** What is ended. */
export type RevocationScope =
  | { readonly kind: 'issuance'; readonly issuanceId: string }
  /** `before`: ISO 8601. */
  | { readonly kind: 'principal'; readonly issuer: string; readonly subject: string; readonly before: string }
  | { readonly kind: 'role'; readonly roleArn: string; readonly before: string };

/** Somebody's asking for it. */
export interface RevocationChange {
  /** From 1. */
  readonly version: number;
  readonly reason: string;
  readonly by: ControlActor;
  /** ISO 8601, with milliseconds. */
  readonly at: string;
  readonly gatewayRequestId: string;
}

export interface Revocation extends RevocationChange {
  /** The issuance's, or a ULID of its own. */
  readonly id: string;
  readonly scope: RevocationScope;
  /** Who asked for the same before, newest first; at most `maxHistory`. */
  readonly history: readonly RevocationChange[];
  readonly policies: readonly RevocationPolicy[];
  /** Epoch seconds after which it is deleted, once nothing has to be taken off any more. */
  readonly expiresAtSeconds: number;
}

/** Whether it may stand on a role, put there by Daypass. */
export const mayBeThere = ({ state }: RevocationPolicy): boolean =>
  state === 'APPLYING' || state === 'APPLIED';

/** When the first of those can be taken off again; `undefined` where none is there. */
export const findRemoveAfter = ({ policies }: Revocation): string | undefined =>
  policies
    .filter(mayBeThere)
    .map(({ removableAt }) => removableAt)
    .sort()[0];

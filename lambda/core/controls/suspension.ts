import type { Principal } from '../principal.ts';
import { toPrincipalId } from '../principal-id.ts';

/** What can be suspended here, in any region. A route of its own changes an integration's state, in the primary one. */
export type SuspensionTarget =
  | { readonly kind: 'everything' }
  | { readonly kind: 'principal'; readonly issuer: string; readonly subject: string }
  | { readonly kind: 'profile'; readonly name: string }
  | { readonly kind: 'issuer'; readonly name: string }
  | { readonly kind: 'integration'; readonly name: string };

export const suspensionKinds = ['everything', 'principal', 'profile', 'issuer', 'integration'] as const;

export const suspensionStates = ['SUSPENDED', 'LIFTED'] as const;

export type SuspensionState = (typeof suspensionStates)[number];

/** Who did it, once proven. */
export interface ControlActor {
  readonly issuer: string;
  readonly subject: string;
  /** Of a role session under `/iam/v1`. */
  readonly sessionName?: string;
}

/** One change of a suspension. */
export interface SuspensionChange {
  readonly state: SuspensionState;
  readonly reason: string;
  readonly by: ControlActor;
  /** ISO 8601, with milliseconds. */
  readonly at: string;
  readonly gatewayRequestId: string;
}

/** What is suspended, or was: the newest change, and those before it. */
export interface Suspension extends SuspensionChange {
  readonly target: SuspensionTarget;
  /** From 1. */
  readonly version: number;
  /** The changes before, newest first; at most `maxHistory`. */
  readonly history: readonly SuspensionChange[];
}

export const maxHistory = 20;

/**
 * The key of the table, and with `#` as `.` the id in paths. A principal stands there by a digest, so that every id goes
 * into a path as it is.
 */
export function toTargetKey(target: SuspensionTarget): string {
  switch (target.kind) {
    case 'everything':
      return 'everything';
    case 'principal':
      return `principal#${toPrincipalId(target)}`;
    case 'profile':
    case 'issuer':
    case 'integration':
      return `${target.kind}#${target.name}`;
  }
}

export const toSuspensionId = (target: SuspensionTarget): string => toTargetKey(target).replace('#', '.');

const suspensionId =
  /^(?:everything|principal\.[\w-]{43}|profile\.[a-z0-9-]{1,63}|(?:issuer|integration)\.[a-z0-9-]{1,24})$/;

/** The key that an id stands for; `undefined` for what can be none. */
export const findTargetKey = (id: string): string | undefined =>
  suspensionId.test(id) ? id.replace('.', '#') : undefined;

/** What is asked for, as far as it can be suspended. */
export interface SuspendableRequest {
  readonly profile?: string;
  readonly integration?: string;
}

/** What a request can be suspended by. Each once: DynamoDB refuses a batch that names a key twice. */
export function toTargets(
  { issuer, subject, integration: own }: Pick<Principal, 'issuer' | 'subject' | 'integration'>,
  { profile, integration }: SuspendableRequest = {},
): readonly SuspensionTarget[] {
  // A third party with keys of its own is the issuer of the integration's name.
  const integrations = new Set([own === undefined ? undefined : issuer, integration]);
  return [
    { kind: 'everything' },
    { kind: 'principal', issuer, subject },
    { kind: 'issuer', name: issuer },
    ...(profile === undefined ? [] : [{ kind: 'profile', name: profile } as const]),
    ...[...integrations].flatMap((name) =>
      name === undefined ? [] : [{ kind: 'integration', name } as const],
    ),
  ];
}

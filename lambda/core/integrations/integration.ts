import type { JsonWebKeySet } from '../configuration.ts';

/** A third party's role, who may use it, and the ExternalId that only the two of us know it by. */
export interface Integration {
  /** Its id in paths, and the issuer of its own tokens: 1–24 characters of a–z, 0–9 and -. Never given again. */
  readonly name: string;
  /** From 1: each change makes the next. The ETag. */
  readonly version: number;
  readonly description: string;
  readonly owner: string;
  readonly requestAccessUrl?: string;
  /** The role in the third party's account. Never of the broker's own account or organization. */
  readonly roleArn: string;
  /** Statements as in a profile's trust, as they were written: checked when they are, compiled when they are used. */
  readonly trust: readonly Readonly<Record<string, unknown>>[];
  readonly duration: { readonly defaultSeconds: number; readonly maxSeconds: number };
  /** As a profile's: may hold `${claims:<name>}` and `${daypass:<key>}`. */
  readonly sessionPolicy?: Readonly<Record<string, unknown>>;
  readonly sessionTags: Readonly<Record<string, string>>;
  readonly setSourceIdentity: boolean;
  readonly state: IntegrationState;
  readonly externalIds: ExternalIds;
  /** What the last verification saw; absent before the first. */
  readonly verification?: Verification;
  /** Time of the last verification that passed (ISO 8601), by which one that nobody could look at since is found. */
  readonly provenAt?: string;
  /** Of a third party that calls Daypass itself: at most two at once, so that one can take over from the other. */
  readonly jwks?: JsonWebKeySet;
  readonly suspension?: Suspension;
}

/**
 * `CREATED`: nothing is proven. `VERIFIED`: the role enforces the ExternalId; the only state that issues. `FAILED`: it
 * did not at the last look. `SUSPENDED`: by somebody, or by the schedule. `DELETED`: the name and its ids stay taken.
 */
export const integrationStates = ['CREATED', 'VERIFIED', 'FAILED', 'SUSPENDED', 'DELETED'] as const;

export type IntegrationState = (typeof integrationStates)[number];

/** Each of 128 random bits. Nothing of it comes from a request, and none is ever used again. */
export interface ExternalIds {
  /** What is issued with. */
  readonly current: string;
  /** Of a rotation: waits to be proven, and becomes the current one then. */
  readonly next?: string;
  /** Those before, oldest first, until the role was seen to refuse them; absent where there are none. */
  readonly previous?: readonly PreviousExternalId[];
}

/** An id that was in the role's trust policy, or may have been: the onboarding kit had shown it. */
export interface PreviousExternalId {
  readonly value: string;
  /** ISO 8601: from then on the role must refuse it. */
  readonly acceptedUntil: string;
}

/** Each is asked for in every verification. */
export const maxPreviousExternalIds = 3;

export interface Suspension {
  /** ISO 8601. */
  readonly at: string;
  /** `<issuer>.<subject>` or `daypass`, for the schedule. */
  readonly by: string;
  /** Shown to the third party. */
  readonly reason: string;
}

export interface Verification {
  /** ISO 8601. */
  readonly at: string;
  /** Of the integration that was probed. */
  readonly version: number;
  /** Of the intent rows of its probes, in order. */
  readonly issuanceIds: readonly string[];
  readonly result: 'PASSED' | 'FAILED' | 'INCONCLUSIVE';
  /** Which of the integration's ids was the right one: `next` during a rotation. @default current */
  readonly proved?: 'current' | 'next';
  readonly probes: readonly ProbeResult[];
  readonly findings: readonly Finding[];
}

/** How a probe asks for the role. */
export const probeKinds = [
  /** With the id that the role shall accept, as a real issuance would; asked again when it is refused. */
  'right-id',
  /** With that id, but without the source identity that an issuance sets: asked once `right-id` is refused. */
  'right-id-without-source-identity',
  /** With that id, but without session tags: asked once `right-id` is refused. */
  'right-id-without-session-tags',
  /** With that id and neither of the two. */
  'right-id-bare',
  /** With an id that the role accepts, for the longest time that the integration allows. */
  'longest-session',
  /** With an id of the integration's, one character changed. */
  'changed-id',
  /** With one twice over: every pattern with a `*` that takes the id takes this as well. */
  'repeated-id',
  /** With a fresh random id, which belongs to nobody: never another integration's. */
  'random-id',
  /** With the right id, by the prober's own role: what it is refused otherwise proves nothing of whom nobody lets in. */
  'prober-right-id',
  /** Without any, by the prober's own role. */
  'no-id',
  /** With an id of the integration's, by a role of the broker's account that the trust policy does not name. */
  'stranger',
  /** During a rotation: with the id that is issued with meanwhile. */
  'current-id',
  /** With an id before a rotation, once its grace period is over. */
  'previous-id',
  /** As `right-id`, after all the others: what was refused meanwhile was not refused for another reason. */
  'right-id-again',
] as const;

export type ProbeKind = (typeof probeKinds)[number];

export interface ProbeResult {
  readonly kind: ProbeKind;
  readonly wanted: 'accepted' | 'refused';
  /** `inconclusive`: throttled, lost, or refused for a reason that says nothing of the id. */
  readonly seen: 'accepted' | 'refused' | 'inconclusive';
  /** STS's error code, where it gave one. */
  readonly errorCode?: string;
  /** Why it is inconclusive. */
  readonly because?: (typeof inconclusiveReasons)[number];
}

export const inconclusiveReasons = [
  /** Refused, by a policy that is not the role's: an organization's, or of an endpoint. */
  'another-policy',
  /** Refused, by the policies of the broker's own roles. */
  'own-policy',
  'throttled',
  /** Lost, late or unreadable. */
  'no-answer',
  /** The time was up, or STS had throttled a probe before it. */
  'not-asked',
  'other-error',
] as const;

export const findingCodes = [
  'external-id-not-enforced',
  'previous-external-id-accepted',
  'current-external-id-refused',
  'next-external-id-refused',
  'role-does-not-trust-the-broker',
  'issuer-not-trusted',
  'prober-not-trusted',
  'source-identity-not-allowed',
  'session-tags-not-allowed',
  'wildcard-principal',
  'session-too-long',
  'inconclusive',
] as const;

/** What is wrong with the role, and what its owner changes there. No ExternalId is in it. */
export interface Finding {
  readonly code: (typeof findingCodes)[number];
  readonly severity: 'danger' | 'error' | 'warning';
  readonly message: string;
  /** What to change. */
  readonly remedy: string;
}

/** One version, as it is kept: the whole integration after a change, and who made it. Never changed, never deleted. */
export interface IntegrationVersion {
  readonly integration: Integration;
  readonly change: IntegrationChange;
}

export const changeOperations = [
  'create',
  'update',
  'suspend',
  'resume',
  'delete',
  'verify',
  'rotate-external-id',
  'retire-external-id',
  'rotate-keys',
] as const;

export interface IntegrationChange {
  readonly operation: (typeof changeOperations)[number];
  /** ISO 8601, with milliseconds. */
  readonly at: string;
  /** Absent: the schedule. */
  readonly principal?: { readonly issuer: string; readonly subject: string; readonly sessionName?: string };
  readonly reason?: string;
  readonly sourceIp?: string;
  readonly gatewayRequestId?: string;
  /** Random: tells a write of our own, whose answer was lost, from anybody else's. Never shown. */
  readonly nonce: string;
}

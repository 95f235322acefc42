import { combineSessionPolicies, type PolicyDocument } from './caller-session-policy.ts';
import { type Configuration, givesTokens, isEnforced, type Profile, toRoleArns } from './configuration.ts';
import type { AllowDecision } from './decide-issuance.ts';
import {
  ConsoleNotOfferedError,
  CredentialsNotOfferedError,
  DurationOutOfRangeError,
  ReasonRequiredError,
  SessionTagNotAcceptedError,
  SessionTooLargeError,
} from './errors.ts';
import type { Attempt, Intent } from './issuance.ts';
import { sha256 } from './sha256.ts';
import { toSourceIdentity } from './source-identity.ts';
import { durationLimits, stsLimits } from './sts-limits.ts';

/** What a caller may say beside the profile's name: each can only narrow. */
export interface NarrowingRequest {
  readonly durationSeconds?: number;
  readonly reason?: string;
  readonly sessionTags?: Readonly<Record<string, string>>;
  /** In which `findPolicyProblems` found none. */
  readonly sessionPolicy?: PolicyDocument;
}

/** An intent of credentials. */
export type SessionIntent = Intent & Required<Pick<Intent, 'mechanism' | 'durationSeconds'>>;

/** What every mechanism makes of a decision; most give it a name then. */
export interface PlannedSession {
  readonly intent: SessionIntent;
  /** JSON, whose digest is in the intent. */
  readonly sessionPolicy?: string;
}

/**
 * @throws CredentialsNotOfferedError, ConsoleNotOfferedError, DurationOutOfRangeError, ReasonRequiredError, SessionTagNotAcceptedError, SessionPolicyNotAcceptedError,
 * SessionTooLargeError: each says what is allowed. The caller may have the profile, so it may know its limits.
 */
export function planSession(
  decision: AllowDecision,
  attempt: Attempt,
  narrowing: NarrowingRequest,
): PlannedSession {
  const { profile } = decision;
  const contact = toContact(profile);
  const told = { called: toCalled(profile, attempt), contact };
  requireOffered(profile, attempt, contact);
  requireReason(profile, narrowing, contact);
  requireDuration(profile, narrowing, told);
  const sessionTags = { ...decision.sessionTags, ...requireAcceptedTags(profile, narrowing, told) };
  const policies = { profile, own: decision.sessionPolicy, callers: narrowing.sessionPolicy };
  const sessionPolicy = combineSessionPolicies(policies, told);
  requirePolicySize(profile, sessionPolicy, told);

  const intent: SessionIntent = {
    ...attempt,
    mechanism: profile.mechanism,
    ...(isEnforced(profile) ? {} : { enforcement: 'recorded' }),
    roleArns: toRoleArns(profile),
    ...(profile.setSourceIdentity ? { sourceIdentity: toSourceIdentity(attempt.principal) } : {}),
    durationSeconds: narrowing.durationSeconds ?? profile.duration.defaultSeconds,
    sessionTags,
    transitiveTagKeys: profile.transitiveTagKeys.filter((key) => Object.hasOwn(sessionTags, key)),
    ...(sessionPolicy === undefined ? {} : { sessionPolicySha256: sha256(sessionPolicy).toString('hex') }),
    managedPolicyArns: profile.managedPolicyArns,
    statement: decision.statement,
  };
  return { intent, ...(sessionPolicy === undefined ? {} : { sessionPolicy }) };
}

/** What a refusal says of what was asked for. */
export interface RefusalWords {
  /** `profile <name>` or `integration <name>`. */
  readonly called: string;
  readonly contact: ErrorContact;
}

const toCalled = ({ name }: Profile, { integration }: Attempt) =>
  integration === undefined ? `profile ${name}` : `integration ${integration}`;

/** Members of the problem document that say whom to ask. */
export interface ErrorContact {
  readonly extensions: Readonly<Record<string, unknown>>;
}

/** Whom the caller of a profile that it may use asks about it; the deployment's own, where there is no profile. */
export const toContact = ({
  owner,
  requestAccessUrl,
}: Profile | Pick<Configuration, 'owner' | 'requestAccessUrl'>): ErrorContact => ({
  extensions: { owner, ...(requestAccessUrl === undefined ? {} : { requestAccessUrl }) },
});

/**
 * Whoever held the session itself could have AWS sign tokens for any audience, with any tags, and without a row: a profile
 * of such tokens gives nothing else.
 */
function requireOffered(profile: Profile, { purpose }: Attempt, contact: ErrorContact): void {
  if (givesTokens(profile)) {
    throw new CredentialsNotOfferedError(
      `profile ${profile.name} gives web identity tokens and no credentials; POST /v1/profiles/${profile.name}/web-identity-token gives one`,
      contact,
    );
  }
  if (purpose !== 'console' || profile.console) return;
  throw new ConsoleNotOfferedError(
    `profile ${profile.name} gives no console links; POST /v1/profiles/${profile.name}/credentials gives its credentials`,
    contact,
  );
}

export function requireReason(profile: Profile, { reason }: NarrowingRequest, contact: ErrorContact): void {
  if (!profile.reasonRequired || reason !== undefined) return;
  throw new ReasonRequiredError(
    `profile ${profile.name} is issued with a reason only; send {"reason": "<1–256 printable characters>"}`,
    contact,
  );
}

function requireDuration(
  { mechanism, duration }: Profile,
  { durationSeconds }: NarrowingRequest,
  { called, contact }: RefusalWords,
): void {
  const { min } = durationLimits[mechanism];
  if (durationSeconds === undefined || (durationSeconds >= min && durationSeconds <= duration.maxSeconds))
    return;
  throw new DurationOutOfRangeError(
    `durationSeconds is ${durationSeconds}; ${called} gives ${min}–${duration.maxSeconds}, and ${duration.defaultSeconds} when it is left out`,
    contact,
  );
}

function requireAcceptedTags(
  { acceptedTagKeys }: Profile,
  { sessionTags = {} }: NarrowingRequest,
  { called, contact }: RefusalWords,
) {
  for (const key of Object.keys(sessionTags)) {
    if (acceptedTagKeys.includes(key)) continue;
    const allowed = acceptedTagKeys.length === 0 ? 'none' : acceptedTagKeys.join(', ');
    throw new SessionTagNotAcceptedError(
      `${called} does not accept that session tag from a caller; it accepts: ${allowed}`,
      contact,
    );
  }
  return sessionTags;
}

function requirePolicySize(
  { managedPolicyArns }: Profile,
  sessionPolicy: string | undefined,
  { called, contact }: RefusalWords,
): void {
  const characters = toPolicyCharacters(sessionPolicy, managedPolicyArns);
  if (characters <= stsLimits.maxPolicyCharacters) return;
  throw new SessionTooLargeError(
    `the session policy of ${called} has ${characters} characters, with your claims and any policy of yours in it; STS takes ${stsLimits.maxPolicyCharacters}`,
    contact,
  );
}

/** As STS counts them: the inline policy and the managed ones' ARNs. */
export const toPolicyCharacters = (sessionPolicy = '', managedPolicyArns: readonly string[] = []): number =>
  sessionPolicy.length + managedPolicyArns.join('').length;

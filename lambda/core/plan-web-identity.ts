import type { WebIdentityProfile } from './configuration.ts';
import { SessionTooLargeError } from './errors.ts';
import { type PlannedSession, type SessionIntent, toContact } from './plan-session.ts';
import type { WebIdentitySession } from './ports.ts';
import { toRoleSessionName } from './role-session-name.ts';
import { stsLimits } from './sts-limits.ts';
import { toWebIdentityClaims } from './web-identity-claims.ts';

export interface WebIdentityPlan {
  readonly mechanism: 'web-identity';
  /** Whether the token is the caller's own. */
  readonly passthrough: boolean;
  readonly intent: SessionIntent;
  readonly sessionPolicy?: string;
  /** Without the token: of Daypass's it is made of the intent once that is written, and a caller's is in no plan. */
  readonly session: WebIdentitySession;
}

/**
 * What STS is asked for beside the token: tags and source identity travel inside of that, where Daypass makes it.
 *
 * @throws SessionTooLargeError when the token would be longer than STS takes
 */
export function planWebIdentity(
  profile: WebIdentityProfile,
  { intent: unnamed, ...planned }: PlannedSession,
): WebIdentityPlan {
  const { mechanism, passthrough, roleArn } = profile;
  const roleSessionName = toRoleSessionName(unnamed, profile);
  const intent = { ...unnamed, roleSessionName };
  if (!passthrough) requireTokenSize(profile, intent);
  const { durationSeconds, managedPolicyArns } = intent;
  const session = { roleArn, roleSessionName, durationSeconds, managedPolicyArns, ...planned };
  return { mechanism, passthrough, intent, ...planned, session };
}

function requireTokenSize(profile: WebIdentityProfile, intent: SessionIntent): void {
  const characters = toLongestToken(toWebIdentityClaims(intent, { issuer: longestUrl }));
  if (characters <= stsLimits.maxWebIdentityToken) return;
  throw new SessionTooLargeError(
    `the session tags of profile ${profile.name} make a token of ${characters} characters, with yours in it; STS takes ${stsLimits.maxWebIdentityToken}`,
    toContact(profile),
  );
}

/** As long as the configuration takes one. */
const longestUrl = 'x'.repeat(512);

/** Characters beside the claims: a header with a key id of 64, and the signature of an RSA key of 4096 bits. */
const framing = 2 + 160 + 683;

const toLongestToken = (claims: object): number =>
  framing + Math.ceil((Buffer.byteLength(JSON.stringify(claims)) * 4) / 3);

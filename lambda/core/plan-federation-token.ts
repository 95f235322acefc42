import type { FederationTokenProfile } from './configuration.ts';
import type { PlannedSession, SessionIntent } from './plan-session.ts';
import type { FederationTokenRequest } from './ports.ts';
import { toIntentDigest, type UnnamedIntent } from './role-session-name.ts';

export interface FederationTokenPlan {
  readonly mechanism: 'federation-token';
  readonly intent: SessionIntent;
  readonly sessionPolicy: string;
  readonly request: FederationTokenRequest;
}

/**
 * What the federator asks for: what is written down is what is sent.
 *
 * @throws TypeError without a session policy, with which the session would have all that the federator has
 */
export function planFederationToken(
  { name: profile, mechanism }: FederationTokenProfile,
  { intent: unnamed, sessionPolicy }: PlannedSession,
): FederationTokenPlan {
  if (sessionPolicy === undefined) throw new TypeError(`profile ${profile} has no session policy`);
  const name = toFederatedUserName(unnamed);
  const intent = { ...unnamed, roleSessionName: name };
  const { durationSeconds, sessionTags } = intent;
  return {
    mechanism,
    intent,
    sessionPolicy,
    request: { name, durationSeconds, sessionPolicy, sessionTags },
  };
}

const digestLength = 5;

/**
 * `<issuance id>-<part of the intent's digest>`, which are the 32 characters that STS takes: the id alone makes it
 * unique, and 30 bits of the digest are left to find out whoever edits the row.
 */
const toFederatedUserName = (intent: UnnamedIntent): string =>
  `${intent.id}-${toIntentDigest(intent).slice(0, digestLength)}`;

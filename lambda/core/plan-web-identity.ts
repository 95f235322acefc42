import type { WebIdentityProfile } from './configuration.ts';
import { SessionTooLargeError } from './errors.ts';
import { type PlannedSession, toContact } from './plan-session.ts';
import type { WebIdentitySession } from './ports.ts';
import { stsLimits } from './sts-limits.ts';
import { toWebIdentityClaims } from './web-identity-claims.ts';

/**
 * What STS is asked for beside the token: tags and source identity travel inside of that.
 *
 * @throws SessionTooLargeError when the token would be longer than STS takes
 */
export function planWebIdentity(
  profile: WebIdentityProfile,
  { intent, sessionPolicy }: PlannedSession,
): WebIdentitySession {
  const { name, roleArn } = profile;
  const characters = toLongestToken(toWebIdentityClaims(intent, { issuer: longestUrl }));
  if (characters > stsLimits.maxWebIdentityToken) {
    throw new SessionTooLargeError(
      `the session tags of profile ${name} make a token of ${characters} characters, with yours in it; STS takes ${stsLimits.maxWebIdentityToken}`,
      toContact(profile),
    );
  }
  const { roleSessionName, durationSeconds, managedPolicyArns } = intent;
  return {
    ...{ roleArn, roleSessionName, durationSeconds, managedPolicyArns },
    ...(sessionPolicy === undefined ? {} : { sessionPolicy }),
  };
}

/** As long as the configuration takes one. */
const longestUrl = 'x'.repeat(512);

/** Characters beside the claims: a header with a key id of 64, and the signature of an RSA key of 4096 bits. */
const framing = 2 + 160 + 683;

const toLongestToken = (claims: object): number =>
  framing + Math.ceil((Buffer.byteLength(JSON.stringify(claims)) * 4) / 3);

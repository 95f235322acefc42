import type { Intent } from './issuance.ts';
import { sha256, toCanonicalJson } from './sha256.ts';
import { toReadable } from './source-identity.ts';

const subjectLength = 20;
const digestLength = 16;

/** All that the session name speaks for. The nonce is the store's own affair. */
export type UnnamedIntent = Omit<Intent, 'roleSessionName' | 'nonce'>;

/**
 * `<part of the subject>-<issuance id>-<digest of the intent>`, at most 64 characters: whoever sees it in CloudTrail
 * has the row's key, and whoever edits the row is found out by CloudTrail.
 */
export function toRoleSessionName(
  intent: UnnamedIntent,
  { subjectInSessionName }: { readonly subjectInSessionName: boolean },
): string {
  const subject = subjectInSessionName ? `${toReadable(intent.principal.subject, subjectLength)}-` : '';
  return `${subject}${intent.id}-${toIntentDigest(intent)}`;
}

/** 96 bits of the SHA-256 of all that the intent says but for its session name, in base64url. */
export function toIntentDigest(intent: UnnamedIntent): string {
  const { id, createdAt, principal, profile, integration, purpose, requestedDurationSeconds, reason } =
    intent;
  const { sourceIp, userAgent, gatewayRequestId, region, expiresAtSeconds, mechanism, enforcement } = intent;
  const { roleArns, sourceIdentity, callerAccessKeyId, targetPrincipal, taskPolicyArn, audiences } = intent;
  const {
    durationSeconds,
    sessionTags,
    transitiveTagKeys,
    sessionPolicySha256,
    managedPolicyArns,
    statement,
  } = intent;
  // Named one by one: a row has further attributes (its outcome, its match), which are none of the intent's.
  const canonical = toCanonicalJson({
    ...{ id, createdAt, principal, profile, integration, purpose, requestedDurationSeconds, reason },
    ...{ sourceIp, userAgent, gatewayRequestId, region, expiresAtSeconds, mechanism, enforcement },
    ...{ roleArns, sourceIdentity, callerAccessKeyId, targetPrincipal, taskPolicyArn, audiences },
    ...{ durationSeconds, sessionTags, transitiveTagKeys, sessionPolicySha256, managedPolicyArns, statement },
  });
  return sha256(canonical).toString('base64url').slice(0, digestLength);
}

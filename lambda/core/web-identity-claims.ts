import type { Intent } from './issuance.ts';
import { sha256 } from './sha256.ts';
import { toBase32, toReadable } from './source-identity.ts';
import { stsLimits } from './sts-limits.ts';

/** What IAM's OIDC provider for this broker must have as its client id. */
export const webIdentityAudience = 'sts.amazonaws.com';

/** Seconds that a token is good for: it is used at once, and by the function that had it signed. */
export const webIdentityLifetimeSeconds = 300;

/**
 * The claims that STS reads of an intent, and no others. Source: IAM guide, "Pass session tags in AWS STS", and
 * "Monitor and control actions taken with assumed roles".
 *
 * @param options.issuer URL of the broker
 */
export function toWebIdentityClaims(
  { id, createdAt, principal, sessionTags, transitiveTagKeys, sourceIdentity }: Intent,
  { issuer }: { readonly issuer: string },
): Readonly<Record<string, unknown>> {
  const iat = Math.floor(Date.parse(createdAt) / 1000);
  const tags = Object.entries(sessionTags);
  return {
    iss: issuer,
    aud: webIdentityAudience,
    sub: toWebIdentitySubject(principal),
    jti: id,
    iat,
    exp: iat + webIdentityLifetimeSeconds,
    ...(tags.length === 0
      ? {}
      : {
          'https://aws.amazon.com/tags': {
            principal_tags: Object.fromEntries(tags.map(([key, value]) => [key, [value]])),
            transitive_tag_keys: transitiveTagKeys,
          },
        }),
    ...(sourceIdentity === undefined ? {} : { 'https://aws.amazon.com/source_identity': sourceIdentity }),
  };
}

/** Characters of the hash: 130 of SHA-256's bits. */
const hashLength = 26;
const readableLength = 64;

/**
 * Whom the token is for, as a role's trust policy and CloudTrail see it: `<issuer>:<subject>` where that is plain and
 * fits, else `<issuer>:=<readable prefix>.<hash>`. Issuer names hold no `:`, and a subject that begins with `=` is
 * hashed, so no two principals become one; all of an issuer's match `<issuer>:*`.
 */
export function toWebIdentitySubject({
  issuer,
  subject,
}: {
  readonly issuer: string;
  readonly subject: string;
}): string {
  const { min, max } = stsLimits.webIdentitySubject;
  const plain = `${issuer}:${subject}`;
  if (plainSubject.test(subject) && plain.length >= min && plain.length <= max) return plain;
  const hash = toBase32(sha256(`${issuer}\0${subject}`)).slice(0, hashLength);
  return `${issuer}:=${toReadable(subject, readableLength)}.${hash}`;
}

/** Without spaces, quotes and what policies take for wildcards or variables. */
const plainSubject = /^(?!=)[\w+=,.@:/|-]+$/;

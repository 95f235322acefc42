import type { Report } from './compile-statements.ts';
import type { Deployment, Issuer, Profile } from './configuration.ts';
import type { ProfileSettings } from './profile-schemas.ts';
import { webIdentityAudience } from './web-identity-claims.ts';

/** Checks a profile's own settings for tokens that AWS signs. */
export function checkWebIdentityToken({ webIdentityToken }: ProfileSettings, report: Report): void {
  const { defaultSeconds = 0, maxSeconds = 0 } = webIdentityToken?.duration ?? {};
  if (defaultSeconds <= maxSeconds) return;
  report({
    path: ['webIdentityToken', 'duration', 'defaultSeconds'],
    value: defaultSeconds,
    allowed: `at most the token's maxSeconds, ${maxSeconds}`,
  });
}

/**
 * A token for an audience that is accepted here could be shown to the broker itself, or to AWS STS, and open what
 * nobody meant the profile to open.
 */
export function checkTokenAudiences(
  profiles: ReadonlyMap<string, Profile>,
  {
    issuers,
    deployment,
  }: { readonly issuers: ReadonlyMap<string, Issuer>; readonly deployment: Deployment | undefined },
  report: Report,
): void {
  const taken = toTakenAudiences(issuers, deployment);
  for (const [name, profile] of profiles) {
    if (profile.mechanism !== 'assume-role') continue;
    for (const [index, audience] of (profile.webIdentityToken?.audiences ?? []).entries()) {
      const by = taken.get(audience);
      if (by === undefined) continue;
      const path = ['profiles', name, 'webIdentityToken', 'audiences', index];
      const allowed = `an audience of somebody else's: ${by} accepts this one, so that the token could be shown there`;
      report({ path, value: audience, allowed });
    }
  }
}

/** Who accepts tokens of which audience. */
function toTakenAudiences(
  issuers: ReadonlyMap<string, Issuer>,
  deployment: Deployment | undefined,
): ReadonlyMap<string, string> {
  const { url } = deployment ?? {};
  return new Map([
    [webIdentityAudience, 'AWS STS'],
    ...(url === undefined ? [] : [[url, 'the broker itself'] as const]),
    ...[...issuers.values()].flatMap((issuer) =>
      'audiences' in issuer
        ? issuer.audiences.map((audience) => [audience, `issuer ${issuer.name} of the broker`] as const)
        : [],
    ),
  ]);
}

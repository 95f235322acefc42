import type { Report } from './compile-statements.ts';
import { type Deployment, givesTokens, type Issuer, type Profile, toRoleArns } from './configuration.ts';
import type { ProfileSettings } from './profile-schemas.ts';
import { webIdentityAudience } from './web-identity-claims.ts';

/** Checks a profile's own settings for tokens that AWS signs. */
export function checkWebIdentityToken(settings: ProfileSettings, report: Report): void {
  const { webIdentityToken } = settings;
  if (webIdentityToken === undefined) return;
  if (settings.console === true) {
    const allowed = 'false beside webIdentityToken: such a profile gives tokens and no sessions';
    report({ path: ['console'], value: true, allowed });
  }
  const { defaultSeconds, maxSeconds } = webIdentityToken.duration;
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

/**
 * A session of the role can ask for any audience, with any tags: where one profile names whom the role's tokens are for, no
 * other may give its sessions.
 */
export function checkTokenRoles(profiles: ReadonlyMap<string, Profile>, report: Report): void {
  const ofTokens = new Map(
    [...profiles.values()].flatMap((profile) =>
      givesTokens(profile)
        ? toRoleArns(profile)
            .slice(-1)
            .map((arn) => [arn, profile.name])
        : [],
    ),
  );
  for (const [name, profile] of profiles) {
    if (givesTokens(profile) || !('roleArn' in profile)) continue;
    const other = ofTokens.get(profile.roleArn);
    if (other === undefined) continue;
    const allowed = `a role of its own: profile ${other} gives tokens of this one for the audiences that it names, and its sessions could have them for any`;
    report({ path: ['profiles', name, 'roleArn'], value: profile.roleArn, allowed });
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

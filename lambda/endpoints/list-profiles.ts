import { toAcceptedSessionPolicy } from '../core/caller-session-policy.ts';
import { isEnforced, type Profile } from '../core/configuration.ts';
import type { ListProfiles } from '../core/list-profiles.ts';
import type { Endpoint } from '../http/endpoint.ts';

/** `GET /v1/profiles`: what the caller may ask for, and within which limits. */
export const createListProfilesEndpoint =
  (listProfiles: ListProfiles): Endpoint =>
  async ({ principal, origin }) => ({
    status: 200,
    body: { profiles: listProfiles(principal, origin).map(toView) },
  });

const toView = (profile: Profile) => ({
  name: profile.name,
  description: profile.description,
  mechanism: profile.mechanism,
  enforcement: isEnforced(profile) ? 'enforced' : 'recorded',
  ...('roleArn' in profile ? { roleArn: profile.roleArn } : {}),
  duration: profile.duration,
  acceptedTagKeys: profile.acceptedTagKeys,
  acceptedSessionPolicy: toAcceptedSessionPolicy(profile),
  reasonRequired: profile.reasonRequired,
  console: profile.console,
  ...toWebIdentityTokenView(profile),
  owner: profile.owner,
  ...(profile.requestAccessUrl === undefined ? {} : { requestAccessUrl: profile.requestAccessUrl }),
});

function toWebIdentityTokenView(profile: Profile): object {
  if (profile.mechanism !== 'assume-role' || profile.webIdentityToken === undefined) return {};
  const { audiences, duration } = profile.webIdentityToken;
  return { webIdentityToken: { audiences, duration } };
}

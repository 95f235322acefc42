import type { Configuration, Profile } from '../../lambda/core/configuration.ts';
import { parseConfiguration } from '../../lambda/core/parse-configuration.ts';

/** A configuration as it is written, with one issuer and one profile; `sections` replaces whole sections. */
export function aConfigurationDocument(sections: Readonly<Record<string, unknown>> = {}) {
  return {
    deployment: { accountId: '111111111111', region: 'eu-west-1', stage: 'prod' },
    owner: 'platform-team@example.com',
    issuers: {
      okta: { type: 'oidc', issuer: 'https://example.okta.com', audience: 'daypass' },
    },
    profiles: { 'prod-readonly': aProfileDocument() },
    audit: { retentionDays: 400 },
    ...sections,
  };
}

/** A profile as it is written: every caller of `okta` may have it. */
export function aProfileDocument(keys: Readonly<Record<string, unknown>> = {}) {
  return {
    description: 'Read-only access to the production account',
    mechanism: 'assume-role',
    roleArn: 'arn:aws:iam::222222222222:role/daypass/ReadOnly',
    trust: [{ Effect: 'Allow', Principal: { Federated: 'okta' } }],
    ...keys,
  };
}

/** The same, checked and compiled. */
export function aConfiguration(sections: Readonly<Record<string, unknown>> = {}): Configuration {
  return parseConfiguration(aConfigurationDocument(sections));
}

/** A profile, checked and compiled; callers of `okta` have the claims `team` and `groups`. */
export function aProfile(keys: Readonly<Record<string, unknown>> = {}): Profile {
  const claims = { team: { claim: '/team', type: 'string' }, groups: { claim: '/groups', type: 'list' } };
  const { issuers } = aConfigurationDocument();
  const { profiles } = aConfiguration({
    issuers: { okta: { ...issuers.okta, claims } },
    profiles: { 'prod-readonly': aProfileDocument(keys) },
  });
  const profile = profiles.get('prod-readonly');
  if (profile === undefined) throw new TypeError('the configuration has lost its profile');
  return profile;
}

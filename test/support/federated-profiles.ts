import { aConfiguration, aConfigurationDocument } from './a-configuration.ts';

const trust = [{ Effect: 'Allow', Principal: { Federated: 'okta' } }];

/** A session policy of one Allow, as it is written. */
export const aSessionPolicy = (...Statement: readonly object[]) => ({
  Version: '2012-10-17',
  Statement:
    Statement.length > 0
      ? Statement
      : [{ Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::reports/\${claims:team}/*` }],
});

/** A profile of mechanism federation-token, as it is written. */
export const aFederatedProfile = (sessionPolicy: unknown = aSessionPolicy()) => ({
  description: 'Reports',
  mechanism: 'federation-token',
  sessionPolicy,
  trust,
});

/** Its callers have the claims `team` and `unit`. */
export function aFederatedDocument(
  profiles: Readonly<Record<string, object>> = { reports: aFederatedProfile() },
) {
  const { issuers } = aConfigurationDocument();
  const claims = {
    team: { claim: '/team', type: 'string' },
    unit: { claim: '/unit', type: 'string' },
  };
  return aConfigurationDocument({ issuers: { okta: { ...issuers.okta, claims } }, profiles });
}

/** The same, checked and compiled. */
export const aFederatedConfiguration = (profiles?: Readonly<Record<string, object>>) =>
  aConfiguration(aFederatedDocument(profiles));

import { aConfiguration, aConfigurationDocument, aProfileDocument } from './a-configuration.ts';

const reports = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::reports/*' };

/** Without it federated users could call IAM in the console. */
export const denyIam = { Effect: 'Deny', Action: 'iam:*', Resource: '*' };

export const policyOf = (...Statement: readonly unknown[]) => ({ Version: '2012-10-17', Statement });

/** A profile of mechanism `federation-token`, as it is written. */
export const aFederatedProfileDocument = (keys: Readonly<Record<string, unknown>> = {}) =>
  aProfileDocument({
    mechanism: 'federation-token',
    roleArn: undefined,
    sessionPolicy: policyOf(reports),
    ...keys,
  });

const { issuers } = aConfigurationDocument();

/** Callers of `okta` have a claim `team`. */
export const federatedConfiguration = aConfiguration({
  issuers: { okta: { ...issuers.okta, claims: { team: { claim: '/team', type: 'string' } } } },
  profiles: {
    federated: aFederatedProfileDocument({
      owner: 'reports-owners@example.com',
      duration: { maxSeconds: 129_600 },
      acceptedTagKeys: ['Ticket'],
      sessionTags: { Broker: 'daypass' },
    }),
    'by-team': aFederatedProfileDocument({
      sessionPolicy: policyOf({ ...reports, Resource: 'arn:aws:s3:::reports/${claims:team}/*' }),
    }),
    browsed: aFederatedProfileDocument({ console: true, sessionPolicy: policyOf(reports, denyIam) }),
  },
});

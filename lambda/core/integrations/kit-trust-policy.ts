import type { ExternalIds, Integration } from './integration.ts';

/** The broker, as a third party's role names it. */
export interface BrokerPrincipals {
  readonly partition: string;
  readonly accountId: string;
  /** ARN of the role of the function that issues. */
  readonly issuerRoleArn: string;
  /** ARN of the prober's role. */
  readonly proberRoleArn: string;
}

/** A trust policy as JSON. */
export interface TrustPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly TrustStatement[];
}

export interface TrustStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: { readonly AWS: unknown };
  readonly Action: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** IAM counts a trust policy without white space. Its default quota. */
export const maxTrustPolicyCharacters = 2048;

/**
 * The trust policy of the integration's role. The ExternalId stands with sts:AssumeRole alone: source identity and
 * tags are permissions of their own, worth nothing without it, as in AWS's guide.
 */
export function toTrustPolicy(integration: Integration, broker: BrokerPrincipals): TrustPolicy {
  const keys = Object.keys(integration.sessionTags);
  const policy = buildTrustPolicy(integration, broker, {
    'ForAllValues:StringEquals': { 'aws:TagKeys': keys },
  });
  // The condition on the keys is good to have; a policy that IAM does not take is not.
  return JSON.stringify(policy).length <= maxTrustPolicyCharacters
    ? policy
    : buildTrustPolicy(integration, broker, undefined);
}

function buildTrustPolicy(
  { externalIds, setSourceIdentity, sessionTags }: Integration,
  broker: BrokerPrincipals,
  tagKeys: TrustStatement['Condition'],
): TrustPolicy {
  const principal = { AWS: toRootArn(broker) };
  return {
    Version: '2012-10-17',
    Statement: [
      assumeRoleStatement(broker, toShownIds(externalIds)),
      ...(setSourceIdentity ? [setSourceIdentityStatement(principal)] : []),
      ...(Object.keys(sessionTags).length > 0 ? [tagSessionStatement(principal, tagKeys)] : []),
    ],
  };
}

/** @param externalIds a value of the policy language: one id, a list, or an intrinsic function of CloudFormation's */
export const assumeRoleStatement = (broker: BrokerPrincipals, externalIds: unknown): TrustStatement => ({
  Sid: 'DaypassWithExternalId',
  Effect: 'Allow',
  // The account and a condition: a Principal that names a role breaks when the role is made anew.
  Principal: { AWS: toRootArn(broker) },
  Action: 'sts:AssumeRole',
  Condition: {
    StringEquals: { 'sts:ExternalId': externalIds },
    ArnEquals: { 'aws:PrincipalArn': [broker.issuerRoleArn, broker.proberRoleArn] },
  },
});

export const setSourceIdentityStatement = (Principal: TrustStatement['Principal']): TrustStatement => ({
  Sid: 'DaypassNamesTheCaller',
  Effect: 'Allow',
  Principal,
  Action: 'sts:SetSourceIdentity',
});

export const tagSessionStatement = (
  Principal: TrustStatement['Principal'],
  Condition: TrustStatement['Condition'],
): TrustStatement => ({
  Sid: 'DaypassTagsTheSession',
  Effect: 'Allow',
  Principal,
  Action: 'sts:TagSession',
  ...(Condition === undefined ? {} : { Condition }),
});

export const toRootArn = ({ partition, accountId }: BrokerPrincipals): string =>
  `arn:${partition}:iam::${accountId}:root`;

/**
 * Both during a rotation. In the grace period after it the current one alone, which is all that is issued with: a
 * policy that is applied then still passes once the period is over.
 */
export const toShownIds = ({ current, next }: ExternalIds): string | readonly string[] =>
  next === undefined ? current : [current, next];

/** What the next session is given beside its role. */
export interface NextHop {
  readonly withSourceIdentity: boolean;
  readonly withTags: boolean;
}

/**
 * The session policy of a session on the way: whoever got hold of it could go on to the next role, and to no other.
 * The Denies say it a second time, because a resource policy that names the session itself is bound by a Deny, but
 * not by what a session policy leaves out (IAM guide, "Policy evaluation logic").
 *
 * @param roleArn the next role
 */
export function toNextHopPolicy(roleArn: string, { withSourceIdentity, withTags }: NextHop): string {
  const Action = [
    'sts:AssumeRole',
    ...(withSourceIdentity ? ['sts:SetSourceIdentity'] : []),
    ...(withTags ? ['sts:TagSession'] : []),
  ];
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action, Resource: roleArn },
      { Effect: 'Deny', NotAction: Action, Resource: '*' },
      { Effect: 'Deny', Action: '*', NotResource: roleArn },
    ],
  });
}

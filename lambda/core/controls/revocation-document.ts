import type { EndedSessions } from './revocation.ts';

/**
 * The policy as IAM takes it: it denies everything to the sessions, and says nothing of any other. An explicit Deny wins
 * over whatever allows, resource policies included.
 *
 * @throws TypeError for sessions that nothing tells from others: the role as a whole would be closed
 */
export function toRevocationDocument(ends: readonly EndedSessions[]): object {
  return {
    Version: '2012-10-17',
    Statement: ends.map((sessions, index) => ({
      Sid: `DaypassRevoked${index}`,
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: toCondition(sessions),
    })),
  };
}

function toCondition({ userIds, sourceIdentity, issuedFrom, issuedBefore }: EndedSessions): object {
  const condition = {
    ...(userIds === undefined ? {} : { StringLike: { 'aws:userid': userIds } }),
    ...(sourceIdentity === undefined ? {} : { StringEquals: { 'aws:SourceIdentity': sourceIdentity } }),
    ...(issuedFrom === undefined ? {} : { DateGreaterThanEquals: { 'aws:TokenIssueTime': issuedFrom } }),
    ...(issuedBefore === undefined ? {} : { DateLessThan: { 'aws:TokenIssueTime': issuedBefore } }),
  };
  const tellsApart = userIds?.length !== 0 && (userIds ?? sourceIdentity ?? issuedBefore) !== undefined;
  if (!tellsApart) throw new TypeError('a revocation has to say which sessions it ends');
  return condition;
}

/** As IAM counts the inline policies of one holder together: without white space. Source: IAM guide, "IAM and STS quotas". */
export const maxPolicyCharacters = { role: 10_240, user: 2048 } as const;

export const toPolicyLength = (ends: readonly EndedSessions[]): number =>
  JSON.stringify(toRevocationDocument(ends)).replaceAll(/\s/g, '').length;

import { assumeRoles } from './assume-roles.ts';
import type { Asked } from './issue.ts';
import type { AssumeRoleRequest, Credentials, SecurityTokenService, StsAnswer } from './ports.ts';

/** One call of STS with the session of a role. */
export interface CallOfSession<Given extends object> {
  /** One for each role on the way, in order: the last one's session calls. */
  readonly requests: readonly AssumeRoleRequest[];
  /** What is called, for the row: `AssumeRoot of 333333333333`. */
  readonly name: string;
  /** Once. Never rejects. */
  call(credentials: Credentials): Promise<StsAnswer<Given>>;
}

/**
 * Assumes the roles in order and makes the call with the last one's session, which nobody else gets to see. To the row
 * all of the sessions are hops: what was asked for is what the call gives.
 */
export async function askWithRoleSession<Given extends object>(
  { requests, name, call }: CallOfSession<Given>,
  sts: Pick<SecurityTokenService, 'assumeRole'>,
): Promise<Asked<Given>> {
  const last = requests.at(-1);
  if (last === undefined) throw new TypeError('a session is of one role at least');
  const { answer: session, hops: before } = await assumeRoles(requests, sts);
  if (session.state !== 'ISSUED') return { answer: session, hops: before };
  const { credentials, requestId } = session;
  const hop = { roleArn: last.roleArn, stsRequestId: requestId, accessKeyId: credentials.accessKeyId };
  const answer = await call(credentials);
  return {
    answer: answer.state === 'ISSUED' ? answer : { ...answer, detail: `${name}: ${answer.detail}` },
    hops: [...before, hop],
  };
}

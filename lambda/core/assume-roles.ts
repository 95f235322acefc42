import type { Hop } from './issuance.ts';
import type { Asked } from './issue.ts';
import type {
  AssumeRoleRequest,
  Credentials,
  GivenSession,
  SecurityTokenService,
  StsAnswer,
} from './ports.ts';

/**
 * Asks STS once for each role in order, with the credentials of the session before, which nobody else gets to see. A
 * hop that was not granted ends the chain.
 */
export async function assumeRoles(
  requests: readonly AssumeRoleRequest[],
  sts: Pick<SecurityTokenService, 'assumeRole'>,
): Promise<Asked<GivenSession>> {
  const last = requests.at(-1);
  if (last === undefined) throw new TypeError('a chain has one role at least');
  const hops: Hop[] = [];
  let credentials: Credentials | undefined;
  for (const request of requests.slice(0, -1)) {
    const answer = await sts.assumeRole(request, credentials);
    if (answer.state !== 'ISSUED') return { answer: atHop(answer, request, hops), hops };
    const { roleArn } = request;
    credentials = answer.credentials;
    hops.push({ roleArn, stsRequestId: answer.requestId, accessKeyId: credentials.accessKeyId });
  }
  const answer = await sts.assumeRole(last, credentials);
  return {
    answer: answer.state === 'ISSUED' || hops.length === 0 ? answer : atHop(answer, last, hops),
    hops,
  };
}

/** Says where the chain broke. */
const atHop = (
  answer: Exclude<StsAnswer, { readonly state: 'ISSUED' }>,
  { roleArn }: AssumeRoleRequest,
  before: readonly Hop[],
): StsAnswer => ({ ...answer, detail: `hop ${before.length + 1}, ${roleArn}: ${answer.detail}` });

import type { Credentials, StsAnswer } from '../ports.ts';

/** All that is kept of a session which a probe was given: what tells it apart in CloudTrail. */
export interface SeenSession {
  readonly credentials: Pick<Credentials, 'accessKeyId' | 'expiration'>;
}

/** The secrets end here. Named one by one: whatever else an answer has does not come along. */
export function withoutSecrets(answer: StsAnswer): StsAnswer<SeenSession> {
  if (answer.state !== 'ISSUED') return answer;
  const { accessKeyId, expiration } = answer.credentials;
  return { state: 'ISSUED', requestId: answer.requestId, credentials: { accessKeyId, expiration } };
}

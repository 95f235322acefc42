import type { Asked } from '../issue.ts';
import type { ProbeResult } from './integration.ts';
import type { SeenSession } from './seen-session.ts';

/** What an answer says of the role. */
export type Judgement = Pick<ProbeResult, 'seen' | 'errorCode' | 'because'>;

/**
 * Only an AccessDenied that no other policy accounts for is the role's own refusal. Whatever else is in the way says
 * nothing of the id.
 */
export function judgeAnswer({ answer }: Asked<SeenSession>): Judgement {
  if (answer.state === 'ISSUED') return { seen: 'accepted' };
  const { errorCode } = answer;
  const inconclusive = (because: Judgement['because'] & string): Judgement => ({
    seen: 'inconclusive',
    errorCode,
    because,
  });
  if (answer.state === 'UNKNOWN') return inconclusive('no-answer');
  if (answer.state === 'FAILED')
    return inconclusive(answer.cause === 'throttled' ? 'throttled' : 'no-answer');
  if (errorCode !== 'AccessDenied') return inconclusive('other-error');
  return isOfAnotherPolicy(answer.detail) ? inconclusive('another-policy') : { seen: 'refused', errorCode };
}

/** As `judgeAnswer`; a duration that is beyond the role's is a refusal of this probe. */
export function judgeLongest(asked: Asked<SeenSession>): Judgement {
  const { answer } = asked;
  const isTooLong =
    answer.state === 'REFUSED' &&
    answer.errorCode === 'ValidationError' &&
    /DurationSeconds exceeds/.test(answer.detail);
  return isTooLong ? { seen: 'refused', errorCode: answer.errorCode } : judgeAnswer(asked);
}

/** As `judgeAnswer`; a refusal of the stranger's own role says nothing of the integration's, which was not asked. */
export function judgeStranger(asked: Asked<SeenSession>): Judgement {
  const judgement = judgeAnswer(asked);
  return judgement.seen === 'refused' && asked.hops.length === 0
    ? { ...judgement, seen: 'inconclusive', because: 'another-policy' }
    : judgement;
}

/**
 * AWS names the kind of policy where it says which one refused; of a trust policy it says "a resource-based policy" or
 * nothing. Kinds that are not known here count as others. Source: IAM guide, "Troubleshoot access denied error
 * messages".
 */
function isOfAnotherPolicy(message: string): boolean {
  const [, kind] = /(?:with an explicit deny in (?:an? |the )?|because no )(.*)$/is.exec(message) ?? [];
  return kind !== undefined && !/^resource-based polic/i.test(kind);
}

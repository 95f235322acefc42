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
  const because = toOtherPolicy(answer.detail);
  return because === undefined ? { seen: 'refused', errorCode } : inconclusive(because);
}

/**
 * Of a longer session with an id that was accepted. No condition key of AssumeRole is about its duration, so that an
 * AccessDenied has another reason.
 */
export function judgeLongest(asked: Asked<SeenSession>): Judgement {
  const { answer } = asked;
  const isTooLong =
    answer.state === 'REFUSED' &&
    answer.errorCode === 'ValidationError' &&
    /DurationSeconds exceeds/.test(answer.detail);
  if (isTooLong) return { seen: 'refused', errorCode: answer.errorCode };
  const judgement = judgeAnswer(asked);
  return judgement.seen === 'refused'
    ? { ...judgement, seen: 'inconclusive', because: 'other-error' }
    : judgement;
}

/** As `judgeAnswer`; a refusal of the stranger's own role says nothing of the integration's, which was not asked. */
export function judgeStranger(asked: Asked<SeenSession>): Judgement {
  const judgement = judgeAnswer(asked);
  return judgement.seen === 'refused' && asked.hops.length === 0
    ? { ...judgement, seen: 'inconclusive', because: 'own-policy' }
    : judgement;
}

/**
 * Whose policy refused, where it was not the role's own. AWS names the kind where it says which one it was; of a trust
 * policy it mostly says nothing. Kinds that are not known here count as somebody else's, and so does one that refused
 * "transitively through" another. Source: IAM guide, "Troubleshoot access denied error messages".
 */
function toOtherPolicy(message: string): 'own-policy' | 'another-policy' | undefined {
  const [, kind] = /(?:with an explicit deny in (?:an? |the )?|because no )(.*)$/is.exec(message) ?? [];
  if (kind === undefined) return undefined;
  if (/ through /i.test(kind)) return 'another-policy';
  if (/^(?:role trust|resource-based) polic/i.test(kind)) return undefined;
  return /^(?:identity-based polic|permissions boundar|sessions? polic)/i.test(kind)
    ? 'own-policy'
    : 'another-policy';
}

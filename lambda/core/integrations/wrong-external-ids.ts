import { sha256 } from '../sha256.ts';
import type { ExternalIds, PreviousExternalId } from './integration.ts';

/** Ids that the role must refuse, each as near to the right one as a careless condition lets through. */
export interface WrongExternalIds {
  /** One character is another: in another case first, then at a place of chance. */
  readonly changed: readonly [string, string];
  /** Twice over: where a pattern with a `*` takes the id, its last `*` takes whatever stands between the two ends. */
  readonly repeated: string;
}

/**
 * @param entropy random: where the second character is changed, so that repeated verifications look at every place
 */
export function toWrongExternalIds(id: string, entropy: string): WrongExternalIds {
  const letter = id.search(/[a-z]/i);
  const place = sha256(entropy).readUInt32BE(0) % id.length;
  return {
    changed: [
      letter === -1 ? replaceAt(id, id.length - 1, toOther) : replaceAt(id, letter, toOtherCase),
      replaceAt(id, place, toOther),
    ],
    repeated: `${id}${id}`,
  };
}

/** As somebody else names theirs: a condition that says what it does not take may have ours alone in mind. */
export const toForeignExternalId = (random: string): string => random.slice(random.indexOf('-') + 1);

/** The ids of before that the role must refuse by now. */
export const toRefusedPrevious = ({ previous = [] }: ExternalIds, nowMs: number): readonly string[] =>
  previous.filter((one) => isOver(one, nowMs)).map(({ value }) => value);

/** Whether the role must refuse it by now. */
export const isOver = ({ acceptedUntil }: Pick<PreviousExternalId, 'acceptedUntil'>, nowMs: number) =>
  Date.parse(acceptedUntil) <= nowMs;

const replaceAt = (text: string, index: number, change: (character: string) => string): string =>
  text.slice(0, index) + change(text.charAt(index)) + text.slice(index + 1);

/** STS takes it, and no id that is generated has it: what comes out is nobody's. */
const toOther = (character: string): string => (character === 'z' ? 'y' : 'z');

const toOtherCase = (letter: string): string =>
  letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();

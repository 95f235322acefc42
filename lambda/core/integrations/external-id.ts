import type { NewExternalId } from './integration-ports.ts';

/*
 * `daypass-` and 128 random bits in lower-case hexadecimal: found by its prefix in a partner's CloudTrail and role, read
 * aloud without doubt, and within the characters of STS.
 */

const prefix = 'daypass-';
const randomLength = 16;
const form = `${prefix}[0-9a-f]{${2 * randomLength}}`;
const pattern = new RegExp(`^${form}$`);
const anywhere = new RegExp(form, 'i');

/** Whether Daypass could have generated it. */
export const isExternalId = (value: string) => pattern.test(value);

/** Whether one can be read in it, in whichever letters. */
export const holdsExternalId = (value: string) => anywhere.test(value);

/** @param random that many bytes of a cryptographic source */
export const createNewExternalId =
  (random: (length: number) => Uint8Array): NewExternalId =>
  () => {
    const bytes = random(randomLength);
    if (bytes.length !== randomLength) throw new TypeError(`an ExternalId needs ${randomLength} bytes`);
    return `${prefix}${Buffer.from(bytes).toString('hex')}`;
  };

import { describe, expect, it } from '@jest/globals';
import { sealText, unsealText } from '../../../local/aws/sealed-text.ts';

const key = Buffer.alloc(32, 1);
const sealed = sealText('text', key, 'secrets');

describe('a sealed text', () => {
  it('opens with the same key for the same purpose', () => {
    expect(unsealText(sealed, key, 'secrets')).toBe('text');
    expect(sealText('text', key, 'secrets')).not.toBe(sealed);
  });

  it.each([
    ['for another purpose', () => unsealText(sealed, key, 'sign-in token')],
    ['with another key', () => unsealText(sealed, Buffer.alloc(32, 2), 'secrets')],
    ['when it is cut', () => unsealText(sealed.slice(0, -4), key, 'secrets')],
    ['when it is empty', () => unsealText('', key, 'secrets')],
    ['when it is written in another way', () => unsealText(`${sealed}=`, key, 'secrets')],
    ['with a space in it', () => unsealText(` ${sealed}`, key, 'secrets')],
  ])('does not open %s', (_when, open) => {
    expect(open()).toBeUndefined();
  });
});

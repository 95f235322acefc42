import { describe, expect, it } from '@jest/globals';
import { escapeMarkup } from '../../../lambda/core/escape-markup.ts';

describe('escapeMarkup', () => {
  it.each([
    ['&', '&#38;'],
    ['<', '&#60;'],
    ['>', '&#62;'],
    ['"', '&#34;'],
    ["'", '&#39;'],
    ['&amp;', '&#38;amp;'],
    ['<<', '&#60;&#60;'],
  ])('writes %s as %s', (text, written) => {
    expect(escapeMarkup(text)).toBe(written);
  });

  it('leaves all else as it is', () => {
    expect(escapeMarkup('Zoë = `a` / b; {c} – 𝒹')).toBe('Zoë = `a` / b; {c} – 𝒹');
  });
});

import { describe, expect, it } from '@jest/globals';
import { isSubject } from '../../../lambda/core/is-subject.ts';

describe('isSubject', () => {
  it.each([
    'alice',
    'repo:example/shop:ref:refs/heads/main',
    'EXAMPLE\\alice',
    'Zoë Ångström',
    '李雷',
    'अनन्या',
    'x'.repeat(1024),
  ])('takes %j', (subject) => {
    expect(isSubject(subject)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['1025 characters', 'x'.repeat(1025)],
    ['a number', 7],
    ['a list', ['alice']],
    ['half a character', 'alice\ud800'],
    ['a control character', 'alice\u0007'],
    ['a line break', 'alice\nbob'],
    ['a line separator', 'alice\u2028'],
    ['a direction override', 'alice\u202e'],
    ['a zero-width space', 'ali\u200bce'],
    ['a word joiner', 'ali\u2060ce'],
    ['a Hangul filler', 'alice\u3164'],
    ['a half-width Hangul filler', 'alice\u115f'],
    ['an empty Braille pattern', 'alice\u2800'],
    ['a grapheme joiner', 'ali\u034fce'],
    ['a variation selector', 'alice\ufe0f'],
    ['a supplementary variation selector', 'alice\u{e0100}'],
    ['a replacement character', 'alice\ufffd'],
    ['a space before it', ' alice'],
    ['a space behind it', 'alice '],
    ['a no-break space behind it', 'alice\u00a0'],
  ])('refuses %s', (_what, subject) => {
    expect(isSubject(subject)).toBe(false);
  });
});

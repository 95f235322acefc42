import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toPrintable, toPrintableJson, toPrintableLines } from '../../../bin/daypass/printable.ts';

const unprintable = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

describe('printable text', () => {
  it.each([
    ['an escape sequence that clears the screen', '\x1b[2J\x1b[H', '\\u{1b}[2J\\u{1b}[H'],
    ['a title of the window', '\x1b]0;owned\x07', '\\u{1b}]0;owned\\u{7}'],
    ['a control sequence of one character (C1)', '\u009b31m', '\\u{9b}31m'],
    ['a carriage return that hides what stands before', 'evil\rgood', 'evil\\rgood'],
    ['a line end and a tab, which would make a row of their own', 'a\nb\tc', 'a\\nb\\tc'],
    ['a line separator', 'a\u2028b\u2029c', 'a\\u{2028}b\\u{2029}c'],
    ['a turn of the direction', 'a\u202etxt.exe', 'a\\u{202e}txt.exe'],
    ['what cannot be seen', 'ad\u200bmin\u3164\u00ad', 'ad\\u{200b}min\\u{3164}\\u{ad}'],
    ['letters of the tag plane', '\u{e0041}', '\\u{e0041}'],
    ['half a surrogate pair', 'a\ud83dz', 'a\\u{d83d}z'],
    ['DEL and backspace', '\x7f\b', '\\u{7f}\\u{8}'],
  ])('shows %s', (_, text, shown) => {
    expect(toPrintable(text)).toBe(shown);
  });

  it.each(['okta.alice@example.com', 'Zoë Müller', '東京', '😀', 'arn:aws:iam::1:role/x', 'a\\u{1b}'])(
    'leaves %j as it is',
    (text) => {
      expect(toPrintable(text)).toBe(text);
    },
  );

  it('is one line without anything a terminal obeys, of whatever text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => !unprintable.test(toPrintable(text))),
      { numRuns: 500 },
    );
  });

  it('keeps lines where there may be several', () => {
    expect(toPrintableLines('a\x1b\nb')).toBe('a\\u{1b}\nb');
  });
});

describe('printable JSON', () => {
  it('escapes what JSON itself does not', () => {
    expect(toPrintableJson({ a: '\u009b\x7f\u202e\u{e0041}' })).toBe(
      '{"a":"\\u009b\\u007f\\u202e\\udb40\\udc41"}',
    );
  });

  it('reads back as the same value, and holds nothing that a terminal obeys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' })), (value) => {
        for (const indent of [undefined, 2]) {
          const text = toPrintableJson(value, indent);
          expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
          expect(unprintable.test(text.replaceAll('\n', ''))).toBe(false);
        }
      }),
      { numRuns: 300 },
    );
  });
});

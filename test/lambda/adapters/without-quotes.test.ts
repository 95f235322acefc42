import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { withoutQuotes } from '../../../lambda/adapters/without-quotes.ts';

const secret = 'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789';
const hide = (text: string) => withoutQuotes(text, secret, '(secret)');

describe('withoutQuotes', () => {
  it.each([
    ['all of it', `'${secret}' failed`, "'(secret)' failed"],
    ['its beginning, cut short', `value '${secret.slice(0, 20)}…`, "value '(secret)…"],
    ['its end', `…${secret.slice(-12)}'`, "…(secret)'"],
    ['a part in the middle', `a ${secret.slice(5, 25)} b`, 'a (secret) b'],
    ['it twice', `${secret} and ${secret}`, '(secret) and (secret)'],
    ['two parts that touch', `${secret.slice(0, 14)}${secret.slice(-14)}`, '(secret)(secret)'],
  ])('leaves out %s', (_what, text, expected) => {
    expect(hide(text)).toBe(expected);
  });

  it.each(['', 'User is not authorized to perform', secret.slice(0, 11), secret.toLowerCase()])(
    'leaves "%s" as it is',
    (text) => {
      expect(hide(text)).toBe(text);
    },
  );

  it('leaves out a secret that is short, and nothing of a secret that is none', () => {
    expect(withoutQuotes('code 123456 is wrong', '123456', '(code)')).toBe('code (code) is wrong');
    expect(withoutQuotes('text', '', '(code)')).toBe('text');
  });

  it('leaves no run of twelve characters of any secret in any text that quotes it', () => {
    const texts = fc.tuple(fc.string(), fc.string({ minLength: 12 }), fc.nat(), fc.nat(), fc.string());

    fc.assert(
      fc.property(texts, ([before, any, from, length, after]) => {
        const start = from % any.length;
        const shown = withoutQuotes(
          `${before}${any.slice(start, start + 1 + length)}${after}`,
          any,
          '\u2026',
        );
        for (let index = 0; index + 12 <= any.length; index += 1)
          expect(shown.split('\u2026').some((part) => part.includes(any.slice(index, index + 12)))).toBe(
            false,
          );
      }),
    );
  });
});

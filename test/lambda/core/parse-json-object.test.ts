import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseJsonObject } from '../../../lambda/core/parse-json-object.ts';

describe('parseJsonObject', () => {
  it.each([
    '{}',
    '{"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]}',
    '{"a":"{\\"a\\":1,\\"a\\":2}"}',
    '{"a":"a","b":["a","a"]}',
    '{"a":"\\\\","b":"\\""}',
    ' { "a" : [ ] , "b" : null } ',
  ])('takes %s', (text) => {
    expect(parseJsonObject(text)).toEqual(JSON.parse(text));
  });

  it.each([
    ['two equal keys', '{"iss":"a","iss":"b"}'],
    ['equal keys apart', '{"iss":"a","sub":["x"],"iss":"b"}'],
    ['equal keys after an object', '{"iss":"a","x":{"y":1},"iss":"b"}'],
    ['equal keys, one escaped', '{"iss":"a","\\u0069ss":"b"}'],
    ['equal keys deeper', '{"a":{"b":1,"b":2}}'],
    ['equal keys in a list', '{"a":[{"b":1,"b":2}]}'],
    ['equal keys of a key that needs escapes', '{"a\\"b":1,"a\\"b":2}'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a string', '"a"'],
    ['nothing', ''],
    ['a truncated object', '{"a":1'],
    ['a byte order mark', '\ufeff{}'],
    ['two objects', '{}{}'],
  ])('throws SyntaxError for %s', (_name, text) => {
    expect(() => parseJsonObject(text)).toThrow(SyntaxError);
  });

  it('reads every object as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const text = JSON.stringify(value);

        expect(parseJsonObject(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('finds a repeated key among any others', () => {
    const members = fc.uniqueArray(fc.tuple(fc.string(), fc.jsonValue()), {
      minLength: 1,
      selector: ([key]) => key,
    });
    fc.assert(
      fc.property(members, fc.nat(), fc.jsonValue(), (entries, index, value) => {
        const [key] = entries[index % entries.length] ?? [''];
        const text = [...entries, [key, value]]
          .map(([name, member]) => `${JSON.stringify(name)}:${JSON.stringify(member)}`)
          .join(',');

        expect(() => parseJsonObject(`{${text}}`)).toThrow(SyntaxError);
      }),
    );
  });
});

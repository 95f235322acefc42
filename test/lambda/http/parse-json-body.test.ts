import { describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { BrokerError } from '../../../lambda/core/errors.ts';
import { bodyLimits } from '../../../lambda/http/body-limits.ts';
import { parseJsonBody } from '../../../lambda/http/parse-json-body.ts';

type BodyEvent = Parameters<typeof parseJsonBody>[0];

const aBody = (body: string | null, changes: Partial<BodyEvent> = {}): BodyEvent => ({
  body,
  isBase64Encoded: false,
  multiValueHeaders: { 'Content-Type': ['application/json'] },
  ...changes,
});

const ofType = (...types: readonly string[]) => ({ multiValueHeaders: { 'content-type': [...types] } });

const inBase64 = (bytes: string | Uint8Array) =>
  aBody(Buffer.from(bytes).toString('base64'), { isBase64Encoded: true });

/** `code` of the refusal, or what was parsed. */
function outcomeOf(event: BodyEvent): unknown {
  try {
    return parseJsonBody(event);
  } catch (error) {
    if (error instanceof BrokerError) return error.code;
    throw error;
  }
}

const nested = (depth: number, [open, close] = ['{"a":', '}']) =>
  `${open?.repeat(depth - 1)}{}${close?.repeat(depth - 1)}`;
const withKeys = (count: number) =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 1])));
const ofBytes = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}`;

describe('JSON body', () => {
  it.each([
    ['there is none', aBody(null)],
    ['it is empty (B01)', aBody('')],
    ['it is empty and of another type', aBody('', ofType('text/plain'))],
    ['it is an empty object', aBody('{}')],
  ])('is {} when %s', (_when, event) => {
    expect(parseJsonBody(event)).toEqual({});
  });

  it.each([
    ['as it is', aBody('{"durationSeconds":900}')],
    ['with white space around it', aBody(' \r\n\t{ "durationSeconds" : 900 }\n')],
    ['in base64', inBase64('{"durationSeconds":900}')],
    ['with a charset', aBody('{"durationSeconds":900}', ofType('application/json; charset=utf-8'))],
    ['with a quoted one', aBody('{"durationSeconds":900}', ofType('Application/JSON;charset="UTF-8"'))],
    // B15: JSON has one type of numbers, so that these are all 900.
    ['written as 900.0', aBody('{"durationSeconds":900.0}')],
    ['written as 9e2', aBody('{"durationSeconds":9e2}')],
  ])('is parsed %s', (_how, event) => {
    expect(parseJsonBody(event)).toEqual({ durationSeconds: 900 });
  });

  it.each([
    ['text (B02)', 'durationSeconds=900'],
    ['single quotes', "{'a':1}"],
    ['a comment', '{/**/}'],
    ['a trailing comma', '{"a":1,}'],
    ['white space alone', ' \n'],
    ['an array (B03)', '[{"a":1}]'],
    ['a number', '900'],
    ['a string', '"{}"'],
    ['null', 'null'],
    ['a truncated object (B04)', '{"durationSeconds":900'],
    ['a truncated string', '{"reason":"incident'],
    ['an escape without its end', '{"reason":"\\'],
    ['two objects', '{}{}'],
    ['NaN (B15)', '{"durationSeconds":NaN}'],
    ['Infinity', '{"durationSeconds":Infinity}'],
    ['a byte order mark (B13)', '\ufeff{}'],
    ['a control character in a string', '{"reason":"a\u0000b"}'],
  ])('is an invalid request when it is %s', (_what, text) => {
    expect(outcomeOf(aBody(text))).toBe('invalid-request');
  });

  it.each([
    ['at the top (B05)', '{"durationSeconds":900,"durationSeconds":3600}'],
    ['of equal values', '{"a":1,"a":1}'],
    ['one of them escaped', '{"reason":"x","r\\u0065ason":"y"}'],
    ['both escaped in different cases', '{"\\u006a":1,"\\u006A":2}'],
    ['in an inner object', '{"sessionTags":{"Team":"a","Team":"b"}}'],
    ['in an object in an array', '{"a":[1,{"b":1,"b":2}]}'],
    ['after an inner object that holds one of the same name', '{"a":{"a":1},"a":2}'],
    ['that are empty', '{"":1,"":2}'],
  ])('is an invalid request when it has duplicate keys %s', (_where, text) => {
    expect(outcomeOf(aBody(text))).toBe('invalid-request');
  });

  it.each([
    ['equal keys of different objects', '{"a":{"b":1},"c":{"b":1}}'],
    ['an equal value', '{"a":"b","b":"a"}'],
    ['punctuation in strings', '{"a":"{\\"a\\":1,\\"a\\":","b":"}]]"}'],
    ['keys that differ in case', '{"a":1,"A":2}'],
  ])('is taken with %s, which are no duplicates', (_what, text) => {
    expect(parseJsonBody(aBody(text))).toEqual(JSON.parse(text));
  });

  it.each([
    ['at the top (B06)', '{"__proto__":{"durationSeconds":900}}'],
    ['escaped', '{"\\u005f_proto__":1}'],
    ['in an inner object', '{"sessionTags":{"__proto__":"x"}}'],
    ['in an array', '{"a":[[{"__proto__":1}]]}'],
  ])('is an invalid request when it has a key __proto__ %s', (_where, text) => {
    expect(outcomeOf(aBody(text))).toBe('invalid-request');
  });

  it.each([
    ['a value', '{"encodedMessage":"\\ud83d"}'],
    ['the end of a value', '{"reason":"x\\udc00"}'],
    ['a key', '{"sessionTags":{"\\ud83d":"x"}}'],
    ['a list', '{"a":[["\\udfff"]]}'],
  ])('is an invalid request when %s holds half of a surrogate pair', (_where, text) => {
    expect(outcomeOf(aBody(text))).toBe('invalid-request');
  });

  it('may hold characters of two halves, written either way', () => {
    expect(parseJsonBody(aBody('{"reason":"\\ud83d\\ude00 😀"}'))).toEqual({ reason: '😀 😀' });
  });

  it('keeps constructor and prototype as the plain keys that they are (B07)', () => {
    const body = parseJsonBody(aBody('{"constructor":{"prototype":{"polluted":true}}}'));

    expect(Object.keys(body)).toEqual(['constructor']);
    expect('polluted' in {}).toBe(false);
  });

  it.each([
    ['invalid UTF-8 (B13)', inBase64(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d))],
    ['an overlong slash', inBase64(Uint8Array.of(0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d))],
    ['a surrogate in UTF-8', inBase64(Uint8Array.of(0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d))],
    ['UTF-16', inBase64(Buffer.from('{"a":1}', 'utf16le'))],
    ['a byte order mark in base64', inBase64('\ufeff{}')],
    // B11: what is said to be base64 and is not, and the reverse.
    ['JSON that is said to be base64', aBody('{"durationSeconds":900}', { isBase64Encoded: true })],
    ['base64 that is said to be JSON', aBody(Buffer.from('{"a":1}').toString('base64'))],
  ])('is an invalid request when it is %s', (_what, event) => {
    expect(outcomeOf(event)).toBe('invalid-request');
  });

  it.each([
    ['no Content-Type', aBody('{}', { multiValueHeaders: {} })],
    ['two of them (B12)', aBody('{}', ofType('application/json', 'application/json'))],
    [
      'two of different case',
      aBody('{}', {
        multiValueHeaders: { 'content-type': ['application/json'], 'Content-Type': ['text/plain'] },
      }),
    ],
    ['two in one', aBody('{}', ofType('application/json, application/json'))],
    ['a form', aBody('a=1', ofType('application/x-www-form-urlencoded'))],
    ['text', aBody('{}', ofType('text/plain'))],
    ['a longer type', aBody('{}', ofType('application/json-patch+json'))],
    ['a longer type before it', aBody('{}', ofType('xapplication/json'))],
    ['another charset', aBody('{}', ofType('application/json; charset=utf-16'))],
    ['another parameter', aBody('{}', ofType('application/json; charset=utf-8; profile="x"'))],
    ['an empty one', aBody('{}', ofType(''))],
  ])('is of an unsupported media type with %s', (_what, event) => {
    expect(outcomeOf(event)).toBe('unsupported-media-type');
  });

  it.each([
    ['has as many bytes as allowed', ofBytes(bodyLimits.bytes)],
    ['is as deep as allowed', nested(bodyLimits.depth)],
    ['has as many keys as allowed', withKeys(bodyLimits.keys)],
    ['has more punctuation in strings than allowed elsewhere', JSON.stringify({ a: '{[:'.repeat(1000) })],
  ])('is taken when it %s', (_what, text) => {
    expect(parseJsonBody(aBody(text))).toEqual(JSON.parse(text));
  });

  it.each([
    ['one byte too many', aBody(ofBytes(bodyLimits.bytes + 1))],
    ['one byte too many, in few characters', aBody(`{"a":"${'\u00e9'.repeat(8189)}"}`)],
    ['one byte too many in base64', inBase64(ofBytes(bodyLimits.bytes + 1))],
    ['10 MB (B10)', aBody(ofBytes(10_000_000))],
    ['too many bytes that are no JSON', aBody('x'.repeat(bodyLimits.bytes + 1))],
    ['too many bytes of another type', aBody('x'.repeat(bodyLimits.bytes + 1), ofType('text/plain'))],
    ['one level too many', aBody(nested(bodyLimits.depth + 1))],
    ['one level too many, of arrays', aBody(nested(bodyLimits.depth + 1, ['[', ']']))],
    ['8,000 levels', aBody(nested(2000))],
    ['200,000 levels (B08)', aBody(nested(200_000, ['[', ']']))],
    ['one key too many', aBody(withKeys(bodyLimits.keys + 1))],
    ['400,000 keys (B09)', aBody(withKeys(400_000))],
  ])('is too large with %s, and is not parsed', (_what, event) => {
    const parse = jest.spyOn(JSON, 'parse');
    try {
      expect(outcomeOf(event)).toBe('request-too-large');
      expect(parse).not.toHaveBeenCalled();
    } finally {
      parse.mockRestore();
    }
  });

  it('is looked at once, however many strings in it seem to begin', () => {
    const exec = jest.spyOn(RegExp.prototype, Symbol.matchAll);
    const quotes = `"${'\\"'.repeat(8000)}`;
    try {
      // Looking for the end of a string from each quote anew would take 8,000 steps of up to 16,000 characters.
      expect(outcomeOf(aBody(quotes))).toBe('invalid-request');
      const [pattern] = exec.mock.contexts;
      expect([...quotes.matchAll(pattern as RegExp)]).toHaveLength(1);
    } finally {
      exec.mockRestore();
    }
  });

  it('is quoted nowhere in a refusal, not even in its cause', () => {
    const texts = [
      'CANARY',
      '{"a":CANARY}',
      '{"CANARY":1,"CANARY":2}',
      '["CANARY"]',
      '{"__proto__":"CANARY"}',
    ];
    for (const text of texts) {
      let thrown: unknown;
      try {
        parseJsonBody(aBody(text));
      } catch (error) {
        thrown = error;
      }

      expect(thrown).toBeInstanceOf(BrokerError);
      expect(thrown).not.toHaveProperty('cause');
      expect(JSON.stringify([thrown, String(thrown)])).not.toContain('CANARY');
    }
  });

  describe('of any text', () => {
    const brackets = fc.string({
      unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', 'a', '1', ' '),
    });

    it('is parsed as JSON.parse does, or refused with a broker error', () => {
      const text = fc.oneof(fc.string({ unit: 'binary' }), brackets, fc.json());
      fc.assert(
        fc.property(text, fc.boolean(), (body, isBase64Encoded) => {
          const event = isBase64Encoded ? inBase64(body) : aBody(body);
          const outcome = outcomeOf(event);

          if (typeof outcome === 'string') return;
          expect(outcome).toEqual(body === '' ? {} : JSON.parse(body));
        }),
        { numRuns: 3000 },
      );
    });

    it('is never taken for base64 that does not decode to it', () => {
      fc.assert(
        fc.property(fc.string({ unit: 'binary', minLength: 1 }), (body) => {
          const outcome = outcomeOf(aBody(body, { isBase64Encoded: true }));

          if (typeof outcome === 'string') return;
          const decoded = Buffer.from(body, 'base64').toString('utf8');
          expect(outcome).toEqual(decoded === '' ? {} : JSON.parse(decoded));
        }),
        { numRuns: 1000 },
      );
    });

    it('is taken within the limits if and only if its objects name each key once', () => {
      const key = fc.constantFrom('a', 'b', '\\u0061', 'c');
      const scalar = fc.constantFrom('1', '"a"', 'null', '"{\\"a\\":1}"');
      const { value } = fc.letrec<{ value: string; object: string; array: string }>((tie) => ({
        value: fc.oneof({ maxDepth: 3 }, scalar, tie('object'), tie('array')),
        object: fc
          .array(fc.tuple(key, tie('value')), { maxLength: 3 })
          .map((members) => `{${members.map(([name, member]) => `"${name}":${member}`).join(',')}}`),
        array: fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(',')}]`),
      }));
      fc.assert(
        fc.property(value, (inner) => {
          const text = `{"x":${inner}}`;
          const outcome = outcomeOf(aBody(text));

          expect(outcome === 'invalid-request').toBe(countMembers(text) !== countKeys(JSON.parse(text)));
        }),
        { numRuns: 2000 },
      );
    });
  });
});

/** Colons outside of strings: one a member, as it is written. */
const countMembers = (json: string) => json.replaceAll(/"(\\.|[^"\\])*"/g, '').split(':').length - 1;

/** Members that are left when the last of two equal keys wins. */
function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, member) => sum + countKeys(member), own);
}

describe('JSON body with a member that is measured by itself', () => {
  const large = { name: 'proof', maxLength: 100_000 };
  const codeOf = (text: string, ...members: readonly (typeof large)[]) => {
    try {
      parseJsonBody(aBody(text), members[0] ?? large);
      return 'taken';
    } catch (error) {
      if (error instanceof BrokerError) return error.code;
      throw error;
    }
  };
  /** `{"proof":"…","a":"…"}`, whose rest beside the first text has that many bytes. */
  const aText = (proof: number, rest: number) =>
    `{"proof":"${'x'.repeat(proof)}","a":"${'y'.repeat(rest - 19)}"}`;

  it('leaves all the rest the limit that it has', () => {
    expect(codeOf(aText(100_000, bodyLimits.bytes))).toBe('taken');
    expect(codeOf(aText(100_000, bodyLimits.bytes + 1))).toBe('request-too-large');
    expect(codeOf(aText(1, bodyLimits.bytes))).toBe('taken');
    expect(codeOf(aText(1, bodyLimits.bytes + 1))).toBe('request-too-large');
  });

  it('is no way in for any other member, or at any other depth', () => {
    const text = 'x'.repeat(50_000);

    expect(codeOf(JSON.stringify({ reason: text }))).toBe('request-too-large');
    expect(codeOf(JSON.stringify({ a: { proof: text } }))).toBe('request-too-large');
    expect(codeOf(JSON.stringify({ proof: [text] }))).toBe('request-too-large');
    expect(codeOf(JSON.stringify({ proof: { [text]: 1 } }))).toBe('request-too-large');
    expect(codeOf(JSON.stringify({ [text]: 'proof' }))).toBe('request-too-large');
    expect(codeOf(JSON.stringify({ proof: text, reason: text }))).toBe('request-too-large');
    expect(codeOf(JSON.stringify({ proof: text }), { name: 'other', maxLength: 100_000 })).toBe(
      'request-too-large',
    );
    expect(outcomeOf(aBody(JSON.stringify({ proof: text })))).toBe('request-too-large');
  });

  it('counts what is written longer than it is, for the rest', () => {
    const escaped = `{"proof":"${'\\u0041'.repeat(10_000)}"}`;

    expect(codeOf(escaped)).toBe('request-too-large');
    expect(codeOf(`{"proof":"${'a\\/'.repeat(10_000)}"}`)).toBe('taken');
  });

  it('keeps the limits of depth and of keys', () => {
    expect(codeOf(`{"proof":"${'x'.repeat(50_000)}","a":${nested(9)}}`)).toBe('request-too-large');
    expect(codeOf(JSON.stringify({ proof: 'x', ...JSON.parse(withKeys(64)) }))).toBe('request-too-large');
  });

  it.each([
    ['many small values', `{"proof":[${'1,'.repeat(40_000)}1]}`],
    [
      'many small values beside a long one',
      `{"proof":"${'x'.repeat(40_000)}","a":[${'1,'.repeat(10_000)}1]}`,
    ],
    ['two long ones', `{"proof":"${'x'.repeat(40_000)}","a":"${'y'.repeat(40_000)}"}`],
    ['white space', `{"proof":"x"${' '.repeat(40_000)}}`],
    ['brackets', '['.repeat(40_000)],
    ['more than all members may have', aText(100_001, bodyLimits.bytes)],
  ])('parses nothing of a body that is too large by %s', (_what, text) => {
    const parse = jest.spyOn(JSON, 'parse');
    try {
      expect(codeOf(text)).toBe('request-too-large');
      expect(parse).not.toHaveBeenCalled();
    } finally {
      parse.mockRestore();
    }
  });
});

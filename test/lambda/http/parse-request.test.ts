import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { InvalidRequestError } from '../../../lambda/core/errors.ts';
import { parseQuery, parseRequest, strictObject } from '../../../lambda/http/parse-request.ts';

const schema = strictObject({
  durationSeconds: z.int({ error: 'an integer' }).exactOptional(),
  tags: z.record(z.string(), z.string({ error: 'text' })).exactOptional(),
});

const query = strictObject({
  format: z.enum(['sts', 'ini'], { error: 'sts, ini' }).exactOptional(),
  limit: z.string().regex(/^\d+$/, { error: 'digits' }).transform(Number).exactOptional(),
});

function refusalOf(act: () => unknown): InvalidRequestError | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof InvalidRequestError) return error;
    throw error;
  }
}

describe('parsed request', () => {
  it('is what was sent when all of it is allowed', () => {
    expect(parseRequest('body', schema, { durationSeconds: 900 })).toEqual({ durationSeconds: 900 });
    expect(parseRequest('body', schema, {})).toEqual({});
  });

  it('names each wrong key and what is allowed there, all at once', () => {
    const refusal = refusalOf(() =>
      parseRequest('body', schema, { durationSeconds: '900', tags: { Team: 1 } }),
    );

    expect(refusal?.message).toBe(
      'cannot take body.durationSeconds; allowed: an integer · body.tags.Team; allowed: text',
    );
    expect(refusal?.extensions).toEqual({
      errors: [
        { path: 'body.durationSeconds', allowed: 'an integer' },
        { path: 'body.tags.Team', allowed: 'text' },
      ],
    });
  });

  it('names the keys that there are when there is another', () => {
    const refusal = refusalOf(() => parseRequest('body', schema, { externalId: 'CANARY' }));

    expect(refusal?.message).toBe('cannot take body; allowed: the keys durationSeconds, tags');
  });

  it.each([[null], [[]], ['{}'], [1], [undefined]])('is an object: %j is none', (value) => {
    expect(refusalOf(() => parseRequest('body', schema, value))?.message).toBe(
      'cannot take body; allowed: an object',
    );
  });

  it('repeats no value', () => {
    const refusal = refusalOf(() =>
      parseRequest('body', schema, { durationSeconds: 'CANARY', tags: ['CANARY'] }),
    );

    expect(JSON.stringify([refusal, refusal?.message, refusal?.extensions])).not.toContain('CANARY');
    expect(refusal).not.toHaveProperty('cause');
  });
});

describe('query parameter', () => {
  it('is its one value', () => {
    expect(parseQuery(query, { format: ['ini'], limit: ['10'] })).toEqual({
      format: 'ini',
      limit: 10,
    });
  });

  it('is absent when it is not sent', () => {
    expect(parseQuery(query, {})).toEqual({});
  });

  it.each([
    ['two values', { format: ['ini', 'sts'] }, 'query.format; allowed: the parameter once'],
    ['two equal ones', { format: ['ini', 'ini'] }, 'query.format; allowed: the parameter once'],
    ['no value', { format: [] }, 'query.format; allowed: the parameter once'],
    ['an empty value', { format: [''] }, 'query.format; allowed: sts, ini'],
    ['a value in another case', { format: ['INI'] }, 'query.format; allowed: sts, ini'],
    ['an unknown name', { Format: ['ini'] }, 'query; allowed: the keys format, limit'],
    ['a name with white space', { 'format ': ['ini'] }, 'query; allowed: the keys format, limit'],
    ['a wrong value of the second', { limit: ['-1'] }, 'query.limit; allowed: digits'],
    [
      'the name __proto__',
      Object.fromEntries([['__proto__', ['x']]]),
      'query; allowed: the keys format, limit',
    ],
    ['a name of every object', { constructor: ['x'] }, 'query; allowed: the keys format, limit'],
  ])('is refused with %s', (_what, value, message) => {
    expect(refusalOf(() => parseQuery(query, value))?.message).toBe(`cannot take ${message}`);
  });
});

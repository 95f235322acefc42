import { describe, expect, it } from '@jest/globals';
import { InvalidRequestError } from '../../../lambda/core/errors.ts';
import { fromCursor, toCursor } from '../../../lambda/core/page-cursor.ts';

const filters = { principal: 'sre@example.com', profile: undefined };
const isPlace = (before: string) => /^[0-9A-Z.-]+$/.test(before);

describe('a page cursor', () => {
  it.each(['01M7YD6702EK2T57VJEABWXG64', '2026-11-21.A.B'])(
    'leads back to %s with the same filters',
    (place) => {
      const cursor = toCursor(place, filters);

      expect(fromCursor(cursor, { profile: undefined, principal: 'sre@example.com' }, isPlace)).toBe(place);
    },
  );

  it.each([
    ['other filters', toCursor('A', { principal: 'developer@example.com' })],
    ['a place where no page ends', toCursor('a', filters)],
    ['no place', toCursor('', filters)],
    ['a hash cut short', Buffer.from(`A.${'x'.repeat(21)}`).toString('base64url')],
    ['what no answer gave', 'A'],
    ['nothing', ''],
  ])('is refused with %s', (_what, cursor) => {
    expect(() => fromCursor(cursor, filters, isPlace)).toThrow(InvalidRequestError);
  });

  it('takes the same hash for absent and undefined filters', () => {
    expect(toCursor('A', filters)).toBe(toCursor('A', { principal: 'sre@example.com' }));
  });
});

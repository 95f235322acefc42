import { describe, expect, it } from '@jest/globals';
import { isUsable, toFreshUntil } from '../../../lib/client/credential-lifetime.ts';

const minute = 60_000;
const issuedAt = Date.parse('2026-11-21T08:00:00Z');

/** Minutes of their life that are left when credentials of so many minutes are handed out for the last time. */
const leftWhenStale = (minutes: number) =>
  (issuedAt + minutes * minute - toFreshUntil(minutes * minute, issuedAt)) / minute;

describe('credentials are handed out again', () => {
  it.each([
    [15, 6],
    [30, 12],
    [60, 16],
    [720, 16],
  ])('of %i minutes until %i minutes before they expire', (minutes, left) => {
    expect(leftWhenStale(minutes)).toBe(left);
  });

  it.each([15, 20, 30, 60, 720])('of %i minutes for half of their life at least', (minutes) => {
    expect(leftWhenStale(minutes)).toBeLessThanOrEqual(minutes / 2);
  });

  it.each([15, 20, 30, 60, 720])(
    'of %i minutes never when the SDK for JavaScript asks for others',
    (minutes) => {
      expect(leftWhenStale(minutes)).toBeGreaterThan(5);
    },
  );

  it.each([60, 720])('of %i minutes never when botocore asks for others', (minutes) => {
    expect(leftWhenStale(minutes)).toBeGreaterThan(15);
  });
});

describe('credentials that have not expired', () => {
  it.each([
    [minute + 1, true],
    [minute, false],
    [0, false],
    [-1, false],
  ])('with %i ms left are of use: %s', (left, usable) => {
    expect(isUsable(issuedAt + left, issuedAt)).toBe(usable);
  });
});

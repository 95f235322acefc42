import { describe, expect, it } from '@jest/globals';
import { InvalidArgumentError } from 'commander';
import { parseDuration, parseMoment } from '../../../bin/daypass/parse-duration.ts';

describe('a duration', () => {
  it.each([
    ['900', 900],
    ['90s', 90],
    ['30m', 1800],
    ['2h', 7200],
    ['1h30m', 5400],
    ['2d', 172_800],
    ['1w', 604_800],
  ])('%s is %i seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', '0', '0s', '-5m', '1.5h', '30 m', '30M', 'm', '1y', '1e3', '9999999999', '٣0m', '30m\n'])(
    '%j is none',
    (text) => {
      expect(() => parseDuration(text)).toThrow(InvalidArgumentError);
    },
  );
});

describe('a moment', () => {
  const nowMs = Date.parse('2026-11-21T12:00:00Z');

  it.each([
    ['2h', '2026-11-21T10:00:00.000Z'],
    ['1d12h', '2026-11-20T00:00:00.000Z'],
    ['36500d', '1926-12-16T12:00:00.000Z'],
    ['now', '2026-11-21T12:00:00.000Z'],
    ['2026-11-21', '2026-11-21T00:00:00.000Z'],
    ['2026-11-21T08:00:00Z', '2026-11-21T08:00:00.000Z'],
    ['2026-11-21T08:00+02:00', '2026-11-21T06:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(new Date(parseMoment(text)(nowMs)).toISOString()).toBe(iso);
  });

  it.each([
    '',
    'yesterday',
    '7200',
    '2026',
    '2026-02-30',
    '2026-11-21 08:00',
    '2026-11-21T08:00:00',
    '21.11.2026',
    '36501d',
    '999999999w',
  ])('%j is none', (text) => {
    expect(() => parseMoment(text)).toThrow(InvalidArgumentError);
  });
});

import { describe, expect, it } from '@jest/globals';
import { InvalidRequestError } from '../../../lambda/core/errors.ts';
import { requireListedSpan, toListedSpan } from '../../../lambda/core/listed-span.ts';

const msPerDay = 86_400_000;
const nowMs = Date.parse('2026-11-21T12:00:00Z');
const audit = { trust: { statements: [] }, retentionDays: 30 };
const days = (count: number) => nowMs + count * msPerDay;

describe('what of the audit is listed', () => {
  it.each([
    ['all that is kept without a default', {}, undefined, { fromMs: days(-31), toMs: days(1) }],
    ['the last days by default', {}, 7, { fromMs: days(-7), toMs: days(1) }],
    ['as many days before the end', { toMs: days(-10) }, 7, { fromMs: days(-17), toMs: days(-10) }],
    ['nothing older than is kept', { fromMs: 0, toMs: days(-5) }, 7, { fromMs: days(-31), toMs: days(-5) }],
    [
      'nothing later than tomorrow',
      { fromMs: days(-1), toMs: days(40) },
      7,
      { fromMs: days(-1), toMs: days(1) },
    ],
  ])('is %s', (_what, asked, defaultDays, span) => {
    expect(toListedSpan(asked, { nowMs, audit, defaultDays })).toEqual(span);
  });

  it.each([
    ['from is to', { fromMs: days(-1), toMs: days(-1) }],
    ['from is after to', { fromMs: days(-1), toMs: days(-2) }],
    ['to is before all that is kept', { toMs: days(-40) }],
  ])('is refused where %s', (_what, asked) => {
    const span = toListedSpan(asked, { nowMs, audit, defaultDays: undefined });

    expect(() => requireListedSpan(span, audit)).toThrow(InvalidRequestError);
  });
});

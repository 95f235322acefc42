import { describe, expect, it } from '@jest/globals';
import { toBase32 } from '../../../local/aws/base32.ts';
import { findTotpStep, toTotpCode, toTotpStep } from '../../../local/aws/totp.ts';

const secret = toBase32(Buffer.from('12345678901234567890'));

describe('a TOTP code', () => {
  // RFC 6238, appendix B, of which six digits are the last six.
  it.each([
    [59, '287082'],
    [1111111109, '081804'],
    [1111111111, '050471'],
    [1234567890, '005924'],
    [2000000000, '279037'],
    [20000000000, '353130'],
  ])('at %d seconds is %s', (seconds, code) => {
    expect(toTotpCode(secret, toTotpStep(seconds * 1000))).toBe(code);
  });

  const step = toTotpStep(1111111109_000);
  const find = (steps: number, code = '081804') =>
    findTotpStep(code, { secret, nowMs: (step + steps) * 30_000 });

  it.each([-1, 0, 1])('is found when the clock is %d steps off', (steps) => {
    expect(find(steps)).toBe(step);
  });

  it.each([-2, 2, 1000])('is not found when the clock is %d steps off', (steps) => {
    expect(find(steps)).toBeUndefined();
  });

  it.each(['81804', '0081804', '081804 ', '', '081805'])('is not %j', (code) => {
    expect(find(0, code)).toBeUndefined();
  });

  it('lasts to the last millisecond of its step, and one step more', () => {
    const at = (nowMs: number) => findTotpStep('081804', { secret, nowMs });

    expect(at((step + 2) * 30_000 - 1)).toBe(step);
    expect(at((step + 2) * 30_000)).toBeUndefined();
    expect(at((step - 1) * 30_000)).toBe(step);
    expect(at((step - 1) * 30_000 - 1)).toBeUndefined();
  });
});

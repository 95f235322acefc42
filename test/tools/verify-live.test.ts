import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runProgram } from '../support/run-program.ts';
import { node, type RunningDaypass, startDaypass } from '../support/running-daypass.ts';

/* `npm run verify-live` against `npm start`: what can be true on a laptop is, and the rest is skipped with its reason. */

let daypass: RunningDaypass;

beforeAll(async () => {
  daypass = await startDaypass();
});

afterAll(() => daypass.stop());

const verify = (...args: readonly string[]) => runProgram(node, ['bin/verify-live.ts', ...args]);

describe('npm run verify-live', () => {
  it('passes what npm start can show, and says why the rest is skipped', async () => {
    const { code, stdout } = await verify('--url', daypass.broker, '--json');

    const reports = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(reports.filter(({ outcome }) => outcome === 'PASS')).toHaveLength(9);
    expect(reports.filter(({ outcome }) => outcome === 'FAIL')).toEqual([]);
    for (const report of reports.filter(({ outcome }) => outcome === 'SKIP'))
      expect(report.because).toMatch(/\w/);
  });

  it('ends with 1 where something has failed', async () => {
    const { code, stdout } = await verify('--url', daypass.identityProvider);

    expect(code).toBe(1);
    expect(stdout).toContain('FAIL');
  });

  it('ends with 2 where it is asked wrongly', async () => {
    expect(await verify('--url', 'ftp://example.com')).toMatchObject({ code: 2 });
    expect(await verify('--nonsense')).toMatchObject({ code: 2 });
  });
});

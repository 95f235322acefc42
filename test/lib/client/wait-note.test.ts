import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { noteWait, patienceMs, whileNoting } from '../../../lib/client/wait-note.ts';

describe('a wait', () => {
  const noted: string[] = [];
  const waiting = {
    note: (line: string) => void noted.push(line),
    what: 'https://daypass.example.com/ to answer',
    longestMs: 35_000,
  };

  beforeEach(() => {
    noted.length = 0;
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is not spoken of while it is short', () => {
    const end = noteWait(waiting);
    jest.advanceTimersByTime(patienceMs - 1);
    end();
    jest.advanceTimersByTime(60_000);

    expect(noted).toEqual([]);
  });

  it('is spoken of once, with whom it is for and how long it may take', () => {
    noteWait(waiting);
    jest.advanceTimersByTime(60_000);

    expect(noted).toEqual([
      'daypass: still waiting for https://daypass.example.com/ to answer, for 32 s more at most',
    ]);
  });

  it.each<readonly [string, () => Promise<string>]>([
    ['an answer', async () => 'an answer'],
    ['an error', async () => Promise.reject(new Error('none'))],
  ])('ends with %s', async (_what, action) => {
    await whileNoting(waiting, action).catch(() => undefined);
    jest.advanceTimersByTime(60_000);

    expect(noted).toEqual([]);
  });

  it('leaves no timer where nobody is told', () => {
    noteWait({ ...waiting, note: undefined });

    expect(jest.getTimerCount()).toBe(0);
  });
});

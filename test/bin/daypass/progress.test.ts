import { describe, expect, it } from '@jest/globals';
import { createProgress } from '../../../bin/daypass/progress.ts';

function aScreen({ isTTY = true, term = 'xterm' } = {}) {
  const written: string[] = [];
  let ms = 0;
  const stream = { isTTY, columns: 20, write: (text: unknown) => written.push(String(text)) > 0 };
  const progress = createProgress({ stream: stream as never, env: { TERM: term }, now: () => ms });
  const wait = (more: number) => {
    ms += more;
  };
  return { written, progress, wait };
}

describe('progress', () => {
  it('is not shown of what is over soon', () => {
    const { written, progress, wait } = aScreen();

    wait(500);
    progress.show('1 issuance');
    progress.clear();

    expect(written).toEqual([]);
  });

  it('is one line that is written over, fits the screen, and is gone in the end', () => {
    const { written, progress, wait } = aScreen();

    wait(1000);
    progress.show('100 issuances, back to yesterday');
    progress.show('101');
    wait(200);
    progress.show('2\n\x1b[2J');
    progress.clear();
    progress.clear();

    expect(written).toEqual(['\r\x1b[2K100 issuances, bac…', '\r\x1b[2K2\\n\\u{1b}[2J', '\r\x1b[2K']);
  });

  it.each([{ isTTY: false }, { term: 'dumb' }])('is for terminals that can go back alone: %j', (screen) => {
    const { written, progress, wait } = aScreen(screen);

    wait(10_000);
    progress.show('100 issuances');
    progress.clear();

    expect(written).toEqual([]);
  });
});

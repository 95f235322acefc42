import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readTextFile } from '../../lib/read-text.ts';
import { node } from '../support/running-daypass.ts';

const directory = mkdtempSync(join(tmpdir(), 'daypass-text-'));
afterAll(() => rmSync(directory, { recursive: true }));

function aFile(text: string): string {
  const file = join(directory, 'file');
  writeFileSync(file, text);
  return file;
}

describe('a text that may have six bytes', () => {
  it.each([
    ['none', '', ''],
    ['six', 'grüß', 'grüß'],
    ['seven', 'grüße', undefined],
  ])('and has %s', (_name, text, read) => {
    expect(readTextFile(aFile(text), 6)).toBe(read);
  });

  it('has more, though the file system says that it has none', () => {
    expect(readTextFile('/proc/self/status', 6)).toBeUndefined();
  });

  it('is none of a device', () => {
    expect(() => readTextFile('/dev/null', 6)).toThrow('it is no regular file');
  });

  it('is waited for at no pipe', () => {
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const script = `
      const { readTextFile } = await import(${JSON.stringify(new URL('../../lib/read-text.ts', import.meta.url))});
      readTextFile(${JSON.stringify(pipe)}, 6);`;

    // In a process of its own: whoever waits there does nothing else, such as end by a limit.
    const { stderr } = spawnSync(node, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 20_000,
    });

    expect(stderr).toContain('it is no regular file');
  });
});

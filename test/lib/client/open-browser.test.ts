import { existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hasBrowser, openBrowser } from '../../../lib/client/open-browser.ts';

let directory: string;
let script: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'daypass-browser-'));
  script = join(directory, 'browser');
  // Renamed, so that whoever sees the file sees all of it.
  writeFileSync(script, '#!/bin/sh\nd=$(dirname "$0")\necho "$@" > "$d/new" && mv "$d/new" "$d/opened"\n', {
    mode: 0o700,
  });
});
afterAll(() => rmSync(directory, { recursive: true }));

/** What the browser was told. */
async function open(browser: string, address = 'http://127.0.0.1:1/start/a;b&c'): Promise<string | boolean> {
  const opened = join(directory, 'opened');
  rmSync(opened, { force: true });
  const written = new Promise<void>((resolve) => {
    const watcher = watch(directory, () => {
      if (!existsSync(opened)) return;
      watcher.close();
      resolve();
    });
  });
  if (!(await openBrowser(new URL(address), { BROWSER: browser }))) return false;
  await written;
  return readFileSync(opened, 'utf8').trim();
}

describe('$BROWSER', () => {
  it('is given the address behind its own words, by no shell', async () => {
    expect(await open(`${script} --new-window`)).toBe('--new-window http://127.0.0.1:1/start/a;b&c');
  });

  it('is given it where it says %s', async () => {
    expect(await open(`${script} --url %s --raise`)).toBe('--url http://127.0.0.1:1/start/a;b&c --raise');
  });

  it('may name several, of which the first that is there counts', async () => {
    expect(await open(`/nowhere/firefox:${script}`)).toBe('http://127.0.0.1:1/start/a;b&c');
  });
});

it('a browser that is not there is said, and nothing else is opened', async () => {
  expect(await openBrowser(new URL('http://127.0.0.1:1/'), { BROWSER: '/nowhere/firefox' })).toBe(false);
});

describe('a browser', () => {
  it.each([
    [{}, 'linux', false],
    [{ DISPLAY: ':0' }, 'linux', true],
    [{ WAYLAND_DISPLAY: 'wayland-0' }, 'linux', true],
    [{ WSL_DISTRO_NAME: 'Debian' }, 'linux', true],
    [{ DISPLAY: ':0', SSH_CONNECTION: 'a b' }, 'linux', false],
    [{ BROWSER: 'w3m', SSH_CONNECTION: 'a b' }, 'linux', true],
    [{}, 'darwin', true],
    [{ SSH_TTY: '/dev/pts/1' }, 'darwin', false],
    [{}, 'win32', true],
  ] as const)('with %j on %s: %s', (env, platform, expected) => {
    expect(hasBrowser(env, platform)).toBe(expected);
  });
});

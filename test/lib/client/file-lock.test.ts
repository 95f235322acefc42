import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { FileError } from '../../../lib/client/file-error.ts';
import { withLock } from '../../../lib/client/file-lock.ts';
import { node } from '../../support/running-daypass.ts';

let directory: string;
let path: string;
let count = 0;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'daypass-lock-'));
});
beforeEach(() => {
  count += 1;
  path = join(directory, `${count}.lock`);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const lockModule = new URL('../../../lib/client/file-lock.ts', import.meta.url).href;

/** A process that runs this with `withLock`, `path` and `log` (a file it appends to) at hand. */
const spawnWith = (body: string, ...args: readonly string[]) =>
  spawn(
    node,
    [
      '--input-type=module',
      '--eval',
      `import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
       import { withLock } from ${JSON.stringify(lockModule)};
       const [path, log] = process.argv.slice(1);
       ${body}`,
      path,
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );

describe('a lock', () => {
  it('is gone after the action, which is handed through', async () => {
    const held = await withLock(path, async () => ({ mode: statSync(path).mode & 0o777 }));

    expect(held).toEqual({ mode: 0o600 });
    expect(existsSync(path)).toBe(false);
  });

  it('is gone after an action that throws', async () => {
    await expect(withLock(path, () => Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError);

    expect(existsSync(path)).toBe(false);
  });

  it('lets one in at a time within a process', async () => {
    let inside = 0;
    let most = 0;

    await Promise.all(
      Array.from({ length: 20 }, () =>
        withLock(path, async () => {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise((resolve) => setImmediate(resolve));
          inside -= 1;
        }),
      ),
    );

    expect(most).toBe(1);
  });

  it('lets one in at a time among processes, also after a dead one', async () => {
    const log = join(directory, 'counter');
    writeFileSync(log, '0');
    writeFileSync(path, deadHolder());
    const body = `for (let turn = 0; turn < 5; turn += 1) {
      await withLock(path, async () => {
        const seen = Number(readFileSync(log, 'utf8'));
        await new Promise((resolve) => setTimeout(resolve, 1));
        writeFileSync(log, String(seen + 1));
      });
    }`;

    const codes = await Promise.all(
      Array.from({ length: 6 }, async () => (await once(spawnWith(body, log), 'exit'))[0]),
    );

    expect(codes).toEqual(Array(6).fill(0));
    expect(readFileSync(log, 'utf8')).toBe('30');
    expect(existsSync(`${path}.break`)).toBe(false);
  });
});

describe('waiting', () => {
  it('ends when the holder is killed', async () => {
    const holder = spawnWith(
      'await withLock(path, () => { console.log("held"); return new Promise((r) => setTimeout(r, 60_000)); });',
    );
    await once(createInterface({ input: holder.stdout }), 'line');
    const waiting = withLock(path, async () => 'in', { staleMs: 3_600_000 });

    holder.kill('SIGKILL');

    expect(await waiting).toBe('in');
  });

  it.each([
    ['gives no sign of life', JSON.stringify({ pid: process.pid, machine: 'elsewhere', nonce: '' })],
    ['was stopped before it could write', ''],
  ])('ends when a holder that may live %s', async (_name, text) => {
    writeFileSync(path, text);

    expect(await withLock(path, async () => 'in', { staleMs: 30 })).toBe('in');
  });

  it('goes on while the holder gives signs of life, and is bounded', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const holder = withLock(path, () => held, { staleMs: 100 });

    const waiting = withLock(path, async () => 'in', { staleMs: 250, timeoutMs: 700 });

    await expect(waiting).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining(path),
    });
    release();
    await holder;
  });

  it('breaks no lock of a live process of another machine by its id', async () => {
    writeFileSync(path, deadHolder({ machine: 'elsewhere' }));

    await expect(withLock(path, async () => 'in', { timeoutMs: 30 })).rejects.toMatchObject({
      code: 'unavailable',
    });
  });

  it('ends with the signal, before and while waiting', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const holder = withLock(path, () => held);
    const controller = new AbortController();
    const waiting = withLock(path, async () => 'in', { signal: controller.signal });

    controller.abort();

    await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
    await expect(withLock(path, async () => 'in', { signal: controller.signal })).rejects.toMatchObject({
      code: 'interrupted',
    });
    release();
    await holder;
  });

  it('passes a guard that a dead process left', async () => {
    writeFileSync(path, deadHolder());
    writeFileSync(`${path}.break`, '');

    expect(await withLock(path, async () => 'in', { staleMs: 50 })).toBe('in');
  });
});

describe('a lock that was broken meanwhile', () => {
  it("leaves the next holder's alone", async () => {
    const others = deadHolder({ machine: 'elsewhere' });

    await withLock(path, async () => writeFileSync(path, others));

    expect(readFileSync(path, 'utf8')).toBe(others);
  });
});

describe('a lock that cannot be made', () => {
  it('is an error that says why', async () => {
    writeFileSync(join(directory, 'file'), '');

    await expect(withLock(join(directory, 'file', 'a.lock'), async () => 'in')).rejects.toMatchObject({
      name: 'FileError',
      message: expect.stringContaining('something above it is no directory'),
    });
  });

  it('follows no link, and waits for nobody to write a pipe', async () => {
    const others = join(directory, 'others');
    writeFileSync(others, '');
    symlinkSync(others, path);
    const pipe = `${path}-pipe`;
    spawnSync('mkfifo', [pipe]);

    await expect(withLock(path, async () => undefined, { timeoutMs: 50 })).rejects.toThrow(FileError);
    await expect(withLock(pipe, async () => undefined, { timeoutMs: 50 })).rejects.toThrow('another daypass');
  });

  it('makes its directory, for nobody else', async () => {
    const made = join(directory, 'made', 'here');

    await withLock(join(made, 'a.lock'), async () => undefined);

    expect(statSync(made).mode & 0o777).toBe(0o700);
  });
});

/** What a process that is gone by now had written. */
function deadHolder({ machine }: { readonly machine?: string } = {}): string {
  const { pid } = spawnSync(node, ['--eval', '']);
  const { stdout } = spawnSync('readlink', ['/proc/self/ns/pid'], { encoding: 'utf8' });
  const own = stdout ? `${hostname()} ${stdout.trim()}` : hostname();
  return JSON.stringify({ pid, machine: machine ?? own, nonce: 'dead' });
}

import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { toFileError } from '../../../lib/client/file-error.ts';
import {
  readPrivateFile,
  readSettingsFile,
  removePrivateFile,
  writePrivateFile,
} from '../../../lib/client/private-file.ts';
import { node } from '../../support/running-daypass.ts';

const root = mkdtempSync(join(tmpdir(), 'daypass-files-'));
let count = 0;
let directory: string;
let path: string;

beforeEach(() => {
  count += 1;
  directory = join(root, String(count));
  path = join(directory, 'secret.json');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const modeOf = (file: string) => statSync(file).mode & 0o777;
const isRoot = process.getuid?.() === 0;

describe('a private file', () => {
  it("is the writer's alone, in a directory that is too", () => {
    const umask = process.umask(0);

    writePrivateFile(join(directory, 'deeper', 'secret.json'), 'text');

    process.umask(umask);
    expect(readPrivateFile(join(directory, 'deeper', 'secret.json'))).toBe('text');
    expect(modeOf(join(directory, 'deeper', 'secret.json'))).toBe(0o600);
    expect(modeOf(join(directory, 'deeper'))).toBe(0o700);
    expect(modeOf(directory)).toBe(0o700);
  });

  it('can be read by its writer whatever the umask takes away', () => {
    const umask = process.umask(0o777);

    try {
      mkdirSync(directory, { mode: 0o700 });
      chmodSync(directory, 0o700);
      writePrivateFile(path, 'text');
    } finally {
      process.umask(umask);
    }

    expect(modeOf(path)).toBe(0o600);
  });

  it('takes the place of another whole, whoever could read that', () => {
    writePrivateFile(path, 'old');
    chmodSync(path, 0o644);

    writePrivateFile(path, 'new');

    expect(modeOf(path)).toBe(0o600);
    expect(readPrivateFile(path)).toBe('new');
    expect(readdirSync(directory)).toEqual(['secret.json']);
  });

  it('takes the place of a symbolic link, not of what it leads to', () => {
    mkdirSync(directory, { mode: 0o700 });
    writeFileSync(join(directory, 'elsewhere'), 'mine', { mode: 0o600 });
    symlinkSync(join(directory, 'elsewhere'), path);

    writePrivateFile(path, 'new');

    expect(readFileSync(join(directory, 'elsewhere'), 'utf8')).toBe('mine');
    expect(readPrivateFile(path)).toBe('new');
  });

  it('leaves nothing behind when it cannot be written', () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });

    expect(() => writePrivateFile(path, 'text')).toThrow(/can't write .*: it is a directory/);
    expect(readdirSync(directory)).toEqual(['secret.json']);
  });

  it('is nothing when there is none, and can be removed twice', () => {
    writePrivateFile(path, 'text');

    removePrivateFile(path);
    removePrivateFile(path);

    expect(readPrivateFile(path)).toBeUndefined();
    expect(existsSync(path)).toBe(false);
  });
});

describe('a directory in the place of a private file', () => {
  it('is not removed, and said', () => {
    mkdirSync(path, { recursive: true });

    expect(() => removePrivateFile(path)).toThrow(
      expect.objectContaining({ name: 'FileError', message: `can't remove ${path}: it is a directory` }),
    );
  });
});

/** A file system of its own for one process, where this system lets anybody have one. */
const canMount = spawnSync('unshare', ['-rm', 'true']).status === 0;

describe('a private file of a file system that is read-only', () => {
  (canMount ? it : it.skip)('is not removed, and said', () => {
    mkdirSync(directory);
    const mount =
      'mount -t tmpfs none "$0" && touch "$0/secret.json" && mount -o remount,ro "$0" && exec "$@"';
    const module = new URL('../../../lib/client/private-file.ts', import.meta.url).href;
    const source = `import { removePrivateFile } from ${JSON.stringify(module)};
      try { removePrivateFile(process.argv[1]) } catch ({ name, message }) { console.log(name, message) }`;
    const remove = [node, '--input-type=module', '--eval', source, path];

    const { stdout } = spawnSync('unshare', ['-rm', 'sh', '-c', mount, directory, ...remove]);

    expect(String(stdout)).toBe(`FileError can't remove ${path}: the file system is read-only\n`);
  });
});

describe('a private file that others have a part in', () => {
  it.each([0o640, 0o604, 0o620, 0o602, 0o610, 0o666])('is refused with mode %o', (mode) => {
    writePrivateFile(path, 'text');
    chmodSync(path, mode);

    expect(() => readPrivateFile(path)).toThrow(
      expect.objectContaining({
        name: 'FileError',
        code: 'failed',
        message: `${path} can be read or written by others (mode 0${mode.toString(8)})`,
        hint: `chmod go-rwx ${path}`,
      }),
    );
  });

  it.each([0o400, 0o600, 0o700])('is read with mode %o', (mode) => {
    writePrivateFile(path, 'text');
    chmodSync(path, mode);

    expect(readPrivateFile(path)).toBe('text');
  });

  (isRoot ? it : it.skip)("is refused when it is somebody else's", () => {
    writePrivateFile(path, 'text');
    chownSync(path, 65_534, 65_534);

    expect(() => readPrivateFile(path)).toThrow(/belongs to somebody else \(uid 65534, and you are 0\)/);
  });

  it.each([0o720, 0o702, 0o777])('is not written into a directory of mode %o', (mode) => {
    mkdirSync(directory);
    chmodSync(directory, mode);

    expect(() => writePrivateFile(path, 'text')).toThrow(/can be written by others/);
    expect(readdirSync(directory)).toEqual([]);
  });

  (isRoot ? it : it.skip)("is not written into somebody else's directory", () => {
    mkdirSync(directory, { mode: 0o700 });
    chownSync(directory, 65_534, 65_534);

    expect(() => writePrivateFile(path, 'text')).toThrow(/belongs to somebody else/);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is refused, and not waited for, when it is a FIFO', () => {
    mkdirSync(directory);
    execFileSync('mkfifo', ['-m', '600', path]);

    expect(() => readPrivateFile(path)).toThrow(/is not a file of daypass/);
  });

  it('is refused when it is longer than anything that is kept', () => {
    writePrivateFile(path, ' '.repeat(1_048_577));

    expect(() => readPrivateFile(path)).toThrow(/is not a file of daypass/);
  });
});

describe('a file of settings', () => {
  it('may be read by others', () => {
    writePrivateFile(path, 'text');
    chmodSync(path, 0o644);

    expect(readSettingsFile(path)).toBe('text');
  });

  it.each([0o620, 0o602])('is refused when others can write it (mode %o)', (mode) => {
    writePrivateFile(path, 'text');
    chmodSync(path, mode);

    expect(() => readSettingsFile(path)).toThrow(/can be written by others/);
  });
});

describe('an error of the system', () => {
  it.each([
    ['EROFS', 'the file system is read-only'],
    ['ENOSPC', 'the disk is full'],
    ['EDQUOT', 'your quota of the disk is used up'],
    ['EACCES', 'permission denied'],
    ['EPERM', 'permission denied'],
    ['EIO', 'EIO'],
  ])('%s says %s', (code, reason) => {
    const cause = Object.assign(new Error(`${code}: no`), { code });

    expect(toFileError('write', '/home/me/secret', cause)).toMatchObject({
      name: 'FileError',
      message: `can't write /home/me/secret: ${reason}`,
      cause,
    });
  });

  it('is handed on as it is when it is a defect', () => {
    const cause = Object.assign(new TypeError('no'), { code: 'ERR_INVALID_ARG_TYPE' });

    expect(toFileError('write', '/home/me/secret', cause)).toBe(cause);
  });
});

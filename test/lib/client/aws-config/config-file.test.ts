import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
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
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  readConfigFile,
  replaceConfigFile,
  toConfigPath,
  withConfigLock,
} from '../../../../lib/client/aws-config/config-file.ts';
import { whereRoot } from '../../../support/another-visitor.ts';

const module = new URL('../../../../lib/client/aws-config/config-file.ts', import.meta.url).href;
let home: string;
let path: string;
const now = Date.parse('2026-11-21T09:00:00Z');

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'daypass-config-'));
  path = join(home, '.aws', 'config');
});

afterEach(() => rmSync(home, { recursive: true }));

function write(text: string | Uint8Array, mode = 0o644): void {
  mkdirSync(join(home, '.aws'), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
}

const modeOf = (file: string) => statSync(file).mode & 0o777;

describe('toConfigPath', () => {
  it.each([
    ['the home directory', {}, undefined, '/h/.aws/config'],
    ['AWS_CONFIG_FILE', { AWS_CONFIG_FILE: '/e/config' }, undefined, '/e/config'],
    ['AWS_CONFIG_FILE with a tilde', { AWS_CONFIG_FILE: '~/c' }, undefined, '/h/c'],
    ['an empty AWS_CONFIG_FILE', { AWS_CONFIG_FILE: '' }, undefined, '/h/.aws/config'],
    ['the option', { AWS_CONFIG_FILE: '/e/config' }, '/o/config', '/o/config'],
  ])('is by %s', (_, env, option, expected) => {
    expect(toConfigPath({ HOME: '/h', ...env }, option)).toBe(expected);
  });
});

describe('replaceConfigFile', () => {
  it('makes the first file, and the directory, for this user alone', () => {
    const backup = replaceConfigFile(readConfigFile(path), 'new\n', now);

    expect(readFileSync(path, 'utf8')).toBe('new\n');
    expect([modeOf(path), modeOf(join(home, '.aws'))]).toEqual([0o600, 0o700]);
    expect(backup).toBeUndefined();
  });

  it.each([0o600, 0o644, 0o400])('keeps the mode %o, and what was there with 0600', (mode) => {
    write('old\n', mode);

    const backup = replaceConfigFile(readConfigFile(path), 'new\n', now);

    expect(readFileSync(path, 'utf8')).toBe('new\n');
    expect(modeOf(path)).toBe(mode);
    expect(backup).toBe(`${path}.daypass-backup-20261121T090000000Z`);
    expect(readFileSync(backup ?? '', 'utf8')).toBe('old\n');
    expect(modeOf(backup ?? '')).toBe(0o600);
  });

  whereRoot(it)('by root gives the owner that very file, not what a link leads to meanwhile', () => {
    write('old\n');
    chownSync(path, 65_534, 65_534);
    const roots = join(home, 'roots');
    writeFileSync(roots, 'secret');
    // What the owner of the directory does, at the worst moment.
    const script = `
      const fs = process.getBuiltinModule('node:fs');
      const { closeSync } = fs;
      fs.closeSync = (descriptor) => {
        closeSync(descriptor);
        const name = fs.readdirSync('.').find((one) => one.endsWith('.tmp'));
        if (name === undefined || fs.existsSync('stolen')) return;
        fs.renameSync(name, 'stolen');
        fs.symlinkSync('../roots', name);
      };
      process.getBuiltinModule('node:module').syncBuiltinESMExports();
      const { readConfigFile, replaceConfigFile } = await import(${JSON.stringify(module)});
      replaceConfigFile(readConfigFile('config'), 'new', 0);`;

    spawnSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: join(home, '.aws') });

    expect(readFileSync(join(home, '.aws', 'stolen'), 'utf8')).toBe('new');
    expect([statSync(join(home, '.aws', 'stolen')).uid, statSync(roots).uid]).toEqual([65_534, 0]);
  });

  it('keeps every byte that it is not told to change', () => {
    const bytes = Uint8Array.from({ length: 255 }, (_, index) => index + 1);
    write(bytes);
    const file = readConfigFile(path);

    replaceConfigFile(file, `${file.text}!`, now);

    expect(readFileSync(path)).toEqual(Buffer.from([...bytes, 33]));
  });

  it.each([
    ['a file', true],
    ['nothing yet', false],
  ])('follows links to %s, and keeps the backup where it was named', (_, isThere) => {
    const dotfiles = join(home, 'dotfiles');
    mkdirSync(dotfiles);
    mkdirSync(join(home, '.aws'));
    if (isThere) writeFileSync(join(dotfiles, 'aws'), 'old\n');
    symlinkSync('aws', join(dotfiles, 'link'));
    symlinkSync('../dotfiles/link', path);

    const backup = replaceConfigFile(readConfigFile(path), 'new\n', now);

    expect(lstatSync(path).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(dotfiles, 'aws'), 'utf8')).toBe('new\n');
    expect(readdirSync(dotfiles)).toEqual(['aws', 'link']);
    expect(backup?.startsWith(path)).toBe(isThere ? true : undefined);
  });

  it('keeps the last five backups, and nothing of others', () => {
    write('0');
    const mine = `${path}.daypass-backup-of-mine`;
    writeFileSync(mine, 'x');

    for (let change = 1; change <= 7; change += 1)
      replaceConfigFile(readConfigFile(path), String(change), now + change);

    const backups = readdirSync(join(home, '.aws')).filter((name) => /backup-\d/.test(name));
    const texts = backups.map((name) => readFileSync(join(home, '.aws', name), 'utf8'));
    expect(texts).toEqual(['2', '3', '4', '5', '6']);
    expect(readFileSync(mine, 'utf8')).toBe('x');
  });

  it('writes nothing over what another program wrote meanwhile', () => {
    write('old\n');
    const file = readConfigFile(path);
    write('theirs\n');

    expect(() => replaceConfigFile(file, 'new\n', now)).toThrow('changed by another program');

    expect(readFileSync(path, 'utf8')).toBe('theirs\n');
    expect(readdirSync(join(home, '.aws'))).toEqual(['config']);
  });

  it('looks once more when all is on the disk, and takes its backup away again', () => {
    write('old\n');
    // What the AWS CLI does while this process waits for the disk.
    const script = `
      const fs = process.getBuiltinModule('node:fs');
      fs.fsyncSync = () => {
        if (fs.readdirSync('.').some((name) => name.includes('backup'))) fs.writeFileSync('config', 'theirs');
      };
      process.getBuiltinModule('node:module').syncBuiltinESMExports();
      const { readConfigFile, replaceConfigFile } = await import(${JSON.stringify(module)});
      replaceConfigFile(readConfigFile('config'), 'new', 0);`;

    const { stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: join(home, '.aws'),
      encoding: 'utf8',
    });

    expect(stderr).toContain('changed by another program');
    expect(readFileSync(path, 'utf8')).toBe('theirs');
    expect(readdirSync(join(home, '.aws'))).toEqual(['config']);
  });

  it('says what keeps it from writing, and leaves no trace', () => {
    write('old\n');
    const file = { ...readConfigFile(path), target: join(path, 'below-a-file') };

    expect(() => replaceConfigFile(file, 'new\n', now)).toThrow(
      expect.objectContaining({ code: 'failed', message: expect.stringContaining(`can't write ${path}`) }),
    );

    expect(readdirSync(join(home, '.aws'))).toEqual(['config']);
  });
});

describe('withConfigLock', () => {
  it('says what keeps it from locking as it says what keeps it from writing', async () => {
    write('old\n');
    mkdirSync(`${path}.daypass-lock`);

    await expect(
      withConfigLock(readConfigFile(path), () => undefined, new AbortController().signal),
    ).rejects.toMatchObject({
      message: `can't write ${path}: EISDIR`,
      hint: expect.stringContaining('--config-file'),
    });
  });
});

describe('readConfigFile', () => {
  it.each([
    ['UTF-16', [0xff, 0xfe, 0x5b, 0], 'is UTF-16, and no UTF-8 text'],
    ['UTF-16 from the other end', [0xfe, 0xff, 0, 0x5b], 'is UTF-16, and no UTF-8 text'],
    ['anything binary', [0x5b, 0, 0x5d], 'is no text: it has NUL bytes'],
  ])('refuses %s', (_, bytes, what) => {
    write(Uint8Array.from(bytes));

    expect(() => readConfigFile(path)).toThrow(what);
  });

  it('refuses a directory, and links in a circle', () => {
    mkdirSync(path, { recursive: true });
    const circle = join(home, 'circle');
    symlinkSync(circle, circle);

    expect(() => readConfigFile(path)).toThrow('is no configuration file');
    expect(() => readConfigFile(circle)).toThrow('leads round in a circle');
  });
});

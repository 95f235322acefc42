import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfigurationFile } from '../../lib/config.ts';
import { createReadGitText } from '../../lib/read-git-text.ts';
import { configurationText } from '../support/configuration-text.ts';

const repository = mkdtempSync(join(tmpdir(), 'daypass-git-'));
const file = join(repository, 'deploy/config/daypass.yaml');
/** Nobody's own settings, and no hooks. */
const env = {
  PATH: '/usr/bin:/bin',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  HOME: repository,
};
const git = (...args: readonly string[]) =>
  execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args], {
    cwd: repository,
    env,
  });

beforeAll(() => {
  git('init', '--quiet');
  mkdirSync(join(repository, 'deploy/config'), { recursive: true });
  writeFileSync(file, configurationText);
  writeFileSync(join(repository, 'shared.xml'), 'before');
  writeFileSync(join(repository, '.gitattributes'), '*.xml diff=loud\n');
  git('config', 'diff.loud.textconv', 'echo converted');
  git('add', '.');
  git('commit', '--quiet', '-m', 'first');
  git('tag', 'deployed');
  writeFileSync(file, 'owner: [');
  writeFileSync(join(repository, 'shared.xml'), 'after');
});

afterAll(() => rmSync(repository, { recursive: true, force: true }));

describe('the text of a file in a commit', () => {
  it('is that of the commit, whatever is on the disk now', () => {
    const { configuration } = readConfigurationFile(file, { readText: createReadGitText('deployed', file) });

    expect([...configuration.profiles.keys()]).toEqual(['reports']);
    expect(() => readConfigurationFile(file)).toThrow('cannot be read');
  });

  it('is found above the configuration as well, and as it was committed', () => {
    expect(createReadGitText('HEAD', file)(join(repository, 'shared.xml'))).toBe('before');
  });

  it('is none where it is too long', () => {
    expect(createReadGitText('HEAD', file)(join(repository, 'shared.xml'), 5)).toBeUndefined();
  });

  it.each([
    ['a commit that is not there', 'nowhere', file],
    ['a file that is not in the commit', 'HEAD', join(repository, 'deploy/config/other.xml')],
    ['a file outside of the repository', 'HEAD', '/etc/hostname'],
  ])('is refused, with a reason of one line, for %s', (_what, revision, path) => {
    expect(() => createReadGitText(revision, file)(path)).toThrow(/^git: [^\n]+$/);
  });

  it('is refused where there is no repository, under the name that the messages have', () => {
    const elsewhere = '/proc/daypass.yaml';

    expect(() =>
      readConfigurationFile(elsewhere, {
        name: 'HEAD:x.yaml',
        readText: createReadGitText('HEAD', elsewhere),
      }),
    ).toThrow(/^HEAD:x\.yaml: cannot be read \(git: not a git repository/);
  });
});

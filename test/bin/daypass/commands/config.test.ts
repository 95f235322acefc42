import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { aDaypassUser } from '../../../support/a-daypass-user.ts';
import { configurationText } from '../../../support/configuration-text.ts';

const user = aDaypassUser();
afterAll(() => user.remove());

function write(name: string, edit: (text: string) => string = (text) => text): string {
  const path = join(user.home, name);
  writeFileSync(path, edit(configurationText));
  return path;
}

const before = write('before.yaml');
const after = write('after.yaml', (text) =>
  text
    .replace('maxSeconds: 3600', 'maxSeconds: 1800')
    .replace('groups": [sre]', 'groups": [sre, "\\e[2J"]')
    .replace('description: Reads reports', 'description: Reads other reports'),
);
const wrong = write('wrong.yaml', (text) =>
  text.replace('maxSeconds: 3600', 'maxSeconds: 7200').replace('RS256', 'none'),
);

describe('daypass config check', () => {
  it('says what a change grants and takes away, for programs', async () => {
    const { code, stdout, stderr } = await user.run('config', 'check', after, '--against', before);

    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `${after} is fine: one profile, 2 issuers\ncompared with ${before}: grants 1, takes away 1, changes otherwise 1\n`,
    });
    expect(stdout).toBe(
      [
        'takes-away\tprofile reports\tsessions last up to 1800 s, instead of 3600 s',
        'grants\tprofile reports\tstatement Teams allows more: where some of claims:groups is sre or "\\u001b[2J", instead of some of claims:groups is sre',
        'changes\tprofile reports\tdescription: Reads reports → Reads other reports',
        '',
      ].join('\n'),
    );
  });

  it('says all that is wrong with file and line, as synth does, and ends with 1', async () => {
    const { code, stdout, stderr } = await user.run('config', 'check', wrong);

    expect(code).toBe(1);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(
        /^.*wrong\.yaml:13 issuers\.okta\.algorithms\[0\]: "none" is not allowed; allowed: /,
      ),
      expect.stringMatching(
        /^.*wrong\.yaml:33 profiles\.reports\.duration\.maxSeconds: 7200 is not allowed; allowed: /,
      ),
      '',
    ]);
    expect(stderr).toBe(`daypass: 2 problems in ${wrong}\n`);
  });

  it('gives both as JSON', async () => {
    const [fine, bad] = await Promise.all([
      user.run('config', 'check', after, '--against', before, '--json'),
      user.run('config', 'check', wrong, '--json'),
    ]);

    expect(JSON.parse(fine.stdout)).toMatchObject({ problems: [], against: before, changes: [{}, {}, {}] });
    expect(JSON.parse(bad.stdout)).toMatchObject({
      file: wrong,
      problems: [expect.any(String), expect.any(String)],
    });
    expect([fine.code, bad.code]).toEqual([0, 1]);
  });

  it('says that nothing changed, and nothing else', async () => {
    const { code, stdout, stderr } = await user.run('config', 'check', before, '--against', before);

    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain(`the same as ${before}`);
  });

  it('refuses a version that it cannot take, and says which', async () => {
    const [against, git, option] = await Promise.all([
      user.run('config', 'check', before, '--against', wrong),
      user.run('config', 'check', before, '--git', 'HEAD'),
      user.run('config', 'check', before, '--git', '--output=x'),
    ]);

    expect(against).toMatchObject({ code: 1, stdout: '' });
    expect(against.stderr).toMatch(/the other version, .*wrong\.yaml, can't be taken: .*\(and 1 more\)/);
    expect(git).toMatchObject({ code: 1, stdout: '' });
    expect(git.stderr).toContain('git: not a git repository');
    expect(option).toMatchObject({ code: 2, stdout: '' });
  });
});

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createConfigureCommand } from '../../../bin/daypass/commands/configure.ts';
import { toDirectories } from '../../../lib/client/directories.ts';
import { writeSettings } from '../../../lib/client/settings.ts';
import { daypassScript } from '../../support/a-daypass-user.ts';
import { aTerminal, type RecordingTerminal } from '../../support/a-terminal.ts';
import { type LoopbackServer, startLoopbackServer } from '../../support/loopback-server.ts';
import { runProgram } from '../../support/run-program.ts';

let broker: LoopbackServer;
let home: string;
let file: string;

beforeAll(async () => {
  broker = await startLoopbackServer();
});

afterAll(() => broker.close());

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'daypass-configure-'));
  file = join(home, '.aws', 'config');
  mkdirSync(join(home, '.aws'));
  offer(['shop', 'web']);
});

afterEach(() => rmSync(home, { recursive: true }));

const offer = (names: readonly string[], more: object = {}) =>
  broker.respond((response) =>
    response.end(
      JSON.stringify({
        profiles: names.map((name) => ({ name, mechanism: 'assume-role', reasonRequired: false, ...more })),
      }),
    ),
  );

async function configure(
  args: readonly string[] = [],
  own: Partial<RecordingTerminal> = {},
): Promise<RecordingTerminal> {
  const env = {
    HOME: home,
    DAYPASS_HOME: join(home, 'daypass'),
    DAYPASS_URL: broker.url,
    DAYPASS_TOKEN: 'token-of-sre',
  };
  const terminal = aTerminal({ env, ...own });
  await createConfigureCommand(terminal)
    .exitOverride()
    .configureOutput({ writeErr: terminal.note })
    .parseAsync([...args], { from: 'user' });
  return terminal;
}

const read = () => readFileSync(file, 'utf8');
const commandOf = (profile: string) =>
  `${process.execPath} ${daypassScript} credentials ${profile} --format process --broker ${broker.url}`;
const sectionOf = (profile: string) =>
  `[profile daypass-${profile}]\ncredential_process = ${commandOf(profile)}\n`;

describe('daypass configure', () => {
  it('writes a section for each profile, and once more changes nothing', async () => {
    const first = await configure();
    const text = read();
    const second = await configure();

    expect(text).toBe(`${sectionOf('shop')}\n${sectionOf('web')}`);
    expect(read()).toBe(text);
    expect(first.printed()).toBe('daypass-shop\tshop\tadded\ndaypass-web\tweb\tadded\n');
    expect(second.printed()).toBe('daypass-shop\tshop\tunchanged\ndaypass-web\tweb\tunchanged\n');
    expect(second.noted).toContain(`${file} stays as it is`);
    expect(readdirSync(join(home, '.aws'))).toEqual(['config']);
  });

  it('keeps what others of its kind write at the same time', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `p${index}`);
    offer(names);
    const env = { HOME: home, DAYPASS_HOME: join(home, 'daypass'), DAYPASS_URL: broker.url };

    const ended = await Promise.all(
      names.map((name) =>
        runProgram(process.execPath, [daypassScript, 'configure', '--profile', name], {
          cwd: home,
          env: { ...env, DAYPASS_TOKEN: 'token-of-sre' },
        }),
      ),
    );

    expect(ended.map(({ code }) => code)).toEqual(names.map(() => 0));
    for (const name of names) expect(read()).toContain(sectionOf(name));
    expect(readdirSync(join(home, '.aws')).filter((name) => !name.includes('backup'))).toEqual(['config']);
  });

  it('names no broker where it is the one of the settings, and stays the same either way', async () => {
    await configure();
    const DAYPASS_HOME = join(home, 'daypass');
    writeSettings(toDirectories({ DAYPASS_HOME }), { broker: new URL(broker.url) });

    await configure([], { env: { HOME: home, DAYPASS_HOME, DAYPASS_TOKEN: 'token-of-sre' } });

    expect(read()).toBe(
      `${sectionOf('shop')}\n${sectionOf('web')}`.replaceAll(` --broker ${broker.url}`, ''),
    );
  });

  it('changes nothing in a dry run, and shows what it would, but no key', async () => {
    const text =
      '[profile daypass-shop]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = very/secret\n[default]\naws_secret_access_key = other/secret\n';
    writeFileSync(file, text);

    const terminal = await configure(['--dry-run', '--force']);

    expect(read()).toBe(text);
    expect(terminal.printed()).toContain(
      `@@ line 2 @@\n-aws_access_key_id = …\n-aws_secret_access_key = …\n+credential_process = ${commandOf('shop')}\n`,
    );
    expect(terminal.printed() + terminal.noted.join()).not.toContain('secret\n');
    expect(readdirSync(join(home, '.aws'))).toEqual(['config']);
  });

  it('keeps a backup of what it changed, and says where', async () => {
    writeFileSync(file, '[default]\n');

    const { noted } = await configure();

    const [, backup = ''] = readdirSync(join(home, '.aws'));
    expect(readFileSync(join(home, '.aws', backup), 'utf8')).toBe('[default]\n');
    expect(noted.join('\n')).toContain(join(home, '.aws', backup));
  });

  it('keeps a section by hand, and says so', async () => {
    const text = '[profile daypass-shop]\ncredential_process = /bin/mine\n';
    writeFileSync(file, text);

    const { noted, printed } = await configure(['--profile', 'shop']);

    expect(read()).toBe(text);
    expect(printed()).toBe('daypass-shop\tshop\tkept\n');
    expect(noted.join('\n')).toContain(
      '[profile daypass-shop] is kept as it is: it has no credential_process',
    );
  });

  it('removes what one may no longer use, where it is asked to', async () => {
    await configure();
    offer(['shop']);

    await configure();
    expect(read()).toContain('daypass-web');
    const { printed } = await configure(['--prune']);

    expect(read()).toBe(sectionOf('shop'));
    expect(printed()).toBe('daypass-shop\tshop\tunchanged\ndaypass-web\tweb\tremoved\n');
  });

  it('removes nothing because it was asked for some profiles alone', async () => {
    await configure();

    await configure(['--prune', '--profile', 'shop']);

    expect(read()).toContain('daypass-web');
  });

  it('takes a prefix, a region and a file', async () => {
    const other = join(home, 'other');

    await configure(['--prefix', 'x.', '--region', 'eu-west-1', '--config-file', other, '--profile', 'web']);

    expect(readFileSync(other, 'utf8')).toBe(
      `${sectionOf('web').replace('daypass-', 'x.')}region = eu-west-1\n`,
    );
    expect(existsSync(file)).toBe(false);
  });

  it('says what it did as JSON', async () => {
    const { printed } = await configure(['--json', '--profile', 'web']);

    expect(JSON.parse(printed())).toEqual({
      file,
      dryRun: false,
      changes: [{ name: 'daypass-web', profile: 'web', kind: 'added' }],
    });
  });

  it.each([
    [{ reasonRequired: true }, 'shop is left out: it asks for a reason each time'],
    [{ mechanism: 'saml' }, 'shop is left out: it asks for a SAML assertion each time'],
  ])('leaves out profiles that %j, and says so', async (more, note) => {
    offer(['shop'], more);

    const { noted } = await configure();

    expect(noted.join('\n')).toContain(note);
    expect(existsSync(file)).toBe(false);
  });

  it("writes nothing of a broker's that would be more than a name", async () => {
    offer(['shop]\n[default]\ncredential_process = /bin/evil\n[x']);

    await expect(configure()).rejects.toMatchObject({ code: 'unavailable' });

    expect(existsSync(file)).toBe(false);
  });

  it('refuses a profile that one may not use', async () => {
    await expect(configure(['--profile', 'nope'])).rejects.toMatchObject({ code: 'refused' });
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ['--prefix', 'a b'],
    ['--prefix', 'a]\n[x'],
    ['--region', 'eu-west-1\nx = y'],
    ['--region', 'here'],
  ])('refuses %s %j', async (option, value) => {
    await expect(configure([option, value])).rejects.toMatchObject({ code: 'commander.invalidArgument' });
  });

  it.each([
    ['[a]\nx = 1\n[a]\n', 'line 3 begins a section that line 1 begins already'],
    ['[a]\nx = 1\n X : 2\nx=3\n', 'line 4 sets x once more'],
    ['x = 1\n', 'line 1 stands above the first section'],
    ['[a]\nnonsense\n', 'line 2 is no setting'],
    ['\u{FEFF}[a]\n', 'line 1 begins with a byte order mark'],
    ['[a]\n= 1\n', 'line 2 has no name'],
    ['[a]\ns3 =\n  x\n', 'line 2 is followed by lines that are no settings'],
  ])('says why the AWS CLI refuses to read %j', async (text, what) => {
    writeFileSync(file, text);

    const { noted } = await configure();

    expect(noted).toContain(`the AWS CLI refuses to read ${file}: ${what}`);
    expect(read()).toBe(`${text}\n${sectionOf('shop')}\n${sectionOf('web')}`);
  });

  it('says which line is no UTF-8, and keeps its bytes', async () => {
    const text = Buffer.concat([Buffer.from('# Größe …\n'), Buffer.from('[profile café]\n', 'latin1')]);
    writeFileSync(file, text);

    const { noted } = await configure();

    expect(noted).toContain(`the AWS CLI refuses to read ${file}: line 2 is no UTF-8`);
    expect(readFileSync(file).subarray(0, text.length)).toEqual(text);
  });

  it('says which keys go before what it writes', async () => {
    const keys = join(home, '.aws', 'credentials');
    writeFileSync(keys, '[daypass-web]\naws_access_key_id = AKIAEXAMPLE\n[daypass-shop]\nregion = x\n');

    const { noted } = await configure();

    expect(noted.filter((line) => line.includes('go before'))).toEqual([
      `${keys} has keys of [daypass-web], which go before: remove them there`,
    ]);
  });

  it('says what keeps it from writing', async () => {
    rmSync(join(home, '.aws'), { recursive: true });
    writeFileSync(join(home, '.aws'), '');

    await expect(configure()).rejects.toThrow(`can't read ${file}: something above it is no directory`);
  });
});

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  parseProcessCommand,
  toProcessCommand,
} from '../../../../lib/client/aws-config/credential-process.ts';

const rest = 'credentials shop --format process';

describe('toProcessCommand', () => {
  it.each([
    [['daypass'], undefined, `daypass ${rest}`],
    [['daypass'], 'https://x.example/prod', `daypass ${rest} --broker https://x.example/prod`],
    [['/usr/bin/node', '/o p/daypass.js'], undefined, `/usr/bin/node "/o p/daypass.js" ${rest}`],
    [["/o'p/node", '/ü/daypass.js'], undefined, `"/o'p/node" "/ü/daypass.js" ${rest}`],
  ])('of %j and %s is one line', (program, broker, expected) => {
    const command = toProcessCommand(
      { program, profile: 'shop', ...(broker === undefined ? {} : { broker }) },
      'linux',
    );

    expect(command).toBe(expected);
  });

  it('writes paths of Windows as Windows splits them', () => {
    const program = ['C:\\Program Files\\nodejs\\node.exe', 'C:\\d\\daypass.js'];

    expect(toProcessCommand({ program, profile: 'shop' }, 'win32')).toBe(
      `"C:\\Program Files\\nodejs\\node.exe" C:\\d\\daypass.js ${rest}`,
    );
  });

  it.each([
    'a"b',
    'a$b',
    'a`b',
    'a\\b',
    'a%b',
    'a!b',
    'a #b',
    'a\t;b',
    'a\nb',
    'a\rb',
    'a\0b',
    'a\u2028b',
    'a\u202eb',
    '',
  ])('refuses a path with %j: not all SDKs would read it alike', (path) => {
    const toCommand = () => toProcessCommand({ program: ['node', path], profile: 'shop' }, 'linux');

    expect(toCommand).toThrow("can't stand in a credential_process");
  });

  it('refuses a word of Windows that ends with what escapes its quote', () => {
    expect(() => toProcessCommand({ program: ['C:\\a b\\'], profile: 'shop' }, 'win32')).toThrow();
  });

  it('is split by a shell into its words, whatever they are', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(word, word, (node, script) => {
        const command = toCommandOrNothing([node, script]);
        fc.pre(command !== undefined);

        const words = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });

        expect(words.split('\0').slice(0, 3)).toEqual([node, script, 'credentials']);
      }),
      { numRuns: 150 },
    );
  });
});

function toCommandOrNothing(program: readonly string[]): string | undefined {
  try {
    return toProcessCommand({ program, profile: 'shop' }, 'linux');
  } catch {
    return undefined;
  }
}

describe('parseProcessCommand', () => {
  it('reads what toProcessCommand wrote', () => {
    const path = fc.string({ unit: 'grapheme-ascii', maxLength: 12 }).map((text) => `/${text}/daypass.js`);
    const broker = fc.constantFrom(undefined, 'https://x.example', 'http://127.0.0.1:8080');
    fc.assert(
      fc.property(fc.oneof(fc.constant(['daypass']), fc.tuple(path, path)), broker, (program, url) => {
        const asked = { program, profile: 'shop', ...(url === undefined ? {} : { broker: url }) };
        fc.pre(toCommandOrNothing(program) !== undefined);

        expect(parseProcessCommand(toProcessCommand(asked, 'linux'))).toEqual(asked);
      }),
    );
  });

  it.each([
    '',
    'daypass',
    'daypass credentials shop',
    `daypass ${rest} --duration 1h`,
    `daypass ${rest} --broker`,
    `daypass ${rest} --broker https://x.example --duration 1h`,
    `daypass ${rest} --other x`,
    `daypass  ${rest}`,
    `daypass ${rest} # mine`,
    `other ${rest}`,
    `/usr/bin/node /opt/other.js ${rest}`,
    `/usr/bin/node /opt/daypass.js more ${rest}`,
    `daypass credentials shop --format env`,
    `daypass ${rest}\n--more`,
    `"daypass" x "${rest}`,
  ])('knows that %j is not ours', (command) => {
    expect(parseProcessCommand(command)).toBeUndefined();
  });
});

describe('the SDK for JavaScript', () => {
  let home: string;

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'daypass-process-'));
  });

  afterAll(() => rmSync(home, { recursive: true }));

  it.each(['plain', 'with space', "o'brien (x86)", 'a&b;c|d>e', '~ü{*}?', 'a#b [c]'])(
    'runs a command in %s',
    async (folder) => {
      const directory = join(home, folder);
      mkdirSync(directory);
      const script = join(directory, 'daypass.js');
      writeFileSync(
        script,
        `console.log(JSON.stringify({ Version: 1, AccessKeyId: process.argv.slice(1).join('\\n'), SecretAccessKey: 'x' }))`,
      );
      const command = toProcessCommand({ program: [process.execPath, script], profile: 'shop' }, 'linux');
      const configFilepath = join(directory, 'config');
      writeFileSync(configFilepath, `[profile daypass-shop]\ncredential_process = ${command}\n`);

      const provide = defaultProvider({ profile: 'daypass-shop', configFilepath, filepath: configFilepath });

      expect((await provide()).accessKeyId.split('\n')).toEqual([script, ...rest.split(' ')]);
    },
  );
});

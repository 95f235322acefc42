import { describe, expect, it } from '@jest/globals';
import { Argument, Command, Option } from 'commander';
import { completeWords } from '../../../../bin/daypass/completion/complete-words.ts';

const credentials = new Command('credentials')
  .argument('<profile>')
  .addOption(new Option('--format <format>').choices(['env', 'json']))
  .option('--duration <duration>', 'how long')
  .option('--tag <tag...>', 'session tags')
  .option('-f, --file <path>', 'from there')
  .option('--no-cache', 'issue anew')
  .addOption(new Option('--secret', 'not for people').hideHelp());
const exec = new Command('exec').argument('<profile>').argument('<command...>').option('--refresh');
const audit = new Command('audit')
  .option('--profile <name>')
  .addCommand(new Command('key').summary('whose key').argument('<id>'))
  .addCommand(
    new Command('keep').summary('kept').addArgument(new Argument('<how>').choices(['long', 'short'])),
  );
const commands = [credentials, exec, audit];

let asked = 0;
const listProfiles = async () => {
  asked += 1;
  return ['prod-operations', 'prod-readonly', 'team-data'];
};

const complete = (...words: readonly string[]) =>
  completeWords(words, {
    commands: commands.map((command) => ({ word: command.name(), description: 'x' })),
    loadCommand: async (name) => commands.find((command) => command.name() === name),
    listProfiles,
  });

const words = async (...typed: readonly string[]) => {
  const completion = await complete(...typed);
  return completion.kind === 'words' ? completion.words.map(({ word }) => word) : completion.kind;
};

describe('what may stand next', () => {
  it.each<readonly [readonly string[], string | readonly string[]]>([
    [[], ['credentials', 'exec', 'audit']],
    [[''], ['credentials', 'exec', 'audit']],
    [['ex'], ['exec']],
    [['-'], ['--help', '--version']],
    [['help', 'a'], ['audit']],
    [['help', 'audit', ''], []],
    [['nothing', ''], []],
    [
      ['credentials', 'prod'],
      ['prod-operations', 'prod-readonly'],
    ],
    [['credentials', '--no-cache', 'team'], ['team-data']],
    [
      ['credentials', 'team-data', ''],
      ['--format', '--duration', '--tag', '--file', '--no-cache', '--help'],
    ],
    [
      ['credentials', '--f'],
      ['--format', '--file'],
    ],
    [['credentials', '--file', 'x', '--f'], ['--format']],
    [['credentials', '--tag', 'x', '--t'], ['--tag']],
    [
      ['credentials', '--format', ''],
      ['env', 'json'],
    ],
    [['credentials', '--format=j'], ['--format=json']],
    [['credentials', '--no-cache=j'], []],
    [['credentials', '--format', 'env', 't'], ['team-data']],
    [['credentials', '--format=env', 't'], ['team-data']],
    [['credentials', '--duration', ''], []],
    [['credentials', '--file', ''], 'files'],
    [['credentials', '-f', ''], 'files'],
    [['credentials', '--file=a'], 'files'],
    [['credentials', '--', '--'], []],
    [['audit', '--profile', 't'], ['team-data']],
    [
      ['audit', 'ke'],
      ['key', 'keep'],
    ],
    [['audit', 'keep', 'l'], ['long']],
    [['audit', 'keep', 'long', 'key'], []],
    [['audit', 'key', ''], []],
    [['audit', 'key', '--'], ['--help']],
  ])('after %j is %j', async (typed, expected) => {
    expect(await words(...typed)).toEqual(expected);
  });

  it.each([
    [['exec', 'prod', '--', ''], 4],
    [['exec', 'prod', '--refresh', '--', 'aws', 's3', '--'], 5],
    [['exec', 'prod', 'aws', 's3', ''], 3],
  ])('within the command of %j is for the shell to say, from word %d on', async (typed, from) => {
    expect(await complete(...typed)).toEqual({ kind: 'command', from });
  });

  it('asks for profiles where one may stand, and nowhere else', async () => {
    asked = 0;
    for (const typed of [
      ['cred'],
      ['credentials', '--f'],
      ['credentials', 'x', '--format', ''],
      ['audit', ''],
    ])
      await complete(...typed);
    expect(asked).toBe(0);

    await complete('credentials', '');
    expect(asked).toBe(1);
  });

  it('has what each command is for beside it', async () => {
    expect(await complete('audit', 'k')).toEqual({
      kind: 'words',
      words: [
        { word: 'key', description: 'whose key' },
        { word: 'keep', description: 'kept' },
      ],
    });
  });
});

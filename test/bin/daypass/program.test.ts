import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { CommanderError, runProgram } from '../../../bin/daypass/program.ts';

/** What a command line prints, and how it ends. */
async function run(...args: readonly string[]) {
  const printed: string[] = [];
  const noted: string[] = [];
  const error = await runProgram(args, {
    env: {},
    now: () => 0,
    print: (text) => void printed.push(text),
    note: (line) => void noted.push(line),
    isInteractive: false,
    isOneStream: false,
    printsForPeople: false,
    columns: 120,
    signal: new AbortController().signal,
  }).catch((thrown: unknown) => thrown);
  const exitCode = error instanceof CommanderError ? error.exitCode : undefined;
  return { stdout: printed.join(''), stderr: noted.join('\n'), exitCode };
}

/** The names below `Commands:`. */
const listed = (help: string): readonly string[] =>
  [...(help.split('\nCommands:\n')[1]?.split('\n\n')[0] ?? '').matchAll(/^ {2}([a-z-]+)/gm)].map(
    ([, name = '']) => name,
  );

/** All command lines that there are. */
async function listCommands(path: readonly string[]): Promise<readonly (readonly string[])[]> {
  const names = listed((await run(...path, '--help')).stdout).filter((name) => name !== 'help');
  const below = await Promise.all(names.map((name) => listCommands([...path, name])));
  return [...(path.length === 0 ? [] : [path]), ...below.flat()];
}

describe('the program', () => {
  it('has for every command a help with examples, which are of that command', async () => {
    const commands = await listCommands([]);

    expect(commands.length).toBeGreaterThan(30);
    for (const command of commands) {
      const { stdout, stderr, exitCode } = await run(...command, '--help');
      expect({ command, stderr, exitCode }).toEqual({ command, stderr: '', exitCode: 0 });
      expect(stdout).toMatch(/\nExamples?:\n/);
      expect(stdout.split(/\nExamples?:\n/)[1]).toContain(`daypass ${command[0]}`);
    }
  });

  it('knows its version', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));

    expect(await run('--version')).toEqual({ stdout: `${version}\n`, stderr: '', exitCode: 0 });
  });

  it('refuses a command and an option that it has not, and says where to look', async () => {
    expect(await run('profile')).toMatchObject({
      stdout: '',
      exitCode: 1,
      stderr: expect.stringContaining('profiles'),
    });
    expect(await run('config', 'check', '--gti')).toMatchObject({
      stdout: '',
      exitCode: 1,
      stderr: expect.stringContaining('--git'),
    });
  });

  it('leaves to a command what stands behind its name', async () => {
    expect((await run('credentials', '--version')).stderr).toContain("unknown option '--version'");
  });

  it('does not show what is for shells alone', async () => {
    expect(listed((await run('--help')).stdout)).toContain('completion');
    expect(listed((await run('--help')).stdout)).not.toContain('complete');
  });
});

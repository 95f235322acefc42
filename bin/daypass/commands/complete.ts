import { Argument, Command } from 'commander';
import type { CommandEntry } from '../command-entry.ts';
import { type CompletionShell, completionShells } from '../completion/shell-scripts.ts';
import type { Terminal } from '../terminal.ts';

/** `daypass complete`, which the scripts of `daypass completion` ask. */
export const createCompleteCommand = (terminal: Terminal, entries: readonly CommandEntry[]): Command =>
  new Command('complete')
    .summary('what may stand next on a command line')
    .description('Answers the shell at each Tab. See daypass completion.')
    .addArgument(new Argument('<shell>', 'who asks').choices(completionShells))
    .argument('[words...]', "after --: all after the program's name, the last one being completed")
    .addHelpText('after', "\nExamples:\n  daypass complete bash -- exec ''")
    .action(async (shell: CompletionShell, words: readonly string[]) => {
      const { answerShell } = await import('../completion/answer-shell.ts');
      await answerShell(shell, words, { terminal, entries });
    });

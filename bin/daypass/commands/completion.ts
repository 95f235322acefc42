import { Argument, Command } from 'commander';
import { type CompletionShell, completionScripts, completionShells } from '../completion/shell-scripts.ts';
import type { Terminal } from '../terminal.ts';

/** `daypass completion` */
export const createCompletionCommand = (terminal: Terminal): Command =>
  new Command('completion')
    .summary('completion of commands, options and profiles, for your shell')
    .description(
      'Prints a script by which a shell completes commands, options and their values, and profiles.',
    )
    .addArgument(new Argument('<shell>', 'the shell that shall read it').choices(completionShells))
    .addHelpText(
      'after',
      `
Examples:
  bash, in ~/.bashrc:                   source <(daypass completion bash)
  zsh, in ~/.zshrc and after compinit:  source <(daypass completion zsh)
  fish, in ~/.config/fish/config.fish:  daypass completion fish | source

Profiles are those that you may use, as of a minute ago at most. Nobody is asked anything: without a login there are none.`,
    )
    .action((shell: CompletionShell) => terminal.print(completionScripts[shell]));

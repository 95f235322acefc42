import { Command, Option } from 'commander';
import type { CheckOptions } from '../check-configuration.ts';
import type { Terminal } from '../terminal.ts';

/** `daypass config check` */
export const createConfigCommand = (terminal: Terminal): Command =>
  new Command('config')
    .summary("checks a broker's configuration, and says what a change of it grants")
    .description("The configuration of a broker, before it's deployed. Needs no broker and no login.")
    .addHelpText('after', '\nExamples:\n  daypass config check\n  daypass config check --git origin/main')
    .addCommand(createCheckCommand(terminal));

const createCheckCommand = (terminal: Terminal): Command =>
  new Command('check')
    .summary("all that's wrong, and what the change grants and takes away")
    .description(
      "Says all that's wrong with a configuration at once, and where nothing is, what it grants (+), takes away (−) and changes otherwise (~) compared with another version of it.",
    )
    .argument('[file]', 'the configuration', 'config/daypass.yaml')
    .addOption(new Option('--against <file>', 'compare with this file').conflicts('git'))
    .option('--git <revision>', 'compare with the file as it is in a commit, such as HEAD or origin/main')
    .option('--json', 'one JSON object: problems, or changes')
    .addHelpText(
      'after',
      `
Examples:
  daypass config check
  daypass config check --git HEAD
  daypass config check config/daypass.yaml --against production.yaml
  daypass config check --git origin/main --json | jq '.changes[] | select(.effect == "grants")'

Neither order nor comments are a change. "changes" is what does neither or both, or what the file alone can't tell, such
as another session tag. Lines for programs have grants, takes-away or changes, the part, and words, parted by tabs.
Ends with 1 where something is wrong.`,
    )
    .action(async (file: string, options: CheckOptions) => {
      const { checkConfiguration } = await import('../check-configuration.ts');
      checkConfiguration(file, options, terminal);
    });

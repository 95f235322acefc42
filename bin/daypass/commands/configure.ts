import { Command, InvalidArgumentError, Option } from 'commander';
import type { Terminal } from '../terminal.ts';

export interface ConfigureCommandOptions {
  readonly dryRun?: true;
  readonly configFile?: string;
  readonly prefix: string;
  readonly profile?: readonly string[];
  readonly prune?: true;
  readonly region?: string;
  readonly force?: true;
  readonly json?: true;
}

/** `daypass configure` */
export const createConfigureCommand = (terminal: Terminal): Command =>
  new Command('configure')
    .summary('the profiles that you may use, in the configuration of the AWS CLI')
    .description(
      'Writes a section [profile daypass-…] with a credential_process into the configuration of the AWS CLI and SDKs, for each profile that you may use. Nothing else in the file changes, and what was there is kept beside it.',
    )
    .option('--dry-run', 'print what would change, and change nothing')
    .option('--config-file <path>', 'the file (default: AWS_CONFIG_FILE, or ~/.aws/config)')
    .addOption(
      new Option('--prefix <text>', "before each profile's name").default('daypass-').argParser(parsePrefix),
    )
    .option('--profile <name...>', 'these alone')
    .option('--prune', 'remove sections of daypass for profiles that you may no longer use')
    .addOption(new Option('--region <region>', 'set it in these sections').argParser(parseRegion))
    .option('--force', 'make sections of these names ours, whatever they are now')
    .option('--json', 'print what changed as JSON')
    .addHelpText('after', examples)
    .action(async (options: ConfigureCommandOptions) => {
      const { configureAwsCli } = await import('../configure-aws-cli.ts');
      await configureAwsCli(options, terminal);
    });

/** What the names of the AWS CLI's profiles may be made of, for all SDKs. */
function parsePrefix(text: string): string {
  if (/^(?:[A-Za-z0-9_][\w.-]{0,62})?$/.test(text)) return text;
  throw new InvalidArgumentError('allowed: letters, digits, _, . and -, at most 63');
}

function parseRegion(text: string): string {
  if (/^[a-z]{2,5}(?:-[a-z]+){1,3}-\d{1,2}$/.test(text)) return text;
  throw new InvalidArgumentError('allowed: a region of AWS such as eu-west-1');
}

const examples = `
Examples:
  daypass configure --dry-run
  daypass configure --region eu-west-1
  daypass configure --profile prod-readonly --profile team-data
  daypass configure --prune
  aws sts get-caller-identity --profile daypass-prod-readonly

A section of the same name that isn't one of daypass, or was changed since, is kept and said: --force overwrites it.
Backups are named config.daypass-backup-<time>; the last five stay.`;

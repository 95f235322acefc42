import { Command, Option } from 'commander';
import { parseDuration } from '../parse-duration.ts';
import { addListOptions, toJsonOption } from '../print-list.ts';
import type { Terminal } from '../terminal.ts';
import { withIssuanceFilters } from './audit/issuance-query.ts';

/** `daypass audit`, `audit key`, `audit show` */
export function createAuditCommand(terminal: Terminal): Command {
  const audit = new Command('audit')
    .summary('who had which credentials, and why')
    .description(
      "Issuances, newest first: everybody's for whom the audit section of the configuration trusts, your own otherwise.",
    )
    // Else options of `audit key` would be taken for its own.
    .enablePositionalOptions();
  addListOptions(withIssuanceFilters(audit))
    .addOption(
      new Option(
        '-f, --follow',
        'then what comes, until Ctrl-C: without --since from 10 minutes ago, oldest first',
      ).conflicts(['until', 'limit', 'all']),
    )
    .addOption(
      new Option('--interval <duration>', 'how often to look').argParser(parseDuration).default(5, '5s'),
    )
    .addHelpText('after', listExamples)
    .action(async (options) => {
      const { followIssuances } = await import('./audit/follow-issuances.ts');
      const { listIssuances } = await import('./audit/list-issuances.ts');
      await (options.follow ? followIssuances(options, terminal) : listIssuances(options, terminal));
    });
  audit.addCommand(createKeyCommand(terminal));
  audit.addCommand(createShowCommand(terminal));
  return audit;
}

const createKeyCommand = (terminal: Terminal): Command =>
  new Command('key')
    .summary('whose key is this, and why did they get it')
    .description(
      'The issuance that gave an access key id, as CloudTrail shows it or as it was found somewhere.',
    )
    .argument('<access key id>', 'such as ASIAIOSFODNN7EXAMPLE')
    .addOption(toJsonOption())
    .addHelpText('after', '\nExamples:\n  daypass audit key ASIAIOSFODNN7EXAMPLE')
    .action(async (accessKeyId: string, options) => {
      const { showKey } = await import('./audit/show-issuance.ts');
      await showKey(accessKeyId, options, terminal);
    });

const createShowCommand = (terminal: Terminal): Command =>
  new Command('show')
    .summary('all that is known of one issuance')
    .description('One issuance by its id, which is in its session name, in each refusal and in the table.')
    .argument('<issuance id>', '26 characters')
    .addOption(toJsonOption())
    .addHelpText('after', '\nExamples:\n  daypass audit show 01KAJ1T5XW4TQ5ZQ0W2Y8F3A7B')
    .action(async (id: string, options) => {
      const { showIssuance } = await import('./audit/show-issuance.ts');
      await showIssuance(id, options, terminal);
    });

const listExamples = `
Examples:
  daypass audit --since 2h
  daypass audit --principal okta.alice@example.com --state DENIED --since 7d --all
  daypass audit --profile prod-readonly --json --all | jq -r .userAgent | sort | uniq -c
  daypass audit --follow
  daypass audit key ASIAIOSFODNN7EXAMPLE

Lines for programs have time, state, principal, what for, issuance, access key, error, address, reason, parted by tabs.
--follow tries on while the broker is away, and ends with Ctrl-C (130).`;

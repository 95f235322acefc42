import { Command } from 'commander';
import { connect } from '../../../../lib/client/connect.ts';
import type { Terminal } from '../../terminal.ts';
import { fetchIntegration } from './change-integration.ts';
import { printIntegration } from './integration-view.ts';

/** `daypass integrations show` */
export const createShowCommand = (terminal: Terminal): Command =>
  new Command('show')
    .summary('one, with its ExternalIds and what verify found')
    .argument('<name>')
    .option('--json', 'all of it as JSON; update --file takes it, for that version alone')
    .addHelpText('after', '\nExamples:\n  daypass integrations show acme-invoices --json > acme.json')
    .action(async (name: string, options: { readonly json?: true }) => {
      const client = await connect(terminal.env, terminal);
      printIntegration(await fetchIntegration(client, name, terminal.signal), options, terminal);
    });

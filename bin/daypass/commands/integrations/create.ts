import { Command } from 'commander';
import { connect } from '../../../../lib/client/connect.ts';
import { readDocument } from '../../read-document.ts';
import type { Terminal } from '../../terminal.ts';
import { printIntegration, readIntegration } from './integration-view.ts';
import { type SettingsOptions, toSettings, withSettings } from './settings-options.ts';

/** `daypass integrations create` */
export const createCreateCommand = (terminal: Terminal): Command =>
  withSettings(
    new Command('create')
      .summary('makes one, with an ExternalId of its own')
      .argument('[name]', 'for ever; the one in the file when left out'),
  )
    .option('--json', 'all of it as JSON')
    .addHelpText(
      'after',
      `
Examples:
  daypass integrations create --file acme.yaml
  daypass integrations create acme-invoices --owner partners@example.com --description "Invoices of Acme" \\
    --role-arn arn:aws:iam::444444444444:role/vendors/DaypassInvoices \\
    --trust '[{"Effect":"Allow","Principal":{"Federated":"okta"},"Condition":{"ForAnyValue:StringEquals":{"claims:groups":["sre"]}}}]'`,
    )
    .action(async (name: string | undefined, options: SettingsOptions & { readonly json?: true }) => {
      const base = options.file === undefined ? {} : await readDocument(options.file, terminal.signal);
      const body = { ...toSettings(options, base), ...(name === undefined ? {} : { name }) };
      const client = await connect(terminal.env, terminal);
      const answer = await client.call({
        ...{ method: 'POST', path: '/v1/integrations', body, signal: terminal.signal },
      });
      const integration = readIntegration(answer);
      printIntegration(integration, options, terminal);
      terminal.note(`next: daypass integrations onboard ${integration.name}, and then verify`);
    });

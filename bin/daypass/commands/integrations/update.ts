import { Command } from 'commander';
import type { BrokerClient } from '../../../../lib/client/broker-client.ts';
import { ClientError } from '../../../../lib/client/client-error.ts';
import { connect } from '../../../../lib/client/connect.ts';
import { type Document, readDocument } from '../../read-document.ts';
import type { Terminal } from '../../terminal.ts';
import { changeIntegration, fetchIntegration } from './change-integration.ts';
import { type ChangeOptions, toReasonQuery, withChangeOptions } from './change-options.ts';
import { printIntegration } from './integration-view.ts';
import { type SettingsOptions, toOwnSettings, toSettings, withSettings } from './settings-options.ts';

type UpdateOptions = SettingsOptions & ChangeOptions;

/** `daypass integrations update` */
export const createUpdateCommand = (terminal: Terminal): Command =>
  withChangeOptions(
    withSettings(
      new Command('update')
        .summary('changes its settings; another role has another ExternalId')
        .description(
          'Changes settings: with --file all of them are as the file has them, without it those of the options alone. A file that show --json wrote is for the version that it shows.',
        )
        .argument('<name>'),
    ),
  )
    .addHelpText(
      'after',
      `
Examples:
  daypass integrations update acme-invoices --max-duration 30m --reason "agreed with Acme"
  daypass integrations show acme-invoices --json > acme.json; vi acme.json
  daypass integrations update acme-invoices --file acme.json`,
    )
    .action(async (name: string, options: UpdateOptions) => {
      const client = await connect(terminal.env, terminal);
      const { settings, version } = await readBase(client, name, options, terminal);
      const integration = await changeIntegration(client, {
        ...{ name, method: 'PUT', query: toReasonQuery(options), signal: terminal.signal },
        ...{ body: toSettings(options, settings), version: options.ifVersion ?? version },
      });
      printIntegration(integration, options, terminal);
      if (integration.state === 'CREATED')
        terminal.note(`next: daypass integrations verify ${integration.name}; nothing is issued before`);
    });

async function readBase(
  client: BrokerClient,
  name: string,
  { file }: UpdateOptions,
  { signal }: Terminal,
): Promise<{ readonly settings: Document; readonly version: number }> {
  const written = file === undefined ? undefined : await readDocument(file, signal);
  if (written !== undefined && written['name'] !== undefined && written['name'] !== name)
    throw new ClientError('usage', `the file is of another integration than ${name}`);
  // Read anyhow where the file names no version: what is replaced is what is there now.
  if (typeof written?.['version'] === 'number')
    return { settings: toOwnSettings(written), version: written['version'] };
  const shown = await fetchIntegration(client, name, signal);
  return { settings: toOwnSettings(written ?? { ...shown }), version: shown.version };
}

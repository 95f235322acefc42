import { Command } from 'commander';
import type { Terminal } from '../terminal.ts';
import { createChangeCommands } from './integrations/changes.ts';
import { createCreateCommand } from './integrations/create.ts';
import { createHistoryCommand } from './integrations/history.ts';
import { createKeysCommand } from './integrations/keys.ts';
import { createListCommand } from './integrations/list.ts';
import { createOnboardCommand } from './integrations/onboard.ts';
import { createShowCommand } from './integrations/show.ts';
import { createUpdateCommand } from './integrations/update.ts';
import { createVerifyCommand } from './integrations/verify.ts';

/** `daypass integrations …` */
export function createIntegrationsCommand(terminal: Terminal): Command {
  const integrations = new Command('integrations')
    .summary("third parties' roles: made, proven, changed, suspended")
    .description(
      "Third parties, each with a role of its own that trusts the broker by an ExternalId. For whom the integrations section of the configuration trusts; a third party itself sees its own as 'self'.",
    )
    .addHelpText(
      'after',
      `
Examples:
  daypass integrations create acme-invoices --file acme.yaml
  daypass integrations onboard acme-invoices --format terraform > role.tf
  daypass integrations verify acme-invoices
  daypass integrations show acme-invoices

A change is made for the version that was read: where somebody was quicker it is refused, and nothing is changed.`,
    );
  for (const create of creators) integrations.addCommand(create(terminal));
  const [verify, rest] = [createVerifyCommand(terminal), createChangeCommands(terminal)];
  for (const command of [verify, ...rest, createHistoryCommand(terminal), createKeysCommand(terminal)])
    integrations.addCommand(command);
  return integrations;
}

const creators = [
  createListCommand,
  createCreateCommand,
  createShowCommand,
  createUpdateCommand,
  createOnboardCommand,
];

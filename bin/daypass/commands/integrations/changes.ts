import { Command, Option } from 'commander';
import { connect } from '../../../../lib/client/connect.ts';
import { requireConfirmation } from '../../ask.ts';
import type { Terminal } from '../../terminal.ts';
import {
  changeIntegration,
  fetchIntegration,
  type IntegrationChange,
  orConflict,
  toIntegrationPath,
} from './change-integration.ts';
import { type ChangeOptions, toReasonQuery, withChangeOptions } from './change-options.ts';
import { printIntegration, readIntegration } from './integration-view.ts';

/** `daypass integrations rotate|retire|suspend|resume|delete` */
export const createChangeCommands = (terminal: Terminal): readonly Command[] => [
  createRotateCommand(terminal),
  createRetireCommand(terminal),
  createSuspendCommand(terminal),
  createResumeCommand(terminal),
  createDeleteCommand(terminal),
];

const createRotateCommand = (terminal: Terminal): Command =>
  withChangeOptions(
    new Command('rotate')
      .summary('makes the next ExternalId; the current one issues until it is proven')
      .argument('<name>'),
  )
    .addHelpText('after', '\nExamples:\n  daypass integrations rotate acme-invoices --reason "yearly"')
    .action(async (name: string, options: ChangeOptions) => {
      await change(name, options, { method: 'POST', below: '/rotate', body: toReason(options) }, terminal);
      terminal.note(`next: daypass integrations onboard ${name}, which names both, and then verify`);
    });

const createRetireCommand = (terminal: Terminal): Command =>
  withChangeOptions(
    new Command('retire')
      .summary('gives the next ExternalId up, or ends the grace of previous ones')
      .argument('<name>')
      .addOption(
        new Option('--which <id>', 'next: ends a rotation; previous: ends their grace now')
          .choices(['next', 'previous'])
          .makeOptionMandatory(),
      ),
  )
    .addHelpText('after', '\nExamples:\n  daypass integrations retire acme-invoices --which previous')
    .action((name: string, options: ChangeOptions & { readonly which: string }) => {
      const body = { which: options.which, ...toReason(options) };
      return change(name, options, { method: 'POST', below: '/retire', body }, terminal);
    });

/** At once, whatever else is being changed: without a version, unless one is named. */
const createSuspendCommand = (terminal: Terminal): Command =>
  new Command('suspend')
    .summary('ends issuing for it, at once')
    .argument('<name>')
    .requiredOption('--reason <text>', 'kept with the change, and shown to the third party')
    .option('--json', 'all of it as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  daypass integrations suspend acme-invoices --reason "their role takes any ExternalId"',
    )
    .action(async (name: string, options: { readonly reason: string; readonly json?: true }) => {
      const client = await connect(terminal.env, terminal);
      const { reason } = options;
      const answer = await orConflict(name, () =>
        client.call({
          ...{ method: 'POST', path: `${toIntegrationPath(name)}/suspend`, body: { reason } },
          signal: terminal.signal,
        }),
      );
      printIntegration(readIntegration(answer), options, terminal);
    });

const createResumeCommand = (terminal: Terminal): Command =>
  withChangeOptions(
    new Command('resume')
      .summary('ends a suspension; it issues once it is verified again')
      .argument('<name>'),
  )
    .addHelpText('after', '\nExamples:\n  daypass integrations resume acme-invoices --reason "kit applied"')
    .action(async (name: string, options: ChangeOptions) => {
      await change(name, options, { method: 'POST', below: '/resume', body: toReason(options) }, terminal);
      terminal.note(`next: daypass integrations verify ${name}; nothing is issued before`);
    });

const createDeleteCommand = (terminal: Terminal): Command =>
  withChangeOptions(
    new Command('delete')
      .summary('deletes it for ever; its name and ExternalIds stay taken')
      .argument('<name>')
      .option('-y, --yes', 'do not ask'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  daypass integrations delete acme-invoices --yes --reason "contract ended"',
    )
    .action(async (name: string, options: ChangeOptions & { readonly yes?: true }) => {
      const client = await connect(terminal.env, terminal);
      // Before the question: what is deleted is what was there when it was asked.
      const { version, roleArn, state } = await fetchIntegration(client, name, terminal.signal);
      const question = `Delete ${name} (${state}, ${roleArn}) for ever? Its name is never given again.`;
      await requireConfirmation(question, { yes: options.yes === true }, terminal);
      const ofVersion = { ...options, ifVersion: options.ifVersion ?? version };
      await change(name, ofVersion, { method: 'DELETE', query: toReasonQuery(options) }, terminal);
    });

const toReason = ({ reason }: ChangeOptions): object => (reason === undefined ? {} : { reason });

async function change(
  name: string,
  options: ChangeOptions,
  request: Pick<IntegrationChange, 'method' | 'below' | 'body' | 'query'>,
  terminal: Terminal,
): Promise<void> {
  const integration = await changeIntegration(await connect(terminal.env, terminal), {
    ...{ name, ...request, signal: terminal.signal },
    ...(options.ifVersion === undefined ? {} : { version: options.ifVersion }),
  });
  printIntegration(integration, options, terminal);
}

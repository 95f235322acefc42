import { Command } from 'commander';
import { connect } from '../../../lib/client/connect.ts';
import { fromAnswer, readJson } from '../../../lib/client/read-json.ts';
import type { NamedPrincipal } from '../../../lib/client/read-principal.ts';
import { requireConfirmation } from '../ask.ts';
import { parsePrincipal } from '../parse-principal.ts';
import { toJsonOption } from '../print-list.ts';
import { toPrintable, toPrintableJson } from '../printable.ts';
import { renderTable } from '../render-table.ts';
import { requireOne } from '../require-one.ts';
import { toShellWord } from '../shell-word.ts';
import type { Terminal } from '../terminal.ts';
import { type SuspensionView, suspensionColumns, toTargetText } from './controls/suspension-view.ts';

interface SuspendOptions {
  readonly everything?: true;
  readonly principal?: NamedPrincipal;
  readonly profile?: string;
  readonly issuer?: string;
  readonly integration?: string;
  readonly reason: string;
  readonly yes?: true;
  readonly json?: true;
}

/** `daypass suspend` */
export const createSuspendCommand = (terminal: Terminal): Command =>
  new Command('suspend')
    .summary('stops issuing, at once')
    .description(
      'Stops issuing to one principal, of one profile, to one issuer, for one integration, or altogether, from the next request on. What was issued goes on until it expires: see daypass revoke. For whom the controls section of the configuration trusts.',
    )
    .option('--everything', 'nothing is issued to anybody')
    .option('--principal <issuer.subject>', 'one caller, as whoami and audit show it', parsePrincipal)
    .option('--profile <name>', 'one profile')
    .option('--issuer <name>', 'all callers of one issuer')
    .option('--integration <name>', "one third party's role")
    .requiredOption('--reason <text>', 'kept with it')
    .option('-y, --yes', 'do not ask')
    .addOption(toJsonOption())
    .addHelpText(
      'after',
      `
Examples:
  daypass suspend --principal okta.alice@example.com --reason "laptop stolen, INC-1234"
  daypass suspend --profile prod-deploy --reason "freeze until Monday"
  daypass suspend --everything --reason "INC-1234"`,
    )
    .action((options: SuspendOptions) => suspend(options, terminal));

async function suspend(options: SuspendOptions, terminal: Terminal): Promise<void> {
  const { everything, principal, profile, issuer, integration, reason } = options;
  requireOne({
    ...{ '--everything': everything, '--principal': principal, '--profile': profile },
    ...{ '--issuer': issuer, '--integration': integration },
  });
  if (everything)
    await requireConfirmation('Stop issuing anything to anybody?', { yes: options.yes === true }, terminal);
  const client = await connect(terminal.env, terminal);
  const answer = await client.call({
    ...{ method: 'POST', path: '/v1/suspensions', signal: terminal.signal },
    // What is undefined is no member.
    body: { everything, principal, profile, issuer, integration, reason },
  });
  const suspension = readJson<SuspensionView>(answer, ['id', 'state', 'by']);
  if (options.json) terminal.print(`${toPrintableJson(suspension)}\n`);
  else terminal.print(fromAnswer(() => renderTable(suspensionColumns, [suspension], terminal)));
  for (const line of fromAnswer(() => toNotes(suspension))) terminal.note(line);
}

const toNotes = (suspension: SuspensionView): readonly string[] => [
  ...(suspension.note === undefined ? [] : [toPrintable(suspension.note)]),
  `${toPrintable(toTargetText(suspension))} is suspended; it ends with: daypass lift ${toShellWord(toPrintable(suspension.id))} --reason …`,
];

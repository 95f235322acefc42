import { Command } from 'commander';
import { connect } from '../../../lib/client/connect.ts';
import { toPathSegment } from '../../../lib/client/path-segment.ts';
import { fromAnswer, readJson } from '../../../lib/client/read-json.ts';
import { toJsonOption } from '../print-list.ts';
import { toPrintableJson } from '../printable.ts';
import { renderTable } from '../render-table.ts';
import type { Terminal } from '../terminal.ts';
import { type SuspensionView, suspensionColumns } from './controls/suspension-view.ts';

/** `daypass lift` */
export const createLiftCommand = (terminal: Terminal): Command =>
  new Command('lift')
    .summary('ends a suspension')
    .description('Ends a suspension: issuing goes on from the next request on.')
    .argument('<id>', 'as daypass suspensions shows it')
    .requiredOption('--reason <text>', 'kept with it')
    .addOption(toJsonOption())
    .addHelpText('after', '\nExamples:\n  daypass lift profile.prod-deploy --reason "fixed, INC-1234"')
    .action(async (id: string, { reason, json }: { readonly reason: string; readonly json?: true }) => {
      const client = await connect(terminal.env, terminal);
      const answer = await client.call({
        method: 'POST',
        path: `/v1/suspensions/${toPathSegment(id, 'a suspension')}/lift`,
        body: { reason },
        signal: terminal.signal,
      });
      const suspension = readJson<SuspensionView>(answer, ['id', 'state', 'by']);
      if (json) terminal.print(`${toPrintableJson(suspension)}\n`);
      else terminal.print(fromAnswer(() => renderTable(suspensionColumns, [suspension], terminal)));
    });

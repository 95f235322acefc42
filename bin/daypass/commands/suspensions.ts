import { Command } from 'commander';
import { connect } from '../../../lib/client/connect.ts';
import { readPages } from '../../../lib/client/read-pages.ts';
import {
  type ListOptions,
  printList,
  toAllOption,
  toJsonOption,
  toLimitOption,
  toPageSize,
} from '../print-list.ts';
import type { Terminal } from '../terminal.ts';
import { type SuspensionView, suspensionColumns } from './controls/suspension-view.ts';

/** `daypass suspensions` */
export const createSuspensionsCommand = (terminal: Terminal): Command =>
  new Command('suspensions')
    .summary('what is suspended, by whom and why')
    .description('What is suspended, by whom and why.')
    .option('--include-lifted', 'those that have ended as well')
    .addOption(toLimitOption())
    .addOption(toAllOption())
    .addOption(toJsonOption())
    .addHelpText(
      'after',
      `
Examples:
  daypass suspensions
  daypass suspensions --include-lifted --json

Lines for programs have since when, state, target, id, by whom, reason, parted by tabs.`,
    )
    .action(async (options: ListOptions & { readonly includeLifted?: true }) => {
      const pages = readPages<SuspensionView>(await connect(terminal.env, terminal), {
        ...{ path: '/v1/suspensions', member: 'suspensions', pageSize: toPageSize(options) },
        query: options.includeLifted ? { includeLifted: 'true' } : {},
        signal: terminal.signal,
      });
      await printList({ ...options, pages, columns: suspensionColumns, noun: 'suspensions' }, terminal);
    });

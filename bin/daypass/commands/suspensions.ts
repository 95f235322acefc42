import { Command } from 'commander';
import { listRoute } from '../list-route.ts';
import { addListOptions, type ListOptions } from '../print-list.ts';
import type { Terminal } from '../terminal.ts';
import { suspensionColumns } from './controls/suspension-view.ts';

/** `daypass suspensions` */
export const createSuspensionsCommand = (terminal: Terminal): Command =>
  addListOptions(
    new Command('suspensions')
      .summary('what is suspended, by whom and why')
      .description('What is suspended, by whom and why.')
      .option('--include-lifted', 'those that have ended as well'),
  )
    .addHelpText(
      'after',
      `
Examples:
  daypass suspensions
  daypass suspensions --include-lifted --json

Lines for programs have since when, state, target, id, by whom, reason, parted by tabs.`,
    )
    .action(async (options: ListOptions & { readonly includeLifted?: true }) => {
      const query = options.includeLifted ? { includeLifted: 'true' } : {};
      await listRoute(
        { ...options, path: '/v1/suspensions', noun: 'suspensions', query, columns: suspensionColumns },
        terminal,
      );
    });

import { Command } from 'commander';
import type * as z from 'zod';
import type { historyAnswer } from '../../../../lambda/http/integration-schemas.ts';
import { toInstantText } from '../../instant-text.ts';
import { listRoute } from '../../list-route.ts';
import { addListOptions, type ListOptions } from '../../print-list.ts';
import type { Column } from '../../render-table.ts';
import type { Terminal } from '../../terminal.ts';
import { toIntegrationPath } from './change-integration.ts';
import { mostIntegrations } from './list.ts';

type Change = z.output<typeof historyAnswer>['changes'][number];

const columns: readonly Column<Change>[] = [
  { heading: 'VERSION', value: ({ version }) => version, align: 'right' },
  { heading: 'TIME', value: ({ at }) => toInstantText(at) },
  { heading: 'CHANGE', value: ({ operation }) => operation },
  { heading: 'STATE', value: ({ after }) => after.state },
  {
    heading: 'BY',
    value: ({ principal }) =>
      principal === undefined ? 'schedule' : `${principal.issuer}.${principal.subject}`,
    shrinks: true,
  },
  { heading: 'REASON', value: ({ reason }) => reason, shrinks: true, hides: true },
];

/** `daypass integrations history` */
export const createHistoryCommand = (terminal: Terminal): Command =>
  addListOptions(
    new Command('history').summary('every change: who, when, why; of deleted ones too').argument('<name>'),
  )
    .addHelpText(
      'after',
      '\nExamples:\n  daypass integrations history acme-invoices\n\n--json has what was before and after each change.',
    )
    .action(async (name: string, options: ListOptions) => {
      await listRoute<Change>(
        {
          ...{ ...options, path: `${toIntegrationPath(name)}/history`, noun: 'changes', columns },
          ...{ mostAtOnce: mostIntegrations, at: ({ at }) => at },
        },
        terminal,
      );
    });

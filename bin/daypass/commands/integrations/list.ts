import { Command } from 'commander';
import type * as z from 'zod';
import type { integrationsAnswer } from '../../../../lambda/http/integration-schemas.ts';
import { listRoute } from '../../list-route.ts';
import { addListOptions, type ListOptions } from '../../print-list.ts';
import type { Column } from '../../render-table.ts';
import type { Terminal } from '../../terminal.ts';

type Listed = z.output<typeof integrationsAnswer>['integrations'][number];

const columns: readonly Column<Listed>[] = [
  { heading: 'NAME', value: ({ name }) => name },
  { heading: 'STATE', value: ({ state }) => state },
  { heading: 'ROLE', value: ({ roleArn }) => roleArn },
  { heading: 'LAST LOOK', value: ({ verification }) => verification?.result },
  { heading: 'OWNER', value: ({ owner }) => owner, shrinks: true, hides: true },
  { heading: 'DESCRIPTION', value: ({ description }) => description, shrinks: true, hides: true },
];

/** Rows that the broker gives at once, at most. */
export const mostIntegrations = 50;

/** `daypass integrations list` */
export const createListCommand = (terminal: Terminal): Command =>
  addListOptions(
    new Command('list')
      .summary('all of them, by name')
      .option('--include-deleted', 'those that are deleted as well'),
  )
    .addHelpText(
      'after',
      `
Examples:
  daypass integrations list
  daypass integrations list --all --json | jq -r 'select(.state != "VERIFIED") | .name'

Lines for programs have name, state, role, last look, owner, description, parted by tabs.`,
    )
    .action(async (options: ListOptions & { readonly includeDeleted?: true }) => {
      const query = options.includeDeleted ? { includeDeleted: 'true' } : {};
      await listRoute(
        {
          ...{ ...options, path: '/v1/integrations', noun: 'integrations', query, columns },
          mostAtOnce: mostIntegrations,
        },
        terminal,
      );
    });

import { Command } from 'commander';
import { toInstantText } from '../instant-text.ts';
import { listRoute } from '../list-route.ts';
import { addListOptions, type ListOptions } from '../print-list.ts';
import type { Column } from '../render-table.ts';
import type { Terminal } from '../terminal.ts';
import { type ListedRevocation, toScopeText } from './controls/revocation-view.ts';
import { toActorText } from './controls/suspension-view.ts';

const columns: readonly Column<ListedRevocation>[] = [
  { heading: 'TIME', value: ({ at }) => toInstantText(at) },
  { heading: 'ENDS', value: toScopeText, shrinks: true },
  { heading: 'POLICIES', value: ({ policies }) => policies.map(({ state }) => state).join(',') },
  { heading: 'ID', value: ({ id }) => id },
  { heading: 'BY', value: ({ by }) => toActorText(by), shrinks: true, hides: true },
  { heading: 'REASON', value: ({ reason }) => reason, shrinks: true, hides: true },
];

/** `daypass revocations` */
export const createRevocationsCommand = (terminal: Terminal): Command =>
  addListOptions(
    new Command('revocations')
      .summary('what was revoked, and what became of its policies')
      .description('The revocations, newest first, and what became of their policies.'),
  )
    .addHelpText(
      'after',
      `
Examples:
  daypass revocations
  daypass revocations --json | jq -r '.policies[] | select(.state == "PRINTED") | .apply'

Lines for programs have time, what it ends, states of its policies, id, by whom, reason, parted by tabs.`,
    )
    .action(async (options: ListOptions) => {
      await listRoute({ ...options, path: '/v1/revocations', noun: 'revocations', columns }, terminal);
    });

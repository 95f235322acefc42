import { setTimeout } from 'node:timers/promises';
import { connect } from '../../../../lib/client/connect.ts';
import { followRows } from '../../../../lib/client/follow-rows.ts';
import { createRender } from '../../print-list.ts';
import { toPrintable } from '../../printable.ts';
import type { Terminal } from '../../terminal.ts';
import { issuanceColumns } from './issuance-columns.ts';
import { type IssuanceFilters, toIssuanceQuery } from './issuance-query.ts';
import type { IssuanceView } from './issuance-view.ts';

export interface FollowedIssuances extends IssuanceFilters {
  readonly json?: true;
  /** Seconds. */
  readonly interval: number;
}

/** Milliseconds before now, where nobody says since when. */
const defaultSpanMs = 600_000;

/** Prints issuances as they come, oldest first, until it is stopped. */
export async function followIssuances(options: FollowedIssuances, terminal: Terminal): Promise<void> {
  const { since = (nowMs: number) => nowMs - defaultSpanMs, interval } = options;
  const { note, now, signal } = terminal;
  const render = createRender<IssuanceView>({ ...options, columns: issuanceColumns }, terminal);
  const batches = followRows<IssuanceView>(await connect(terminal.env, terminal), {
    ...{ path: '/v1/issuances', member: 'issuances', query: toIssuanceQuery(options) },
    ...{ from: since, intervalMs: interval * 1000, signal, now },
    pause: (ms) => setTimeout(ms, undefined, { signal }),
    onAway: ({ message }) => note(`${toPrintable(message)}; trying on`),
    onBack: () => note('the broker answers again'),
  });
  if (terminal.printsForPeople) note('waiting for issuances; Ctrl-C ends it');
  for await (const rows of batches) terminal.print(render(rows));
}

import { connect } from '../../../../lib/client/connect.ts';
import { readPages } from '../../../../lib/client/read-pages.ts';
import { toInstantText } from '../../instant-text.ts';
import { type ListOptions, printList, toPageSize } from '../../print-list.ts';
import type { Terminal } from '../../terminal.ts';
import { issuanceColumns } from './issuance-columns.ts';
import { type IssuanceFilters, toIssuanceQuery, toSpanQuery } from './issuance-query.ts';
import type { IssuanceView } from './issuance-view.ts';

/** Prints issuances, newest first. */
export async function listIssuances(
  options: IssuanceFilters & ListOptions,
  terminal: Terminal,
): Promise<void> {
  const client = await connect(terminal.env, terminal);
  const pages = readPages<IssuanceView>(client, {
    ...{ path: '/v1/issuances', member: 'issuances', pageSize: toPageSize(options) },
    query: { ...toIssuanceQuery(options), ...toSpanQuery(options, terminal.now()) },
    signal: terminal.signal,
  });
  const { answer, hasMore } = await printList(
    { ...options, pages, columns: issuanceColumns, noun: 'issuances', at: ({ createdAt }) => createdAt },
    terminal,
  );
  if (!terminal.printsForPeople) return;
  if (answer['scope'] === 'own')
    terminal.note('these are your own: the audit section lets you see no others');
  // Without --since the broker looks through the last days, and no further.
  if (!hasMore && options.since === undefined)
    terminal.note(`looked back to ${toInstantText(String(answer['from']))}; --since looks further`);
}

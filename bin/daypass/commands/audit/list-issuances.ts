import { toInstantText } from '../../instant-text.ts';
import { listRoute } from '../../list-route.ts';
import type { ListOptions } from '../../print-list.ts';
import type { Terminal } from '../../terminal.ts';
import { issuanceColumns } from './issuance-columns.ts';
import { type IssuanceFilters, toIssuanceQuery, toSpanQuery } from './issuance-query.ts';
import type { IssuanceView } from './issuance-view.ts';

/** Prints issuances, newest first. */
export async function listIssuances(
  options: IssuanceFilters & ListOptions,
  terminal: Terminal,
): Promise<void> {
  const query = { ...toIssuanceQuery(options), ...toSpanQuery(options, terminal.now()) };
  const { answer, hasMore } = await listRoute<IssuanceView>(
    {
      ...{ ...options, path: '/v1/issuances', noun: 'issuances', query, columns: issuanceColumns },
      at: ({ createdAt }) => createdAt,
    },
    terminal,
  );
  if (!terminal.printsForPeople) return;
  if (answer['scope'] === 'own')
    terminal.note('these are your own: the audit section lets you see no others');
  // Without --since the broker looks through the last days, and no further.
  if (!hasMore && options.since === undefined)
    terminal.note(`looked back to ${toInstantText(String(answer['from']))}; --since looks further`);
}

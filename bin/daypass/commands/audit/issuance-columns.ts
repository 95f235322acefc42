import { toInstantText } from '../../instant-text.ts';
import type { Column } from '../../render-table.ts';
import { type IssuanceView, toPrincipalText, toWanted } from './issuance-view.ts';

/** New ones are added at the end: scripts count them. */
export const issuanceColumns: readonly Column<IssuanceView>[] = [
  { heading: 'TIME', value: ({ createdAt }) => toInstantText(createdAt) },
  { heading: 'STATE', value: ({ state }) => state },
  { heading: 'PRINCIPAL', value: ({ principal }) => toPrincipalText(principal), shrinks: true },
  { heading: 'FOR', value: toWanted, shrinks: true },
  { heading: 'ISSUANCE', value: ({ id }) => id },
  { heading: 'ACCESS KEY', value: ({ accessKeyId }) => accessKeyId, hides: true },
  { heading: 'ERROR', value: ({ errorCode }) => errorCode, shrinks: true, hides: true },
  { heading: 'FROM', value: ({ sourceIp }) => sourceIp, hides: true },
  { heading: 'REASON', value: ({ reason }) => reason, shrinks: true, hides: true },
];

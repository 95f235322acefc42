import { algorithmRows } from './tables/algorithm-rows.ts';
import { audienceRows } from './tables/audience-rows.ts';
import type { BadToken } from './tables/bad-token.ts';
import { framingRows } from './tables/framing-rows.ts';
import { issuerRows } from './tables/issuer-rows.ts';
import { keyRows } from './tables/key-rows.ts';
import { ownKeyRows } from './tables/own-key-rows.ts';
import { principalRows } from './tables/principal-rows.ts';
import { requestRows } from './tables/request-rows.ts';
import { timeRows } from './tables/time-rows.ts';

/** Every request that must prove nobody, with what the log says of it. Names are unique. */
export const badTokens: readonly BadToken[] = [
  ...requestRows,
  ...framingRows,
  ...algorithmRows,
  ...keyRows,
  ...issuerRows,
  ...audienceRows,
  ...timeRows,
  ...principalRows,
  ...ownKeyRows,
];

/** Reasons that are found only with the issuer's keys at hand: whatever else is refused costs no request. */
export const needsKeys: ReadonlySet<BadToken['reason']> = new Set<BadToken['reason']>([
  'unknown-key',
  'ambiguous-key',
  'signature',
  'subject',
  'claim',
  'principal-too-large',
  'proof-id',
  'not-admitted',
]);

import { sha256 } from '../sha256.ts';
import {
  type BrokerEvent,
  controlDetail,
  findingDetail,
  integrationDetail,
  issuanceDetail,
} from './event-schemas.ts';
import type { PublishedTable, Row, RowChange } from './row-change.ts';

/**
 * The event that tells of a change. `undefined` where there is nothing to tell: an attempt that is still open, or a
 * change of what no event shows.
 *
 * @throws ZodError for a row that is none of its table
 */
export function toEvent({ table, before, after }: RowChange, stage: string): BrokerEvent | undefined {
  return after === undefined ? undefined : makers[table](after, { before, stage });
}

interface Circumstances {
  readonly before: Row | undefined;
  readonly stage: string;
}

const makers: Readonly<
  Record<PublishedTable, (row: Row, circumstances: Circumstances) => BrokerEvent | undefined>
> = {
  issuances: toIssuanceEvent,
  findings: toFindingEvent,
  integrations: toIntegrationEvent,
  controls: toControlEvent,
};

/** Told when it is over, and once more for each thing that CloudTrail comes to say of it. */
function toIssuanceEvent(row: Row, { before, stage }: Circumstances): BrokerEvent | undefined {
  const { id, state, match } = row;
  if (state === 'PENDING') return undefined;
  if (before?.['state'] === state && before?.['match'] === match) return undefined;
  const news = match === undefined ? `${id}/${state}` : `${id}/${state}/${match}`;
  return {
    detailType: 'Daypass Issuance',
    detail: issuanceDetail.parse({ ...row, ...toHead(news, stage), issuanceId: id }),
  };
}

function toFindingEvent(row: Row, { before, stage }: Circumstances): BrokerEvent | undefined {
  const { id, state, reopenedAt } = row;
  if (before?.['state'] === state) return undefined;
  const news = reopenedAt === undefined ? `${id}/${state}` : `${id}/${state}/${reopenedAt}`;
  return {
    detailType: 'Daypass Finding',
    detail: findingDetail.parse({ ...row, ...toHead(news, stage), findingId: id }),
  };
}

/** A version is never changed: each is told once. */
function toIntegrationEvent(row: Row, { before, stage }: Circumstances): BrokerEvent | undefined {
  const { name, version, integration, change } = row;
  // An ExternalId that is taken stands in this table too, as version 0 of itself.
  if (before !== undefined || version === 0) return undefined;
  return {
    detailType: 'Daypass Integration Change',
    detail: integrationDetail.parse({
      ...Object(integration),
      ...Object(change),
      ...toHead(`${name}/${version}`, stage),
      ...{ integration: name, version },
    }),
  };
}

/** A row is changed in its place: each version of it is told, and each that takes the place of one of the same number. */
function toControlEvent(row: Row, { before, stage }: Circumstances): BrokerEvent | undefined {
  const { target } = row;
  const news = toControlNews(row);
  if (before !== undefined && toControlNews(before) === news) return undefined;
  const isRevocation = String(target).startsWith('revocation#');
  return {
    detailType: 'Daypass Control Change',
    detail: controlDetail.parse({
      ...row,
      ...(isRevocation ? { state: 'REVOKED' } : {}),
      ...toHead(`${target}/${news}`, stage),
      control: isRevocation ? 'revocation' : 'suspension',
    }),
  };
}

/** Two regions may both write a version, and somebody by hand may change one in its place. No event has the nonce itself. */
const toControlNews = ({ version, nonce, state, at }: Row): string =>
  `${version}/${sha256([nonce, state, at].join('\0')).toString('base64url').slice(0, 16)}`;

const toHead = (news: string, stage: string) => ({ schemaVersion: 1, id: news, stage });

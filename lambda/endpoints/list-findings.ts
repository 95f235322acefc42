import type { ReadFindings } from '../core/reconciliation/read-findings.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { findingsQuery } from '../http/finding-schemas.ts';
import { parseQuery } from '../http/parse-request.ts';
import { toFindingView } from './finding-view.ts';

const defaultLimit = 25;

/** `GET /v1/findings?kind=&state=&severity=&from=&to=&limit=&cursor=`: newest first. */
export const createListFindings =
  ({ list }: Pick<ReadFindings, 'list'>): Endpoint =>
  async ({ principal, origin, query }) => {
    const { limit = defaultLimit, cursor, from, to, ...rest } = parseQuery(findingsQuery, query);
    const filters = {
      ...rest,
      ...(from === undefined ? {} : { fromMs: from }),
      ...(to === undefined ? {} : { toMs: to }),
    };
    const page = { limit, ...(cursor === undefined ? {} : { cursor }) };

    const { findings, nextCursor, ...span } = await list(principal, origin, filters, page);

    return {
      status: 200,
      body: {
        findings: findings.map(toFindingView),
        from: new Date(span.fromMs).toISOString(),
        to: new Date(span.toMs).toISOString(),
        ...(nextCursor === undefined ? {} : { nextCursor }),
      },
    };
  };

import type { ReadIssuances } from '../core/read-issuances.ts';
import { issuancesQuery } from '../http/audit-schemas.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { parseQuery } from '../http/parse-request.ts';
import { toIssuanceView } from './issuance-view.ts';

const defaultLimit = 25;

/** `GET /v1/issuances?principal=&profile=&state=&accessKeyId=&from=&to=&limit=&cursor=`: newest first. */
export const createListIssuances =
  ({ list }: Pick<ReadIssuances, 'list'>): Endpoint =>
  async (request) => {
    const {
      limit = defaultLimit,
      cursor,
      from,
      to,
      principal: principalId,
      ...rest
    } = parseQuery(issuancesQuery, request.query);
    const filters = {
      ...rest,
      ...(principalId === undefined ? {} : { principalId }),
      ...(from === undefined ? {} : { fromMs: from }),
      ...(to === undefined ? {} : { toMs: to }),
    };
    const page = { limit, ...(cursor === undefined ? {} : { cursor }) };

    const { issuances, scope, nextCursor, ...span } = await list(
      request.principal,
      request.origin,
      filters,
      page,
    );

    return {
      status: 200,
      body: {
        issuances: issuances.map((issuance) => toIssuanceView(issuance, scope)),
        scope,
        from: new Date(span.fromMs).toISOString(),
        to: new Date(span.toMs).toISOString(),
        ...(nextCursor === undefined ? {} : { nextCursor }),
      },
    };
  };

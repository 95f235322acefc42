import type { AuditedManaging } from '../core/integrations/audited-managing.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { integrationsQuery } from '../http/integration-schemas.ts';
import { parseQuery } from '../http/parse-request.ts';
import { toCaller } from './integration-request.ts';
import { toListedView } from './integration-view.ts';

const defaultLimit = 25;

/** `GET /v1/integrations?includeDeleted=&limit=&cursor=`: by name. */
export const createListIntegrations =
  ({ list }: Pick<AuditedManaging, 'list'>): Endpoint =>
  async (request) => {
    const { includeDeleted, limit = defaultLimit, cursor } = parseQuery(integrationsQuery, request.query);

    const { integrations, next } = await list(toCaller(request), {
      limit,
      ...(cursor === undefined ? {} : { after: cursor }),
      ...(includeDeleted === undefined ? {} : { includeDeleted: true }),
    });

    return {
      status: 200,
      body: {
        integrations: integrations.map(toListedView),
        ...(next === undefined ? {} : { nextCursor: next }),
      },
    };
  };

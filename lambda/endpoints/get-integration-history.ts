import type { AuditedManaging } from '../core/integrations/audited-managing.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { historyQuery } from '../http/integration-schemas.ts';
import { parseQuery } from '../http/parse-request.ts';
import { nameOf, toCaller } from './integration-request.ts';
import { toChangeView } from './integration-view.ts';

const defaultLimit = 10;

/** `GET /v1/integrations/{id}/history?limit=&cursor=`: newest first. */
export const createGetIntegrationHistory =
  ({ history }: Pick<AuditedManaging, 'history'>): Endpoint =>
  async (request) => {
    const { limit = defaultLimit, cursor } = parseQuery(historyQuery, request.query);

    // One more: what was before the last of the page.
    const versions = await history(toCaller(request), nameOf(request), {
      limit: limit + 1,
      ...(cursor === undefined ? {} : { before: cursor }),
    });

    const shown = versions.slice(0, limit);
    const last = shown.at(-1);
    return {
      status: 200,
      body: {
        changes: shown.map((version, index) => toChangeView(version, versions[index + 1])),
        ...(versions.length > limit && last !== undefined
          ? { nextCursor: String(last.integration.version) }
          : {}),
      },
    };
  };

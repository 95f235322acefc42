import type { AuditedManaging } from '../core/integrations/audited-managing.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { toCaller } from './integration-request.ts';
import { toIntegrationView, toVersionedResponse } from './integration-view.ts';

/**
 * `POST /v1/integrations`. The Location is relative, so that it keeps the caller's way to the API: with a token or
 * signed, by whichever host.
 */
export const createCreateIntegration =
  ({ create }: Pick<AuditedManaging, 'create'>): Endpoint =>
  async (request) => {
    const integration = await create(toCaller(request), request.body);

    return toVersionedResponse(integration, toIntegrationView(integration), {
      status: 201,
      headers: { Location: `integrations/${integration.name}` },
    });
  };

import type { AuditedManaging } from '../core/integrations/audited-managing.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { nameOf, toCaller } from './integration-request.ts';
import { toIntegrationView, toVersionedResponse } from './integration-view.ts';

/** `GET /v1/integrations/{id}` */
export const createGetIntegration =
  ({ find }: Pick<AuditedManaging, 'find'>): Endpoint =>
  async (request) => {
    const { integration } = await find(toCaller(request), nameOf(request));
    return toVersionedResponse(integration, toIntegrationView(integration));
  };

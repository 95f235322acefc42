import type { RequestVerification } from '../core/integrations/request-verification.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { nameOf, toCaller } from './integration-request.ts';
import { toIntegrationView, toVersionedResponse } from './integration-view.ts';

/** `POST /v1/integrations/{id}/verify`: what each probe saw, and what to change in the role. */
export const createVerifyIntegrationEndpoint =
  (requestVerification: RequestVerification): Endpoint =>
  async (request) => {
    const { integration, verification } = await requestVerification(toCaller(request), nameOf(request));
    return toVersionedResponse(integration, {
      integration: toIntegrationView(integration),
      verification,
    });
  };

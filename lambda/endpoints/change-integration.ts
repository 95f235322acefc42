import type { AuditedManaging } from '../core/integrations/audited-managing.ts';
import { readIfMatch } from '../core/integrations/entity-tag.ts';
import type { Integration } from '../core/integrations/integration.ts';
import type { Endpoint, EndpointRequest } from '../http/endpoint.ts';
import { reasonBody, retireBody, suspendBody } from '../http/integration-schemas.ts';
import { parseRequest } from '../http/parse-request.ts';
import { nameOf, toCaller, toChange } from './integration-request.ts';
import { toIntegrationView, toVersionedResponse } from './integration-view.ts';

/*
 * The changes: each for the version that `If-Match` names, each answered with the integration as it is now.
 */

const changing =
  (change: (request: EndpointRequest) => Promise<Integration>): Endpoint =>
  async (request) => {
    const integration = await change(request);
    return toVersionedResponse(integration, toIntegrationView(integration));
  };

const ifMatchOf = (request: EndpointRequest) => ({ ifMatch: readIfMatch(request.ifMatch) });

/** `PUT /v1/integrations/{id}?reason=` */
export const createUpdateIntegration = ({ update }: Pick<AuditedManaging, 'update'>): Endpoint =>
  changing((request) =>
    update(toCaller(request), nameOf(request), { ...toChange(request), body: request.body }),
  );

/** `DELETE /v1/integrations/{id}?reason=` */
export const createDeleteIntegration = (audited: Pick<AuditedManaging, 'delete'>): Endpoint =>
  changing((request) => audited.delete(toCaller(request), nameOf(request), toChange(request)));

/** `PUT /v1/integrations/{id}/keys?reason=` */
export const createReplaceIntegrationKeys = ({ rotateKeys }: Pick<AuditedManaging, 'rotateKeys'>): Endpoint =>
  changing((request) =>
    rotateKeys(toCaller(request), nameOf(request), { ...toChange(request), body: request.body }),
  );

/** `POST /v1/integrations/{id}/suspend` */
export const createSuspendIntegration = ({ suspend }: Pick<AuditedManaging, 'suspend'>): Endpoint =>
  changing((request) => {
    const { reason } = parseRequest('body', suspendBody, request.body);
    return suspend(toCaller(request), nameOf(request), { ...ifMatchOf(request), reason });
  });

/** `POST /v1/integrations/{id}/resume` */
export const createResumeIntegration = ({ resume }: Pick<AuditedManaging, 'resume'>): Endpoint =>
  changing((request) => {
    const body = parseRequest('body', reasonBody, request.body);
    return resume(toCaller(request), nameOf(request), { ...ifMatchOf(request), ...body });
  });

/** `POST /v1/integrations/{id}/rotate` */
export const createRotateExternalId = ({
  rotateExternalId,
}: Pick<AuditedManaging, 'rotateExternalId'>): Endpoint =>
  changing((request) => {
    const body = parseRequest('body', reasonBody, request.body);
    return rotateExternalId(toCaller(request), nameOf(request), { ...ifMatchOf(request), ...body });
  });

/** `POST /v1/integrations/{id}/retire` */
export const createRetireExternalId = ({
  retireExternalId,
}: Pick<AuditedManaging, 'retireExternalId'>): Endpoint =>
  changing((request) => {
    const body = parseRequest('body', retireBody, request.body);
    return retireExternalId(toCaller(request), nameOf(request), { ...ifMatchOf(request), ...body });
  });

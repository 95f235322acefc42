import { readIfMatch } from '../core/integrations/entity-tag.ts';
import type { Caller } from '../core/integrations/integration-authority.ts';
import type { Change } from '../core/integrations/manage-integrations.ts';
import type { EndpointRequest } from '../http/endpoint.ts';
import { changeQuery } from '../http/integration-schemas.ts';
import { parseQuery } from '../http/parse-request.ts';
import { requireIntegrationName } from '../http/require-integration-name.ts';

export const toCaller = ({ principal, origin }: EndpointRequest): Caller => ({ principal, origin });

export const nameOf = ({ pathParameters }: EndpointRequest): string =>
  requireIntegrationName(pathParameters['id']);

/** Of a change whose body is no place for the reason. */
export const toChange = (request: EndpointRequest): Change => ({
  ...parseQuery(changeQuery, request.query),
  ifMatch: readIfMatch(request.ifMatch),
});

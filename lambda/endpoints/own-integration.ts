import type { AuditedManaging } from '../core/integrations/audited-managing.ts';
import type { Issuance } from '../core/issuance.ts';
import type { ReadIssuances } from '../core/read-issuances.ts';
import { toSourceIdentity } from '../core/source-identity.ts';
import type { Endpoint } from '../http/endpoint.ts';
import { ownIssuancesQuery } from '../http/integration-schemas.ts';
import { parseQuery } from '../http/parse-request.ts';
import { toCaller, toChange } from './integration-request.ts';
import { toOwnView, toVersionedResponse } from './integration-view.ts';
import { toIssuanceView } from './issuance-view.ts';

/*
 * What a third party that calls the broker itself sees and does. Which integration is its own, its proof says: no path
 * and no body names one.
 */

/** `GET /v1/integrations/self` */
export const createGetOwnIntegration =
  ({ findOwn }: Pick<AuditedManaging, 'findOwn'>): Endpoint =>
  async (request) => {
    const integration = await findOwn(toCaller(request));
    return toVersionedResponse(integration, toOwnView(integration));
  };

/** `PUT /v1/integrations/self/keys?reason=` */
export const createReplaceOwnKeys =
  ({ findOwn, rotateKeys }: Pick<AuditedManaging, 'findOwn' | 'rotateKeys'>): Endpoint =>
  async (request) => {
    const caller = toCaller(request);
    const change = { ...toChange(request), body: request.body };
    // A manager who is nobody's third party has another route.
    const { name } = await findOwn(caller);
    const integration = await rotateKeys(caller, name, change);
    return toVersionedResponse(integration, toOwnView(integration));
  };

const defaultLimit = 25;

/** `GET /v1/integrations/self/issuances?of=&from=&to=&limit=&cursor=`: newest first. */
export const createListOwnIssuances =
  (
    { findOwn }: Pick<AuditedManaging, 'findOwn'>,
    { list, listOfIntegration }: Pick<ReadIssuances, 'list' | 'listOfIntegration'>,
  ): Endpoint =>
  async (request) => {
    const { principal, origin, query } = request;
    const { of = 'caller', limit = defaultLimit, cursor, from, to } = parseQuery(ownIssuancesQuery, query);
    const span = {
      ...(from === undefined ? {} : { fromMs: from }),
      ...(to === undefined ? {} : { toMs: to }),
    };
    const page = { limit, ...(cursor === undefined ? {} : { cursor }) };

    const { name } = await findOwn(toCaller(request));
    const found =
      of === 'caller'
        ? await list(principal, origin, { ...span, principalId: toSourceIdentity(principal) }, page)
        : await listOfIntegration(name, span, page);

    const issuances =
      of === 'caller'
        ? found.issuances.map((issuance) => toIssuanceView(issuance, 'own'))
        : found.issuances.map(toRoleView);
    return {
      status: 200,
      body: {
        of,
        issuances,
        from: new Date(found.fromMs).toISOString(),
        to: new Date(found.toMs).toISOString(),
        ...(found.nextCursor === undefined ? {} : { nextCursor: found.nextCursor }),
      },
    };
  };

/** What the role's own CloudTrail shows as well: not who of ours it was to the broker, from where and why. */
function toRoleView(issuance: Issuance): object {
  const { id, state, createdAt, integration, purpose, roleArns, roleSessionName, sourceIdentity } = issuance;
  const { durationSeconds, sessionTags, finishedAt, stsRequestId, accessKeyId, expiration, errorCode } =
    issuance;
  return {
    ...{ id, state, createdAt, integration, purpose, roleArns, roleSessionName, sourceIdentity },
    ...{ durationSeconds, sessionTags, finishedAt, stsRequestId, accessKeyId, expiration, errorCode },
  };
}

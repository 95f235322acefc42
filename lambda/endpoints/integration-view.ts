import { toEntityTag } from '../core/integrations/entity-tag.ts';
import type { Integration, IntegrationVersion } from '../core/integrations/integration.ts';
import type { EndpointResponse } from '../http/endpoint.ts';

/** As a manager sees it: all of it. */
export const toIntegrationView = (integration: Integration): object => integration;

/** As the list shows it. No ExternalId is in it: a list is for finding one. */
export function toListedView(integration: Integration): object {
  const { name, version, state, description, owner, roleArn, verification } = integration;
  return {
    ...{ name, version, state, description, owner, roleArn },
    ...(verification === undefined
      ? {}
      : { verification: { at: verification.at, result: verification.result } }),
  };
}

/**
 * As the third party sees its own: what it needs to make its role and to know why nothing is issued. Who of ours may
 * use it, what their sessions hold and who suspended it are not its business.
 */
export function toOwnView(integration: Integration): object {
  const {
    trust: _trust,
    sessionPolicy: _policy,
    sessionTags,
    suspension,
    verification,
    ...shown
  } = integration;
  return {
    ...shown,
    sessionTagKeys: Object.keys(sessionTags),
    ...(suspension === undefined ? {} : { suspension: { at: suspension.at, reason: suspension.reason } }),
    ...(verification === undefined ? {} : { verification: toOwnVerification(verification) }),
  };
}

function toOwnVerification({
  issuanceIds: _rows,
  ...shown
}: NonNullable<Integration['verification']>): object {
  return shown;
}

/** One change. `before` is absent for the first. */
export function toChangeView(
  { integration, change }: IntegrationVersion,
  before?: IntegrationVersion,
): object {
  const { nonce: _nonce, ...shown } = change;
  return {
    version: integration.version,
    ...shown,
    ...(before === undefined ? {} : { before: toIntegrationView(before.integration) }),
    after: toIntegrationView(integration),
  };
}

/** An answer that shows one version. */
export const toVersionedResponse = (
  { version }: Integration,
  body: object,
  { status = 200, headers = {} }: Partial<Pick<EndpointResponse, 'status' | 'headers'>> = {},
): EndpointResponse => ({ status, headers: { ETag: toEntityTag(version), ...headers }, body });

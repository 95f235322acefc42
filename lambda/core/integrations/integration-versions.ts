import { IntegrationNotFoundError, VersionConflictError, VersionRequiredError } from '../errors.ts';
import type { Integration, IntegrationChange, IntegrationVersion } from './integration.ts';
import type { Caller } from './integration-authority.ts';
import type { IntegrationStore } from './integration-ports.ts';
import { isIntegrationName } from './integration-schema.ts';

/** What is changed, and by whom; nobody, where the schedule does it. */
export interface ChangeRequest {
  readonly operation: IntegrationChange['operation'];
  readonly caller?: Caller;
  readonly reason?: string;
}

/** The line of an integration's versions, to which each change adds one. */
export interface IntegrationVersions {
  /** @throws IntegrationNotFoundError where there is none, and of a deleted one */
  find(name: string): Promise<IntegrationVersion>;
  /** @throws IntegrationNotFoundError, VersionConflictError where another one is the newest */
  findVersion(name: string, version: number): Promise<Integration>;
  /** @returns whether it was added: `false` when another change came first */
  begin(integration: Integration, request: ChangeRequest): Promise<boolean>;
  /**
   * @param after its version is set here
   * @throws VersionConflictError when another change came first
   */
  append(before: Integration, after: Integration, request: ChangeRequest): Promise<Integration>;
}

export function createIntegrationVersions(ports: {
  readonly store: IntegrationStore;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** A new random value, of at least 128 bits. */
  readonly newNonce: () => string;
}): IntegrationVersions {
  const { store, now, newNonce } = ports;

  const toChange = ({ operation, caller, reason }: ChangeRequest): IntegrationChange => ({
    operation,
    at: new Date(now()).toISOString(),
    ...(caller === undefined ? {} : toActor(caller)),
    ...(reason === undefined ? {} : { reason }),
    nonce: newNonce(),
  });

  const find = async (name: string) => {
    const found = isIntegrationName(name) ? await store.find(name) : undefined;
    if (found === undefined || found.integration.state === 'DELETED') throw toNotFound(found);
    return found;
  };

  return {
    find,
    findVersion: async (name, version) => {
      const { integration } = await find(name);
      if (integration.version === version) return integration;
      throw toConflict(
        `the integration is at version ${integration.version}, and the change was made for version ${version}`,
      );
    },
    begin: (integration, request) => store.append({ integration, change: toChange(request) }),
    append: async (before, after, request) => {
      const integration = { ...after, version: before.version + 1 };
      if (await store.append({ integration, change: toChange(request) })) return integration;
      throw toConflict(
        `the integration was changed at the same time: version ${integration.version} is somebody else's`,
      );
    },
  };
}

/** @throws VersionRequiredError without one: whoever changes an integration has read it */
export function requireVersion(ifMatch: number | undefined): number {
  if (ifMatch !== undefined) return ifMatch;
  throw new VersionRequiredError(
    "a change needs the header If-Match with the ETag that the integration was read with, so that it cannot undo somebody else's; read it first",
  );
}

export const toConflict = (what: string) =>
  new VersionConflictError(
    `${what}; nothing was changed by this request: read the integration again, and repeat what is still wanted`,
  );

const toNotFound = (found: IntegrationVersion | undefined) =>
  new IntegrationNotFoundError(
    found === undefined
      ? 'no integration of this name; allowed: a name that the list of integrations shows'
      : 'this integration was deleted, and its name is never given again; its history can still be read',
  );

function toActor({ principal, origin }: Caller) {
  const { issuer, subject, claims } = principal;
  const { sourceIp, gatewayRequestId } = origin;
  const { sessionName } = claims;
  const chosen = typeof sessionName === 'string' && issuesSessionNames(principal) ? { sessionName } : {};
  return { principal: { issuer, subject, ...chosen }, sourceIp, gatewayRequestId };
}

/** Of IAM identities alone; another issuer's claim of that name is something else. */
const issuesSessionNames = ({ aws }: Caller['principal']) => aws !== undefined;

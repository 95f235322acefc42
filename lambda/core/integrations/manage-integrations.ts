import type { Configuration } from '../configuration.ts';
import {
  AccessDeniedError,
  IntegrationNameTakenError,
  IntegrationStateError,
  InvalidRequestError,
} from '../errors.ts';
import type { Logger } from '../logger.ts';
import { isReason, reasonAllowed } from '../reason.ts';
import { toSourceIdentity } from '../source-identity.ts';
import {
  beginRotation,
  hasOtherRole,
  type RetirableId,
  remove,
  replaceKeys,
  replaceSettings,
  requireNoRotation,
  resume,
  retireExternalId,
  suspend,
  toNewIntegration,
} from './change-integration.ts';
import type { Integration, IntegrationVersion } from './integration.ts';
import {
  type Caller,
  findManagingStatement,
  isIntegrationItself,
  isIntegrationManager,
} from './integration-authority.ts';
import type { ExternalIdRegister, IntegrationStore, NewExternalId } from './integration-ports.ts';
import { isIntegrationName } from './integration-schema.ts';
import { type ChangeRequest, createIntegrationVersions, requireVersion } from './integration-versions.ts';
import { readIntegration, readIntegrationKeys, readNewIntegration } from './read-integration-document.ts';
import { createRecordVerification, type RecordedVerification } from './record-verification.ts';

/** One change: for the version that was read, and why. */
export interface Change {
  /** The version of If-Match; absent without the header, which is refused. */
  readonly ifMatch: number | undefined;
  /** Kept with the change. */
  readonly reason?: string;
}

/**
 * What managers do with integrations, and a third party with its own. Everybody else is told the same for each name,
 * before anything is read: AccessDeniedError. Changes throw VersionRequiredError, VersionConflictError,
 * IntegrationNotFoundError and IntegrationStateError; all of them IntegrationsUnavailableError.
 */
export interface ManageIntegrations {
  /** @throws InvalidRequestError, IntegrationNameTakenError */
  create(caller: Caller, body: unknown): Promise<Integration>;
  /** @throws IntegrationNotFoundError */
  find(caller: Caller, name: string): Promise<IntegrationVersion>;
  /** The caller's own, for a third party that calls the broker itself. */
  findOwn(caller: Caller): Promise<Integration>;
  /** In order of names; the newest may be missing for a moment. A page may be short while there are more. */
  list(caller: Caller, page: ListPage): Promise<IntegrationListing>;
  /** Newest first; of deleted ones too. */
  history(
    caller: Caller,
    name: string,
    page: { readonly before?: number; readonly limit: number },
  ): Promise<readonly IntegrationVersion[]>;
  /** All settings anew, keys apart. Another role has another ExternalId, and must be proven. */
  update(caller: Caller, name: string, change: Change & { readonly body: unknown }): Promise<Integration>;
  /** The reason is shown to the third party. */
  suspend(caller: Caller, name: string, change: Change & { readonly reason: string }): Promise<Integration>;
  /** To CREATED: it is to be proven again before it issues. */
  resume(caller: Caller, name: string, change: Change): Promise<Integration>;
  /** For ever: name and ExternalIds stay taken. */
  delete(caller: Caller, name: string, change: Change): Promise<Integration>;
  rotateExternalId(caller: Caller, name: string, change: Change): Promise<Integration>;
  retireExternalId(
    caller: Caller,
    name: string,
    change: Change & { readonly which: RetirableId },
  ): Promise<Integration>;
  /** The third party may do this itself, unless it is suspended: a lost key could be why. */
  rotateKeys(caller: Caller, name: string, change: Change & { readonly body: unknown }): Promise<Integration>;
  /** See `createRecordVerification`. Authority is decided before any probe, by `requireManager`. */
  recordVerification(seen: RecordedVerification): Promise<Integration>;
  /**
   * @returns the statement of the `integrations` section that allows it
   * @throws AccessDeniedError for whom the section does not trust
   */
  requireManager(caller: Caller): { readonly statement: string };
}

export interface ListPage {
  /** The name after which the page begins. */
  readonly after?: string;
  readonly limit: number;
  readonly includeDeleted?: true;
}

export interface IntegrationListing {
  readonly integrations: readonly Integration[];
  /** The `after` of the next page; absent at the end. */
  readonly next?: string;
}

export interface ManageIntegrationsPorts {
  readonly configuration: Configuration;
  readonly store: IntegrationStore;
  readonly reserve: ExternalIdRegister['reserve'];
  readonly logger: Logger;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly newExternalId: NewExternalId;
  /** A new random value, of at least 128 bits. */
  readonly newNonce: () => string;
}

export function createManageIntegrations(ports: ManageIntegrationsPorts): ManageIntegrations {
  const { configuration, store, reserve, logger, now, newExternalId } = ports;
  const versions = createIntegrationVersions(ports);

  const requireManager = (caller: Caller) => {
    const statement = findManagingStatement(caller, configuration, now());
    if (statement === undefined) throw toAccessDenied(configuration);
    return { statement };
  };

  /** Reserved before it is written anywhere: what is lost between the two writes is an id that nobody has. */
  const takeExternalId = async (name: string): Promise<string> => {
    const externalId = newExternalId();
    // 128 random bits do not repeat by chance: no other id is tried.
    if (!(await reserve(externalId, name))) throw new Error('a new ExternalId was used before');
    return externalId;
  };

  const changeAs =
    (requireAuthority: (caller: Caller, name: string) => unknown) =>
    async (
      { operation, caller, name, ifMatch, reason }: NamedChange,
      make: (before: Integration) => Integration | Promise<Integration>,
    ): Promise<Integration> => {
      requireAuthority(caller, name);
      requireReason(reason);
      const before = await versions.findVersion(name, requireVersion(ifMatch));
      const request = { operation, caller, ...(reason === undefined ? {} : { reason }) };
      return versions.append(before, await make(before), request);
    };

  const change = changeAs(requireManager);

  const changeKeys = changeAs((caller, name) => {
    if (!isIntegrationItself(caller.principal, name, configuration)) requireManager(caller);
  });

  return {
    requireManager,

    create: async (caller, body) => {
      requireManager(caller);
      const document = readNewIntegration(body, configuration);
      const { name } = document;
      // Asked before an id is taken for it; what decides is the write.
      if ((await store.find(name)) !== undefined) throw toNameTaken();
      const integration = toNewIntegration(document, await takeExternalId(name));
      if (!(await versions.begin(integration, { operation: 'create', caller }))) throw toNameTaken();
      return integration;
    },

    find: async (caller, name) => {
      requireManager(caller);
      return versions.find(name);
    },

    findOwn: async (caller) => {
      const { issuer } = caller.principal;
      if (!isIntegrationItself(caller.principal, issuer, configuration)) throw toAccessDenied(configuration);
      return (await versions.find(issuer)).integration;
    },

    list: async (caller, { after, limit, includeDeleted = false }) => {
      requireManager(caller);
      const page = await store.names({ limit, ...(after === undefined ? {} : { after }) });
      const found = await Promise.all(page.names.map((name) => findListed(store, name)));
      const integrations = found.filter(({ state }) => includeDeleted || state !== 'DELETED');
      return { integrations, ...(page.next === undefined ? {} : { next: page.next }) };
    },

    history: async (caller, name, page) => {
      requireManager(caller);
      const found = isIntegrationName(name) ? await store.history(name, page) : [];
      // An empty page may be the end of a history.
      if (found.length === 0 && page.before === undefined) await versions.find(name);
      return found;
    },

    update: (caller, name, { body, ...rest }) =>
      change({ operation: 'update', caller, name, ...rest }, async (before) => {
        const document = readIntegration(name, body, configuration);
        const externalId = hasOtherRole(before, document) ? await takeExternalId(name) : undefined;
        return replaceSettings(before, document, externalId);
      }),

    suspend: (caller, name, rest) =>
      change({ operation: 'suspend', caller, name, ...rest }, (before) => {
        const by = toSourceIdentity(caller.principal);
        return suspend(before, { at: new Date(now()).toISOString(), by, reason: rest.reason });
      }),

    resume: (caller, name, rest) => change({ operation: 'resume', caller, name, ...rest }, resume),

    delete: (caller, name, rest) => change({ operation: 'delete', caller, name, ...rest }, remove),

    rotateExternalId: (caller, name, rest) =>
      change({ operation: 'rotate-external-id', caller, name, ...rest }, async (before) => {
        requireNoRotation(before);
        return beginRotation(before, await takeExternalId(name));
      }),

    retireExternalId: (caller, name, { which, ...rest }) =>
      change({ operation: 'retire-external-id', caller, name, ...rest }, (before) =>
        retireExternalId(before, which, now()),
      ),

    rotateKeys: (caller, name, { body, ...rest }) =>
      changeKeys({ operation: 'rotate-keys', caller, name, ...rest }, (before) => {
        if (before.state === 'SUSPENDED' && !isIntegrationManager(caller, configuration, now()))
          throw new IntegrationStateError(
            'the integration is suspended, and its keys with it; whoever suspended it can replace them',
          );
        return replaceKeys(before, readIntegrationKeys(body));
      }),

    recordVerification: createRecordVerification({ configuration, versions, logger, now }),
  };
}

interface NamedChange extends Change {
  readonly operation: ChangeRequest['operation'];
  readonly caller: Caller;
  readonly name: string;
}

async function findListed(store: IntegrationStore, name: string): Promise<Integration> {
  const found = await store.find(name);
  if (found === undefined) throw new Error('the list names an integration that is not there');
  return found.integration;
}

function requireReason(reason: string | undefined): void {
  if (reason !== undefined && !isReason(reason))
    throw new InvalidRequestError(`reason; allowed: ${reasonAllowed}`);
}

/** The same words for every name and for every way not to be trusted. */
function toAccessDenied({ owner, requestAccessUrl }: Configuration): AccessDeniedError {
  return new AccessDeniedError(
    `you may not manage integrations, nor see this one; ${owner} can say who may`,
    {
      detail: 'the integrations section does not trust this principal',
      extensions: { owner, ...(requestAccessUrl === undefined ? {} : { requestAccessUrl }) },
    },
  );
}

const toNameTaken = () =>
  new IntegrationNameTakenError(
    'an integration has this name, or had it and was deleted; names are never given again: take another one',
  );

import type { Configuration } from '../configuration.ts';
import {
  AccessDeniedError,
  IntegrationNameTakenError,
  InvalidRequestError,
  VersionConflictError,
} from '../errors.ts';
import type { Logger } from '../logger.ts';
import { isReason, reasonAllowed } from '../reason.ts';
import { toSourceIdentity } from '../source-identity.ts';
import {
  beginRotation,
  hasOtherRole,
  type RetirableId,
  remove,
  replaceSettings,
  requireNoRotation,
  resume,
  retireExternalId,
  suspend,
  toNewIntegration,
} from './change-integration.ts';
import { createChangeKeys } from './change-keys.ts';
import type { Integration, IntegrationVersion } from './integration.ts';
import { type Caller, findManagingStatement, isIntegrationItself } from './integration-authority.ts';
import type { ExternalIdRegister, IntegrationStore, NewExternalId } from './integration-ports.ts';
import { isIntegrationName } from './integration-schema.ts';
import { type ChangeRequest, createIntegrationVersions, requireVersion } from './integration-versions.ts';
import { readIntegration, readNewIntegration } from './read-integration-document.ts';
import { createRecordVerification, type RecordedVerification } from './record-verification.ts';

/** One change: for the version that was read, and why. */
export interface Change {
  /** The version of If-Match; absent without the header, which is refused but for suspending. */
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
  /** The reason is shown to the third party. Without a version it is the newest one that is suspended. */
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
  /** The third party may do this itself, see `createChangeKeys`. The same keys again make no new version. */
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
  /** Right before a caller's change is written: what is refused for what it says costs no proof. */
  readonly consumeProof: (caller: Caller, name?: string) => Promise<void>;
  readonly logger: Logger;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly newExternalId: NewExternalId;
  /** A new random value, of at least 128 bits. */
  readonly newNonce: () => string;
}

export function createManageIntegrations(ports: ManageIntegrationsPorts): ManageIntegrations {
  const { configuration, store, reserve, consumeProof, logger, now, newExternalId } = ports;
  const versions = createIntegrationVersions(ports);
  const changedKeys = createChangeKeys(ports);

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
      { operation, caller, name, ifMatch, reason, orNewest }: NamedChange,
      make: (before: Integration) => Integration | Promise<Integration>,
    ): Promise<Integration> => {
      requireAuthority(caller, name);
      requireReason(reason);
      const request = { operation, caller, ...(reason === undefined ? {} : { reason }) };
      const isOfNewest = orNewest === true && ifMatch === undefined;
      for (let attempt = 1; ; attempt += 1) {
        const before = isOfNewest
          ? (await versions.find(name)).integration
          : await versions.findVersion(name, requireVersion(ifMatch));
        const after = await make(before);
        if (after === before) return before;
        if (attempt === 1) await consumeProof(caller, name);
        try {
          return await versions.append(before, after, request);
        } catch (error) {
          const isLost = error instanceof VersionConflictError;
          if (!isLost || !isOfNewest || attempt === maxAttempts) throw error;
        }
      }
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
      await consumeProof(caller);
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
      if (!isIntegrationItself(caller.principal, issuer, configuration)) throw toNobodysOwn(configuration);
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
      change({ operation: 'suspend', caller, name, orNewest: true, ...rest }, (before) => {
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
      changeKeys({ operation: 'rotate-keys', caller, name, ...rest }, (before) =>
        changedKeys(caller, before, body),
      ),

    recordVerification: createRecordVerification({ configuration, versions, logger, now }),
  };
}

interface NamedChange extends Change {
  readonly operation: ChangeRequest['operation'];
  readonly caller: Caller;
  readonly name: string;
  /** Of a change that is right whatever came before: without a version it is made of the newest one. */
  readonly orNewest?: true;
}

/** Changes of others that may come before one of the newest version. */
const maxAttempts = 5;

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
const toAccessDenied = (configuration: Configuration) =>
  toDenied(configuration, {
    message: 'you may not manage integrations, nor see this one',
    detail: 'the integrations section does not trust this principal',
  });

/** Whoever may manage integrations is told where they are; it is no secret that the routes exist. */
const toNobodysOwn = (configuration: Configuration) =>
  toDenied(configuration, {
    message:
      'these routes are for third parties that call with keys of their own; whoever may manage integrations finds each at /v1/integrations/{id}',
    detail: 'the principal is not the third party of an integration',
  });

const toDenied = (
  { owner, requestAccessUrl }: Configuration,
  { message, detail }: { readonly message: string; readonly detail: string },
) =>
  new AccessDeniedError(`${message}; ${owner} can say who may`, {
    detail,
    extensions: { owner, ...(requestAccessUrl === undefined ? {} : { requestAccessUrl }) },
  });

const toNameTaken = () =>
  new IntegrationNameTakenError(
    'an integration has this name, or had it and was deleted; names are never given again: take another one',
  );

import type { Audited } from '../audit-denials.ts';
import type { Configuration } from '../configuration.ts';
import { SuspensionNotFoundError, VersionConflictError } from '../errors.ts';
import type { Caller } from '../integrations/integration-authority.ts';
import { createControlled } from './control-authority.ts';
import type { Listed, ListPage, SuspensionStore } from './control-ports.ts';
import { requireKnownTarget } from './require-known-target.ts';
import {
  findTargetKey,
  maxHistory,
  type Suspension,
  type SuspensionChange,
  type SuspensionTarget,
  toTargetKey,
} from './suspension.ts';
import { toActor } from './to-actor.ts';

/**
 * What the configuration's `controls` section lets people do with suspensions. Everybody else: AccessDeniedError, with a
 * row. The switch itself does not stand before this: who suspended everything can lift it.
 */
export interface ManageSuspensions {
  list(caller: Caller, page: ListPage): Promise<Listed<Suspension>>;
  /** At once, whatever came before; one that is suspended has another reason then. @throws InvalidRequestError */
  suspend(caller: Caller, target: SuspensionTarget, reason: string): Promise<Suspension>;
  /** Whether the configuration has the issuer. Another may be a third party's, and is not looked up. */
  isConfigured(issuer: string): boolean;
  /**
   * @param change.version the one that was read; the newest where it is left out
   * @throws SuspensionNotFoundError, VersionConflictError
   */
  lift(
    caller: Caller,
    id: string,
    change: { readonly reason: string; readonly version: number | undefined },
  ): Promise<Suspension>;
}

export interface ManageSuspensionsPorts {
  readonly configuration: Configuration;
  readonly store: SuspensionStore;
  readonly audited: Audited;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Changes of others that may come before a suspension. */
const maxAttempts = 5;

export function createManageSuspensions(ports: ManageSuspensionsPorts): ManageSuspensions {
  const { configuration, store, now } = ports;

  const controlled = createControlled(ports);

  const toChange = (
    caller: Caller,
    change: Pick<SuspensionChange, 'state' | 'reason'>,
  ): SuspensionChange => ({
    ...change,
    by: toActor(caller.principal),
    at: new Date(now()).toISOString(),
    gatewayRequestId: caller.origin.gatewayRequestId,
  });

  return {
    list: (caller, page) => controlled(caller, undefined, () => store.list(page)),

    isConfigured: (issuer) => configuration.issuers.has(issuer),

    suspend: (caller, asked, reason) =>
      controlled(caller, reason, async () => {
        const target = requireKnownTarget(asked, configuration);
        for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
          const before = await store.find(toTargetKey(target));
          const change = toChange(caller, { state: 'SUSPENDED', reason });
          const after = { target, ...change, ...toHistory(before) };
          if (await store.put(after)) return after;
        }
        throw toConflict();
      }),

    lift: (caller, id, { reason, version }) =>
      controlled(caller, reason, async () => {
        const key = findTargetKey(id);
        const before = key === undefined ? undefined : await store.find(key);
        if (before === undefined)
          throw new SuspensionNotFoundError(
            'nothing of this id was ever suspended; allowed: an id that the list of suspensions shows',
          );
        if (version !== undefined && version !== before.version) throw toConflict();
        if (before.state === 'LIFTED') return before;
        const change = toChange(caller, { state: 'LIFTED', reason });
        const after = { target: before.target, ...change, ...toHistory(before) };
        if (await store.put(after)) return after;
        throw toConflict();
      }),
  };
}

function toHistory(before: Suspension | undefined): Pick<Suspension, 'version' | 'history'> {
  if (before === undefined) return { version: 1, history: [] };
  const { state, reason, by, at, gatewayRequestId, history } = before;
  return {
    version: before.version + 1,
    history: [{ state, reason, by, at, gatewayRequestId }, ...history].slice(0, maxHistory),
  };
}

const toConflict = () =>
  new VersionConflictError(
    "somebody else's change came first, and stands; nothing was changed by this request: read the suspensions again, and repeat what is still wanted",
  );

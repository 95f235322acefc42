import type { Configuration } from '../configuration.ts';
import { AccessDeniedError, IntegrationStateError, TooManyChangesError } from '../errors.ts';
import { replaceKeys } from './change-integration.ts';
import type { Integration } from './integration.ts';
import { type Caller, isIntegrationItself, isIntegrationManager } from './integration-authority.ts';
import type { IntegrationStore } from './integration-ports.ts';
import { findIntegrationIssuer, holdsKey, toKeysInForce } from './keys-in-force.ts';
import { readIntegrationKeys } from './read-integration-document.ts';

/** The integration with other keys; `before` itself where they are the same. */
export type ChangeKeys = (caller: Caller, before: Integration, body: unknown) => Promise<Integration>;

/** How many versions a third party adds by itself: each stays for ever. */
const ownChanges = { limit: 10, withinMs: 3_600_000 };

/** Versions that are looked through for them: what managers and the schedule changed stands among them. */
const historyLimit = 50;

/**
 * What a change of keys makes of an integration, and who may make it of what: managers always, the third party itself
 * with a key that it still has, a few times an hour, unless it is suspended.
 *
 * @throws AccessDeniedError, IntegrationStateError, InvalidRequestError, TooManyChangesError
 */
export function createChangeKeys({
  configuration,
  store,
  now,
}: {
  readonly configuration: Configuration;
  readonly store: Pick<IntegrationStore, 'history'>;
  readonly now: () => number;
}): ChangeKeys {
  const requireFewChanges = async (name: string): Promise<void> => {
    const versions = await store.history(name, { limit: historyLimit });
    const oldestMs = now() - ownChanges.withinMs;
    const own = versions
      .filter(({ change }) => change.principal?.issuer === name && change.principal.subject === name)
      .map(({ change }) => Date.parse(change.at))
      .filter((atMs) => atMs > oldestMs);
    const first = own[ownChanges.limit - 1];
    if (first === undefined) return;
    throw new TooManyChangesError(
      `a third party changes its keys at most ${ownChanges.limit} times an hour; whoever may manage integrations can change them now`,
      { retryAfterSeconds: Math.max(1, Math.ceil((first - oldestMs) / 1000)) },
    );
  };

  return async (caller, before, body) => {
    const { name } = before;
    const isItself = isIntegrationItself(caller.principal, name, configuration);
    if (isItself) requireKeyInForce(caller, before, configuration);
    if (before.state === 'SUSPENDED' && !isIntegrationManager(caller, configuration, now()))
      throw new IntegrationStateError(
        'the integration is suspended, and its keys with it; whoever may manage integrations can replace them',
      );
    const after = replaceKeys(before, readIntegrationKeys(name, body, configuration));
    if (isItself && after !== before) await requireFewChanges(name);
    return after;
  };
}

/** The authorizer knows a key for a minute after it was taken away: in that minute it must not put itself back. */
function requireKeyInForce(
  { principal }: Caller,
  integration: Integration,
  configuration: Configuration,
): void {
  const issuer = findIntegrationIssuer(integration.name, configuration);
  const { keyThumbprint } = principal.integration ?? {};
  if (
    issuer !== undefined &&
    keyThumbprint !== undefined &&
    holdsKey(toKeysInForce(issuer, integration), keyThumbprint)
  )
    return;
  throw new AccessDeniedError(
    'the key that signed this token is none of the integration any more; sign with one that GET /v1/integrations/self shows',
    { detail: 'keys are changed with a key of the version that is changed' },
  );
}

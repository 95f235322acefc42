import type { Audited } from '../audit-denials.ts';
import type { Configuration } from '../configuration.ts';
import { decideTrust } from '../decide-issuance.ts';
import { AccessDeniedError } from '../errors.ts';
import type { Caller } from '../integrations/integration-authority.ts';
import { toRequestContext } from '../request-context.ts';

export type Controlled = <Value>(
  caller: Caller,
  reason: string | undefined,
  act: () => Promise<Value>,
) => Promise<Value>;

/** Does what whom the configuration's `controls` section trusts asks for; a refusal leaves a row. */
export const createControlled =
  ({
    configuration,
    audited,
    now,
  }: {
    readonly configuration: Configuration;
    readonly audited: Audited;
    /** Epoch milliseconds. */
    readonly now: () => number;
  }): Controlled =>
  (caller, reason, act) =>
    audited(caller, { purpose: 'control', ...(reason === undefined ? {} : { reason }) }, () => {
      requireController(caller, configuration, now());
      return act();
    });

/**
 * Lets those through whom the configuration's `controls` section trusts.
 *
 * @throws AccessDeniedError, in the same words for everybody else
 */
function requireController(
  { principal, origin }: Caller,
  configuration: Pick<Configuration, 'controls' | 'owner' | 'requestAccessUrl'>,
  nowMs: number,
): void {
  const { controls } = configuration;
  if (controls === undefined)
    throw toDenied(configuration, {
      message: 'nobody may suspend or revoke anything: the configuration has no section controls',
      detail: 'the configuration has no section controls',
    });
  const context = toRequestContext(principal, origin, nowMs);
  const isTrusted = decideTrust(controls.trust, principal, context).effect === 'Allow';
  // A proof that is good for one effect would have to be consumed, and no third party is an operator of ours.
  if (isTrusted && principal.proofId === undefined) return;
  throw toDenied(configuration, {
    message: 'you may not suspend, lift or revoke anything, nor see what is',
    detail: 'the controls section does not trust this principal',
  });
}

const toDenied = (
  { owner, requestAccessUrl }: Pick<Configuration, 'owner' | 'requestAccessUrl'>,
  { message, detail }: { readonly message: string; readonly detail: string },
) =>
  new AccessDeniedError(`${message}; ${owner} can say more`, {
    detail,
    extensions: { owner, ...(requestAccessUrl === undefined ? {} : { requestAccessUrl }) },
  });

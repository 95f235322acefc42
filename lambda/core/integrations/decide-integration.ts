import type { AssumeRoleProfile, Configuration, JsonWebKeySet } from '../configuration.ts';
import { type AllowDecision, type DenyDecision, decideIssuance } from '../decide-issuance.ts';
import { type BrokerError, IntegrationNotVerifiedError, IntegrationSuspendedError } from '../errors.ts';
import { type NarrowingRequest, toContact } from '../plan-session.ts';
import type { RequestContext } from '../policy/policy.ts';
import type { Principal } from '../principal.ts';
import { toIntegrationProfile } from './compile-integration.ts';
import type { Integration } from './integration.ts';
import type { IntegrationStore } from './integration-ports.ts';
import { isIntegrationName } from './integration-schema.ts';
import { findIntegrationIssuer, holdsKey, toKeysInForce } from './keys-in-force.ts';

/** What might be issued, or why nothing can be. */
export type Candidate =
  | {
      readonly integration: Integration;
      readonly profile: AssumeRoleProfile;
      /** Where it calls itself, the keys that it may sign with: see `isSignedInForce`. */
      readonly keys: JsonWebKeySet;
    }
  | { readonly detail: string };

export async function findCandidate(
  name: string,
  {
    configuration,
    store,
  }: { readonly configuration: Configuration; readonly store: Pick<IntegrationStore, 'find'> },
): Promise<Candidate> {
  const found = isIntegrationName(name) ? await store.find(name) : undefined;
  if (found === undefined) return { detail: 'no such integration' };
  const { integration } = found;
  // Another's ExternalId must not leave, whatever the store answers.
  if (integration.name !== name) throw new TypeError('the store answered with another integration');
  if (integration.state === 'DELETED') return { detail: 'the integration is deleted' };
  const compiled = toIntegrationProfile(integration, configuration);
  if ('profile' in compiled) {
    const keys = toKeysInForce(findIntegrationIssuer(name, configuration) ?? {}, integration);
    return { integration, profile: withConsole(compiled.profile), keys };
  }
  const places = compiled.problems.map(({ path }) => path.join('.')).join(', ');
  return { detail: `the configuration no longer takes the integration: ${places}` };
}

/** Whoever has the credentials can make a link of them: it would keep nothing from anybody. */
const withConsole = (profile: AssumeRoleProfile): AssumeRoleProfile => ({ ...profile, console: true });

/** Why whom the trust allows gets nothing: its own to know. */
export interface StateDenial extends DenyDecision {
  readonly integration: Integration;
}

/** First who, then whether: who is not trusted learns nothing of the integration's state. */
export function decideIntegration(
  candidate: Candidate,
  {
    principal,
    context,
    request,
  }: {
    readonly principal: Principal;
    readonly context: RequestContext;
    readonly request: NarrowingRequest;
  },
): AllowDecision | DenyDecision | StateDenial {
  if ('detail' in candidate) return { effect: 'Deny', detail: candidate.detail };
  const { integration, profile, keys } = candidate;
  if (!isSignedInForce(principal, integration, keys))
    return { effect: 'Deny', detail: 'the key that signed this token is none of the integration any more' };
  const decision = decideIssuance(profile, principal, context, request);
  if (decision.effect === 'Deny' || integration.state === 'VERIFIED') return decision;
  return {
    effect: 'Deny',
    statement: decision.statement,
    detail: `the integration is ${integration.state}, and trusts this principal`,
    integration,
  };
}

/** The authorizer knows a key for a minute after it was taken away; here the integration has just been read. */
const isSignedInForce = ({ issuer, integration }: Principal, { name }: Integration, keys: JsonWebKeySet) =>
  integration === undefined || issuer !== name || holdsKey(keys, integration.keyThumbprint);

/** What a caller reads whom the trust allows. */
export function toStateError(
  { integration, detail }: StateDenial,
  extensions: Readonly<Record<string, unknown>> = {},
): BrokerError {
  const { name, owner, suspension } = integration;
  const told = { ...extensions, ...toContact(toContactOf(integration)).extensions };
  if (integration.state !== 'SUSPENDED') {
    return new IntegrationNotVerifiedError(
      `integration ${name} gives nothing until its role is verified; ${owner} can verify it`,
      { detail, extensions: told },
    );
  }
  const { at, reason } = suspension ?? {};
  return new IntegrationSuspendedError(
    `integration ${name} is suspended${reason === undefined ? '' : `: ${reason}`}; ${owner} can resume it`,
    {
      detail,
      extensions: { ...told, ...(reason === undefined ? {} : { suspension: { at, reason } }) },
    },
  );
}

const toContactOf = ({
  owner,
  requestAccessUrl,
}: Integration): Pick<Configuration, 'owner' | 'requestAccessUrl'> => ({
  owner,
  ...(requestAccessUrl === undefined ? {} : { requestAccessUrl }),
});

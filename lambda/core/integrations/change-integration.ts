import type { JsonWebKeySet } from '../configuration.ts';
import { IntegrationStateError } from '../errors.ts';
import { toCanonicalJson } from '../sha256.ts';
import {
  type ExternalIds,
  type Integration,
  maxPreviousExternalIds,
  type Suspension,
} from './integration.ts';
import type { IntegrationDocument, NewIntegrationDocument } from './integration-schema.ts';
import { isOver } from './wrong-external-ids.ts';

/*
 * What each change makes of an integration. The version is counted by whoever keeps it. Each throws
 * IntegrationStateError where the integration cannot be changed so.
 */

/** Nothing is proven. */
export function toNewIntegration(
  { name, jwks, ...document }: NewIntegrationDocument,
  externalId: string,
): Integration {
  return {
    name,
    version: 1,
    ...toSettings(document),
    state: 'CREATED',
    externalIds: { current: externalId },
    ...(jwks === undefined ? {} : { jwks }),
  };
}

/** The settings that a manager sends, all of them. */
export function toSettings({
  description,
  owner,
  requestAccessUrl,
  roleArn,
  trust,
  duration,
  sessionPolicy,
  sessionTags,
  setSourceIdentity,
}: Omit<IntegrationDocument, 'name' | 'jwks'> | Integration) {
  return {
    ...{ description, owner, roleArn, trust, duration, sessionTags, setSourceIdentity },
    ...(requestAccessUrl === undefined ? {} : { requestAccessUrl }),
    ...(sessionPolicy === undefined ? {} : { sessionPolicy }),
  };
}

export const hasOtherRole = (before: Integration, document: Pick<IntegrationDocument, 'roleArn'>): boolean =>
  before.roleArn !== document.roleArn;

/**
 * All settings anew. What was proven holds for the request that was made: with another role, other tags or another
 * choice of source identity a role's trust policy may take another statement, so that it must be proven again.
 *
 * @param newExternalId where the role is another one: who sees the old role's CloudTrail knows the old id
 */
export function replaceSettings(
  before: Integration,
  document: IntegrationDocument,
  newExternalId: string | undefined,
): Integration {
  const { name, version, state, externalIds, verification, provenAt, jwks, suspension } = before;
  const after: Integration = {
    ...{ name, version, state, externalIds },
    ...toSettings(document),
    ...(verification === undefined ? {} : { verification }),
    ...(provenAt === undefined ? {} : { provenAt }),
    ...(jwks === undefined ? {} : { jwks }),
    ...(suspension === undefined ? {} : { suspension }),
  };
  if (hasOtherRole(before, document)) {
    if (newExternalId === undefined) throw new TypeError('another role has another ExternalId');
    const { verification: _ofTheOldRole, provenAt: _alsoOfIt, ...rest } = after;
    return unproven({ ...rest, externalIds: { current: newExternalId } });
  }
  return asksAlike(before, after) ? after : unproven(after);
}

/** Whether STS is asked for the same role in the same way, as far as its trust policy can tell. */
export const asksAlike = (a: Integration, b: Integration): boolean =>
  toCanonicalJson([a.roleArn, a.setSourceIdentity, a.sessionTags]) ===
  toCanonicalJson([b.roleArn, b.setSourceIdentity, b.sessionTags]);

const unproven = (integration: Integration): Integration =>
  integration.state === 'SUSPENDED' ? integration : { ...integration, state: 'CREATED' };

export function suspend(before: Integration, suspension: Suspension): Integration {
  if (before.state === 'SUSPENDED')
    throw new IntegrationStateError('the integration is suspended already; resume it first');
  return { ...before, state: 'SUSPENDED', suspension };
}

/** As after its making: nobody looked at what the role did meanwhile, and proving it again takes seconds. */
export function resume({ suspension: _suspension, ...before }: Integration): Integration {
  if (before.state !== 'SUSPENDED')
    throw new IntegrationStateError('the integration is not suspended; nothing is to be resumed');
  return { ...before, state: 'CREATED' };
}

/** What stays is the proof that the name and the ids are taken; its keys prove nobody any more. */
export function remove({ jwks: _jwks, ...before }: Integration): Integration {
  return { ...before, state: 'DELETED' };
}

/** One at a time. Each leaves an id behind that must be seen refused at last, and those are bounded. */
export function requireNoRotation({ externalIds: { next, previous = [] } }: Integration): void {
  if (next !== undefined)
    throw new IntegrationStateError(
      'a rotation waits for its proof; verify the integration, or retire the next ExternalId first',
    );
  if (previous.length >= maxPreviousExternalIds)
    throw new IntegrationStateError(
      `${previous.length} previous ExternalIds are still to be refused by the role, and there may be ${maxPreviousExternalIds}; retire them where their time is not over, and verify that the role refuses them`,
    );
}

/** The current id goes on issuing until the next one is proven. */
export function beginRotation(before: Integration, next: string): Integration {
  requireNoRotation(before);
  return { ...before, externalIds: { ...before.externalIds, next } };
}

/** Which id of a rotation is given up. The current one is not: a rotation replaces it. */
export const retirableIds = ['next', 'previous'] as const;

export type RetirableId = (typeof retirableIds)[number];

/**
 * Gives the next id up, which the role may accept by now: the kit has shown it. Or ends all grace periods. Either way the
 * next proof wants those ids refused.
 */
export function retireExternalId(before: Integration, which: RetirableId, nowMs: number): Integration {
  const { externalIds } = before;
  const acceptedUntil = new Date(nowMs).toISOString();
  return {
    ...before,
    externalIds:
      which === 'next' ? withoutNext(externalIds, acceptedUntil) : withoutGrace(externalIds, acceptedUntil),
  };
}

function withoutNext({ current, next, previous = [] }: ExternalIds, acceptedUntil: string): ExternalIds {
  if (next === undefined) throw new IntegrationStateError('no next ExternalId waits for its proof');
  return { current, previous: [...previous, { value: next, acceptedUntil }] };
}

function withoutGrace({ previous = [], ...active }: ExternalIds, acceptedUntil: string): ExternalIds {
  const nowMs = Date.parse(acceptedUntil);
  if (previous.length === 0) throw new IntegrationStateError('there is no previous ExternalId');
  if (previous.every((one) => isOver(one, nowMs)))
    throw new IntegrationStateError(
      'the grace period of each previous ExternalId is over; verify that the role refuses it, and it is gone',
    );
  return {
    ...active,
    previous: previous.map((one) => (isOver(one, nowMs) ? one : { ...one, acceptedUntil })),
  };
}

/**
 * All keys anew; `before` itself where they are the same. An empty set stays one: without any the third party cannot
 * call, by the configuration's keys neither, and so it can be locked out, and let in again.
 */
export const replaceKeys = (before: Integration, jwks: JsonWebKeySet): Integration =>
  toCanonicalJson(before.jwks ?? null) === toCanonicalJson(jwks) ? before : { ...before, jwks };

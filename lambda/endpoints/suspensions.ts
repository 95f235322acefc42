import type { ManageSuspensions } from '../core/controls/manage-suspensions.ts';
import {
  findTargetKey,
  type Suspension,
  type SuspensionTarget,
  toSuspensionId,
  toTargetKey,
} from '../core/controls/suspension.ts';
import { InvalidRequestError } from '../core/errors.ts';
import { readIfMatch, toEntityTag } from '../core/integrations/entity-tag.ts';
import type { Principal } from '../core/principal.ts';
import { liftBody, suspendBody, suspensionsQuery } from '../http/control-schemas.ts';
import type { Endpoint, EndpointResponse } from '../http/endpoint.ts';
import { parseQuery, parseRequest } from '../http/parse-request.ts';
import { toCaller } from './integration-request.ts';

const defaultLimit = 25;

/** `GET /v1/suspensions?includeLifted=&limit=&cursor=` */
export const createListSuspensions =
  ({ list }: Pick<ManageSuspensions, 'list'>): Endpoint =>
  async (request) => {
    const { includeLifted, limit = defaultLimit, cursor } = parseQuery(suspensionsQuery, request.query);
    const after = cursor === undefined ? undefined : fromCursor(cursor);

    const { items, next } = await list(toCaller(request), {
      limit,
      ...(after === undefined ? {} : { after }),
    });

    return {
      status: 200,
      body: {
        suspensions: items
          .filter(({ state }) => state === 'SUSPENDED' || includeLifted !== undefined)
          .map((suspension) => toView(suspension)),
        ...(next === undefined ? {} : { nextCursor: Buffer.from(next).toString('base64url') }),
      },
    };
  };

function fromCursor(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString('latin1');
  if (findTargetKey(key.replace('#', '.')) === key) return key;
  throw new InvalidRequestError('cannot take query.cursor; allowed: the nextCursor of an answer');
}

/** `POST /v1/suspensions` */
export const createSuspend =
  ({ suspend, isConfigured }: Pick<ManageSuspensions, 'suspend' | 'isConfigured'>): Endpoint =>
  async (request) => {
    const { reason, ...named } = parseRequest('body', suspendBody, request.body);
    const target = toTarget(named);

    const suspension = await suspend(toCaller(request), target, reason);

    return toResponse(suspension, toNote(suspension.target, request.principal, isConfigured));
  };

/** `POST /v1/suspensions/{id}/lift`: of the newest version, unless If-Match names one. */
export const createLiftSuspension =
  ({ lift }: Pick<ManageSuspensions, 'lift'>): Endpoint =>
  async (request) => {
    const { reason } = parseRequest('body', liftBody, request.body);
    const version = readIfMatch(request.ifMatch);

    const suspension = await lift(toCaller(request), request.pathParameters['id'] ?? '', { reason, version });

    return toResponse(suspension);
  };

interface Named {
  readonly everything?: true;
  readonly principal?: { readonly issuer: string; readonly subject: string };
  readonly profile?: string;
  readonly issuer?: string;
  readonly integration?: string;
}

function toTarget({ everything, principal, profile, issuer, integration }: Named): SuspensionTarget {
  const targets: SuspensionTarget[] = [
    ...(everything === undefined ? [] : [{ kind: 'everything' } as const]),
    ...(principal === undefined ? [] : [{ kind: 'principal', ...principal } as const]),
    ...(profile === undefined ? [] : [{ kind: 'profile', name: profile } as const]),
    ...(issuer === undefined ? [] : [{ kind: 'issuer', name: issuer } as const]),
    ...(integration === undefined ? [] : [{ kind: 'integration', name: integration } as const]),
  ];
  const [target] = targets;
  if (target !== undefined && targets.length === 1) return target;
  throw new InvalidRequestError(
    'cannot take body; allowed: exactly one of everything, principal, profile, issuer and integration, beside reason',
  );
}

const goesOn = 'what was issued before goes on until it expires: POST /v1/revocations says what ends it';

/** Whoever does this to itself should know before it is needed. */
function toNote(
  target: SuspensionTarget,
  { issuer, subject }: Principal,
  isConfigured: ManageSuspensions['isConfigured'],
): string | undefined {
  const own = [
    toTargetKey({ kind: 'principal', issuer, subject }),
    toTargetKey({ kind: 'issuer', name: issuer }),
  ];
  if (target.kind === 'everything') return `nothing is issued to anybody; ${goesOn}`;
  if (own.includes(toTargetKey(target)))
    return 'this is you: only another principal that the section controls trusts, of an issuer that is not suspended, can lift it';
  if (target.kind === 'profile') return undefined;
  if (target.kind === 'integration')
    return `it was not looked up whether there is an integration ${target.name}; ${goesOn}`;
  const ofIssuer = target.kind === 'issuer' ? target.name : target.issuer;
  const lookedUp = isConfigured(ofIssuer)
    ? ''
    : `no issuer of the configuration is called ${ofIssuer}: it is taken for a third party's, and was not looked up; `;
  return `${lookedUp}${goesOn}`;
}

const toResponse = (suspension: Suspension, note?: string): EndpointResponse => ({
  status: 200,
  headers: { ETag: toEntityTag(suspension.version) },
  body: toView(suspension, note),
});

function toView({ target, ...suspension }: Suspension, note?: string): object {
  return {
    id: toSuspensionId(target),
    ...suspension,
    ...toNamed(target),
    ...(note === undefined ? {} : { note }),
  };
}

function toNamed(target: SuspensionTarget): Named {
  switch (target.kind) {
    case 'everything':
      return { everything: true };
    case 'principal':
      return { principal: { issuer: target.issuer, subject: target.subject } };
    case 'profile':
      return { profile: target.name };
    case 'issuer':
      return { issuer: target.name };
    case 'integration':
      return { integration: target.name };
  }
}
